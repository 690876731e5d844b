// Entry of the database process: the embedded PostgreSQL, owned by the parent at the other end of standard input.
// argv[2] is JSON: {dataDirectory, socketDirectory}. Holds the lock of the data directory while it runs.

import { silentLog, systemClock } from '../../core/index.js'
import {
  connectStore,
  type EmbeddedDatabase,
  embeddedConnection,
  startEmbeddedDatabase,
} from '../../store/index.js'
import { acquireDirectoryLock, type DirectoryLock, serveParent } from '../../supervisor/index.js'

/** A predecessor whose parent was killed closes its files first; see `closeWithinMs` of `serveParent`. */
const predecessorMs = 15_000

const { dataDirectory, socketDirectory } = JSON.parse(process.argv[2] ?? '{}') as {
  dataDirectory: string
  socketDirectory: string
}
let lock: DirectoryLock | undefined
let database: EmbeddedDatabase | undefined

const onFatal = (error: unknown) => {
  console.error('the database engine failed', error)
  process.exit(1)
}

serveParent({
  methods: {},
  ready: async () => {
    lock = await acquireDirectoryLock(dataDirectory, {}, { waitMs: predecessorMs, clock: systemClock })
    database = await startEmbeddedDatabase({ dataDirectory, socketDirectory, onFatal })
    const store = await connectStore({ connection: embeddedConnection(socketDirectory), log: silentLog })
    await store.close()
  },
  close: async () => {
    await database?.close()
    await lock?.release()
  },
})
