// The connection to the relational database, embedded or remote: the two are the same from here on.
// Knows no table of any domain.

import { Kysely, PostgresDialect, sql } from 'kysely'
import type { Pool, PoolConfig } from 'pg'
import { type Clock, type Log, systemClock } from '../core/index.js'
import type { Database, DatabaseHandle } from './database.js'
import { createDatabasePool } from './database-pool.js'
import { applyMigrations, type Migration } from './migration.js'

export interface Store {
  readonly db: DatabaseHandle
  /** The driver's pool, for what Kysely cannot say. Its errors are the driver's own. */
  readonly pool: Pool
  /**
   * Runs `work` in one transaction: committed when it resolves, undone when it rejects. On the embedded
   * database it blocks every other query, so keep it short and use only the handle it is given.
   */
  transaction<T>(work: (transaction: DatabaseHandle) => Promise<T>): Promise<T>
  /**
   * Brings the tables of a domain up to date, all or nothing; safe when several processes do it at once.
   * @returns the names of the migrations that were applied
   * @throws `store.migration-changed` | `store.database-newer` | `store.migration-failed`
   */
  migrate(domain: string, migrations: readonly Migration[]): Promise<readonly string[]>
  /** Resolves when the database answers. */
  ping(): Promise<void>
  /** Waits for the statements that run or wait, then ends all connections. Start no more after it. */
  close(): Promise<void>
}

export interface StoreOptions {
  readonly connection: PoolConfig
  readonly log: Log
  readonly clock?: Clock
  /** How long a statement waits for a database that went away after the first contact. Default 10,000. */
  readonly patienceMs?: number
}

/**
 * Connects to PostgreSQL and makes sure that it answers.
 * @throws `store.unreachable` (retryable) | `store.access-refused` | `store.database-missing`
 * @example
 * const store = await connectStore({ connection: { connectionString: databaseUrl }, log })
 */
export const connectStore = async (options: StoreOptions): Promise<Store> => {
  const { connection, log, clock = systemClock } = options
  // A wrong address is reported at once; only a database that has answered before is waited for.
  let patienceMs = 0
  const { pool, idle, forKysely } = createDatabasePool({
    connection,
    log,
    clock,
    patienceMs: () => patienceMs,
  })
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: forKysely }) })
  const ping = async () => {
    await sql`select 1`.execute(db)
  }
  try {
    await ping()
  } catch (error) {
    await db.destroy()
    throw error
  }
  patienceMs = options.patienceMs ?? 10_000
  const transaction: Store['transaction'] = (work) => db.transaction().execute(work)
  return {
    db,
    pool,
    transaction,
    migrate: async (domain, migrations) => {
      const applied = await transaction((trx) => applyMigrations(trx, domain, migrations))
      if (applied.length > 0) log.info({ domain, applied }, 'tables brought up to date')
      return applied
    },
    ping,
    close: async () => {
      await idle()
      await db.destroy()
    },
  }
}
