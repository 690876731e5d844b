// A pool of connections whose failures are the store's errors, and that waits for a database which is being
// restarted. Only connecting is repeated, never a statement. Knows no SQL.

import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { Pool, type PoolClient, type PoolConfig } from 'pg'
import { ArchitectError, type Clock, type Log } from '../core/index.js'
import { databaseError } from './database-error.js'

export interface DatabasePoolOptions {
  readonly connection: PoolConfig
  readonly clock: Clock
  readonly log: Log
  /** How long connecting is tried again while the database is away, in ms. */
  readonly patienceMs: () => number
}

const firstPauseMs = 25
const longestPauseMs = 500

export const createDatabasePool = ({ connection, clock, log, patienceMs }: DatabasePoolOptions) => {
  const pool = new Pool(connection)
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', (error) => log.warn({ error: error.message }, 'idle database connection lost'))

  const connect = async (): Promise<PoolClient> => {
    const giveUpMs = clock.monotonicMs() + patienceMs()
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        return await pool.connect()
      } catch (cause) {
        const error = databaseError(cause, connection)
        const away = error instanceof ArchitectError && error.code === 'store.unreachable'
        if (!away || clock.monotonicMs() + pauseMs > giveUpMs) throw error
        await clock.sleep(pauseMs)
      }
    }
  }

  return { pool, forKysely: kyselyPool(pool, connect, connection) }
}

const kyselyPool = (pool: Pool, connect: () => Promise<PoolClient>, connection: PoolConfig): PostgresPool => {
  /** One wrapper per client, as Kysely keeps its connections by identity. */
  const wrappers = new WeakMap<PoolClient, PostgresPoolClient>()
  const wrap = (client: PoolClient): PostgresPoolClient => {
    const query = async (sql: string, parameters: unknown[]) => {
      try {
        return await client.query(sql, parameters)
      } catch (error) {
        throw databaseError(error, connection)
      }
    }
    // The second overload, a cursor, belongs to streaming, which no room uses.
    return {
      query: query as unknown as PostgresPoolClient['query'],
      release: (destroy) => client.release(destroy),
    }
  }
  return {
    options: pool.options,
    connect: async () => {
      const client = await connect()
      const wrapper = wrappers.get(client) ?? wrap(client)
      wrappers.set(client, wrapper)
      // A checked-out connection that breaks reports it to its query, and here a second time.
      if (client.listenerCount('error') === 0) client.on('error', () => {})
      return wrapper
    },
    end: () => pool.end(),
  }
}
