// Entry of the database process: the embedded PostgreSQL, owned by the parent at the other end of standard input.
// argv[2] is `DatabaseArguments` as JSON. Holds the lock of the data directory while it runs.

import { constants, setPriority } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { systemClock } from '../../core/index.js'
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../../store/index.js'
import { acquireDirectoryLock, type DirectoryLock, serveParent } from '../../supervisor/index.js'

export interface DatabaseArguments {
  readonly dataDirectory: string
  readonly socketDirectory: string
  /** Where an empty database is kept from the first use on, so that further data directories start faster. */
  readonly cacheDirectory?: string
  /** `keptTablesKey`: an empty database is kept with the tables of the system. Default: without any. */
  readonly tablesKey?: string
  /** What a predecessor whose parent was killed gets to close its files. Default 15,000. */
  readonly predecessorMs?: number
}

const options = JSON.parse(process.argv[2] ?? '{}') as DatabaseArguments
const { dataDirectory, socketDirectory, predecessorMs = 15_000, cacheDirectory, tablesKey: key } = options
/** Loaded for the first database of a machine only. */
const tables = key ? { key, read: async () => (await import('../system-tables.js')).keptTables } : undefined
let lock: DirectoryLock | undefined
let database: EmbeddedDatabase | undefined

const onFatal = (error: unknown) => {
  console.error('the database engine failed', error)
  process.exit(1)
}

// It writes what the parent has in its journal already: whoever waits for an answer comes first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

// Optimising what only a start uses costs as much as the start itself: its parser of SQL alone takes 0.4 s and 550 MB,
// and V8 counts each turn of that one's loop as 100 KB of code. What runs for long is optimised all the same.
setFlagsFromString(`--wasm-tiering-budget=${2 ** 31 - 1}`)

serveParent({
  methods: {},
  ready: async () => {
    lock = await acquireDirectoryLock(dataDirectory, {}, { waitMs: predecessorMs, clock: systemClock })
    database = await startEmbeddedDatabase({
      dataDirectory,
      socketDirectory,
      cacheDirectory,
      tables,
      onFatal,
    })
  },
  close: async () => {
    await database?.close()
    await lock?.release()
  },
})
