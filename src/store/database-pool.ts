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
        if (!isAway(error) || clock.monotonicMs() + pauseMs > giveUpMs) throw error
        await clock.sleep(pauseMs)
      }
    }
  }

  const { idle, track } = createUseTracker()
  return { pool, idle, forKysely: kyselyPool(pool, () => track(connect()), connection) }
}

const isAway = (error: unknown) => error instanceof ArchitectError && error.code === 'store.unreachable'

/** Knows the connections in use, from asking for one to giving it back. */
const createUseTracker = () => {
  const uses = new Set<Promise<void>>()
  return {
    /** Resolves when no statement runs or waits. Kysely and pg-pool forget those who wait when they are closed. */
    idle: async () => {
      while (uses.size > 0) await Promise.all(uses)
    },
    track: async (connecting: Promise<PoolClient>) => {
      const use = Promise.withResolvers<void>()
      uses.add(use.promise)
      const end = () => {
        uses.delete(use.promise)
        use.resolve()
      }
      try {
        return { client: await connecting, end }
      } catch (error) {
        end()
        throw error
      }
    },
  }
}

interface Use {
  readonly client: PoolClient
  end(): void
}

const kyselyPool = (pool: Pool, connect: () => Promise<Use>, connection: PoolConfig): PostgresPool => ({
  options: pool.options,
  connect: async () => {
    const { client, end } = await connect()
    // A connection that breaks while it is in use reports it to its statement, and here a second time.
    if (client.listenerCount('error') === 0) client.on('error', () => {})
    let isBroken = false
    const query = async (sql: string, parameters: unknown[]) => {
      try {
        return await client.query(sql, parameters)
      } catch (cause) {
        const error = databaseError(cause, connection)
        isBroken ||= isAway(error)
        throw error
      }
    }
    return {
      // The second overload, a cursor, belongs to streaming, which no room uses.
      query: query as unknown as PostgresPoolClient['query'],
      release: (destroy) => {
        // The server's farewell arrives before the end of the connection: it must not be handed out in between.
        client.release(destroy || isBroken)
        end()
      },
    }
  },
  end: () => pool.end(),
})
