// PostgreSQL inside this process (PGlite), served on a unix socket. What is acknowledged survives kill -9 of the
// process, not the loss of power (PGlite cannot fsync). Knows no table; the caller locks the data directory.

import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { PoolConfig } from 'pg'
import { storeError } from './messages.js'
import { openSocketDirectory } from './socket-directory.js'
import { startWireServer } from './wire-server.js'

export interface EmbeddedDatabase {
  /** What `connectStore` needs to reach it, from this process or another. */
  readonly connection: PoolConfig
  close(): Promise<void>
}

export interface EmbeddedDatabaseOptions {
  /** Kept across runs; `undefined` keeps everything in memory. */
  readonly dataDirectory: string | undefined
  readonly socketDirectory: string
  /** A tar of an empty data directory, which makes the first start faster. */
  readonly snapshot?: Blob
  /** The engine broke: nothing works any more until the process is started again. */
  readonly onFatal: (error: unknown) => void
  /** Default 30,000. */
  readonly idleInTransactionMs?: number
}

/** libpq's name for the socket of port 5432; `pg` builds the same path from host and port. */
const socketFilename = '.s.PGSQL.5432'

/**
 * Opens (the first time: makes) the database and listens. Only one process may do so per data directory.
 * @throws `store.data-unreadable` when the files cannot be opened
 */
export const startEmbeddedDatabase = async (options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> => {
  const database = await openDatabase(options)
  const directory = await openSocketDirectory(options.socketDirectory, socketFilename)
  const socketPath = join(directory.path, socketFilename)
  await rm(socketPath, { force: true })
  const server = await startWireServer({
    database,
    socketPath,
    idleInTransactionMs: options.idleInTransactionMs ?? 30_000,
    onFatal: options.onFatal,
  })
  return {
    connection: embeddedConnection(directory.path),
    close: async () => {
      await server.close()
      await database.close()
      await directory.remove()
    },
  }
}

const embeddedConnection = (host: string): PoolConfig => ({
  host,
  port: 5432,
  user: 'postgres',
  database: 'postgres',
  max: 4,
  connectionTimeoutMillis: 30_000,
})

const openDatabase = async ({ dataDirectory, snapshot }: EmbeddedDatabaseOptions): Promise<PGlite> => {
  const loadDataDir = snapshot ? { loadDataDir: snapshot } : {}
  if (dataDirectory === undefined) return PGlite.create(loadDataDir)
  try {
    // Files without this mark's absence were never used: a first start was killed while it wrote them.
    const unfinished = `${dataDirectory}.unfinished`
    if (await exists(unfinished)) await rm(dataDirectory, { recursive: true, force: true })
    if (await exists(join(dataDirectory, 'PG_VERSION'))) return await PGlite.create(dataDirectory)
    await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
    await writeFile(unfinished, '')
    const database = await PGlite.create(dataDirectory, loadDataDir)
    await rm(unfinished)
    return database
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw storeError('store.data-unreadable', { directory: dataDirectory, detail }, { cause: error })
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )
