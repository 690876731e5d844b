import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, silentLog } from '../core/index.js'
import { type EmbeddedDatabase, embeddedConnection, startEmbeddedDatabase } from './embedded-database.js'
import { connectStore, type Store, type StoreOptions } from './store.js'
import { testCacheDirectory } from './testing.js'

let directory: string
let database: EmbeddedDatabase | undefined
let stores: Store[]

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'store-'))
  await start()
})
afterAll(async () => {
  await stop()
  await rm(directory, { recursive: true, force: true })
})
beforeEach(() => {
  stores = []
})
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()))
})

const start = async () => {
  database = await startEmbeddedDatabase({
    dataDirectory: await mkdtemp(join(directory, 'data-')),
    socketDirectory: directory,
    cacheDirectory: testCacheDirectory,
    onFatal: (error) => {
      throw error
    },
  })
}
const stop = async () => {
  await database?.close()
  database = undefined
}

const connect = async (options: Partial<StoreOptions> = {}) => {
  const store = await connectStore({ connection: embeddedConnection(directory), log: silentLog, ...options })
  stores.push(store)
  return store
}

const count = async (store: Store, table: string) => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(
    store.db,
  )
  return rows[0]?.n
}

describe('connectStore', () => {
  it('says at once when there is no database', async () => {
    const connection = embeddedConnection(join(directory, 'nothing'))
    await expect(connect({ connection, clock: createManualClock() })).rejects.toMatchObject({
      code: 'store.unreachable',
      retryable: true,
      params: { address: join(directory, 'nothing') },
    })
  })

  it('finishes what is running when it is closed', async () => {
    const store = await connect()
    const running = sql`select count(*)::int as n from generate_series(1, 100000)`.execute(store.db)
    await store.close()
    expect((await running).rows).toEqual([{ n: 100_000 }])
    stores = []
  })
})

describe('a transaction', () => {
  it('is kept when its work succeeds, and undone when it fails', async () => {
    const store = await connect()
    await sql`create table account (n int)`.execute(store.db)
    const insert = (n: number) => sql`insert into account values (${n})`
    expect(
      await store.transaction((trx) =>
        insert(1)
          .execute(trx)
          .then(() => 'kept'),
      ),
    ).toBe('kept')
    const failing = store.transaction(async (trx) => {
      await insert(2).execute(trx)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await count(store, 'account')).toBe(1)
  })

  it('that waits for another connection is told so instead of hanging', async () => {
    const connection = { ...embeddedConnection(directory), max: 1, connectionTimeoutMillis: 50 }
    const store = await connect({ connection })
    const nested = store.transaction(async () => sql`select 1`.execute(store.db))
    await expect(nested).rejects.toMatchObject({
      code: 'store.busy',
      params: { waitedMs: 50 },
      retryable: true,
    })
    await store.ping()
  })

  it('keeps the codes of errors in statements', async () => {
    const store = await connect()
    await sql`create table unique_name (name text primary key)`.execute(store.db)
    const insert = sql`insert into unique_name values ('a')`
    await insert.execute(store.db)
    await expect(insert.execute(store.db)).rejects.toMatchObject({ code: '23505' })
  })
})

describe('a database that goes away', () => {
  it('is waited for, and its return is noticed', async () => {
    const store = await connect()
    await stop()
    // This one goes to a connection that is broken and is not repeated; the next one waits.
    await expect(store.ping()).rejects.toMatchObject({ code: 'store.unreachable', retryable: true })
    const waiting = Promise.allSettled([sql<{ one: number }>`select 1 as one`.execute(store.db)])
    await start()
    expect(await waiting).toMatchObject([{ value: { rows: [{ one: 1 }] } }])
  })

  it('is given up after the time that was allowed', async () => {
    const clock = createManualClock()
    const store = await connect({ clock, patienceMs: 5000 })
    await stop()
    await sql`select 1`.execute(store.db).catch(() => {})
    let failure: unknown
    const waiting = sql`select 1`.execute(store.db).catch((error) => {
      failure = error
    })
    for (let waitedMs = 0; waitedMs < 4500; waitedMs += 500) {
      await clock.advance(500)
      expect(failure).toBeUndefined()
    }
    while (!failure) await clock.advance(500)
    await waiting
    expect(failure).toMatchObject({ code: 'store.unreachable', retryable: true })
  })
})
