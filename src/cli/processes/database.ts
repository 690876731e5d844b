// Entry of the database process: the embedded PostgreSQL, owned by the parent at the other end of standard input.
// argv[2] is `DatabaseArguments` as JSON. Holds the lock of the data directory while it runs.

import { readFile } from 'node:fs/promises'
import { silentLog, systemClock } from '../../core/index.js'
import {
  connectStore,
  type EmbeddedDatabase,
  embeddedConnection,
  startEmbeddedDatabase,
} from '../../store/index.js'
import { acquireDirectoryLock, type DirectoryLock, serveParent } from '../../supervisor/index.js'

export interface DatabaseArguments {
  readonly dataDirectory: string
  readonly socketDirectory: string
  /** File with a tar of an empty data directory, which makes the first start faster. */
  readonly snapshot?: string
  /** What a predecessor whose parent was killed gets to close its files. Default 15,000. */
  readonly predecessorMs?: number
}

const options = JSON.parse(process.argv[2] ?? '{}') as DatabaseArguments
const { dataDirectory, socketDirectory, predecessorMs = 15_000 } = options
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
    const snapshot = options.snapshot ? { snapshot: new Blob([await readFile(options.snapshot)]) } : {}
    database = await startEmbeddedDatabase({ dataDirectory, socketDirectory, onFatal, ...snapshot })
    const store = await connectStore({ connection: embeddedConnection(socketDirectory), log: silentLog })
    await store.close()
  },
  close: async () => {
    await database?.close()
    await lock?.release()
  },
})
