// PostgreSQL inside this process (PGlite), served on a unix socket. What is acknowledged survives kill -9 of the
// process, not the loss of power (PGlite cannot fsync). Knows no table. The caller sees to it that only one process
// uses a data directory.

import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { PoolConfig } from 'pg'
import { copyEmptyDatabase, type KeptTables } from './empty-database.js'
import { storeError } from './messages.js'
import { openSocketDirectory, socketDirectoryFor, socketFilename } from './socket-directory.js'
import { startWireServer } from './wire-server.js'

export interface EmbeddedDatabase {
  /** Ends all connections and closes the files. */
  close(): Promise<void>
}

export interface EmbeddedDatabaseOptions {
  readonly dataDirectory: string
  /** Where the socket lies; `embeddedConnection` takes the same one. */
  readonly socketDirectory: string
  /** Where an empty database is kept from the first use on, which makes further first starts faster. */
  readonly cacheDirectory?: string | undefined
  /** Tables that the kept database has, and so a new one. */
  readonly tables?: KeptTables | undefined
  /** A client that says nothing for so long inside a transaction loses it. Default 30,000. */
  readonly idleInTransactionMs?: number
  /** The engine broke: nothing works any more until the process is started again. */
  readonly onFatal: (error: unknown) => void
}

/** How to connect to the embedded database of a socket directory, from any process of this user. */
export const embeddedConnection = (socketDirectory: string): PoolConfig => ({
  host: socketDirectoryFor(socketDirectory),
  port: 5432,
  user: 'postgres',
  database: 'postgres',
  max: 4,
  connectionTimeoutMillis: 30_000,
})

/**
 * Opens the database, making it the first time, and listens.
 * @throws `store.data-unreadable` | `store.socket-directory-unsafe`
 */
export const startEmbeddedDatabase = async (options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> => {
  const { idleInTransactionMs = 30_000, onFatal } = options
  const database = await openFiles(options)
  const directory = socketDirectoryFor(options.socketDirectory)
  await openSocketDirectory(directory)
  const socketPath = join(directory, socketFilename)
  // A process that was killed leaves its socket behind; whoever owns the data directory owns the socket.
  await rm(socketPath, { force: true })
  const server = await startWireServer({ database, socketPath, idleInTransactionMs, onFatal })
  return {
    close: async () => {
      await server.close()
      await database.close()
    },
  }
}

/**
 * It is asked little at a time, and the operating system keeps its files in memory as well: buffers of 128 MB, the default,
 * took 100 MB and a fifth of the processor time of each start.
 */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=32MB']

const openFiles = async (options: EmbeddedDatabaseOptions): Promise<PGlite> => {
  const { dataDirectory, cacheDirectory, tables } = options
  const files = join(dataDirectory, 'postgres')
  // Lies beside the files while they are first made: a process killed meanwhile leaves half of them.
  const unfinished = join(dataDirectory, 'postgres.unfinished')
  try {
    if (await exists(unfinished)) await rm(files, { recursive: true, force: true })
    if (await exists(join(files, 'PG_VERSION'))) return await PGlite.create(files, { startParams })
    await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
    await writeFile(unfinished, '')
    if (cacheDirectory) await copyEmptyDatabase(files, { cacheDirectory, tables })
    const database = await PGlite.create(files, { startParams })
    await rm(unfinished)
    return database
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw storeError('store.data-unreadable', { directory: files, detail }, { cause: error })
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )
