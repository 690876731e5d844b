import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, silentLog } from '../../src/core/index.js'
import { connectStore, type Migration } from '../../src/store/index.js'
import { databaseUrl, openTestSchema, type TestSchema } from './postgres.js'

let schema: TestSchema
beforeEach(async () => {
  schema = await openTestSchema()
})
afterEach(() => schema.close())

const migrations: readonly Migration[] = [
  { name: 'm001_create', sql: ['create table fruit (name text primary key)'] },
  { name: 'm002_colour', sql: ["alter table fruit add colour text not null default 'green'"] },
]

describe('connecting to PostgreSQL', () => {
  const failure = async (change: (url: URL) => void) => {
    const url = new URL(databaseUrl())
    change(url)
    const connection = { connectionString: url.href }
    return connectStore({ connection, log: silentLog, clock: createManualClock() }).catch((error) => error)
  }

  it('says that the database does not exist', async () => {
    const error = await failure((url) => {
      url.pathname = '/no_such_database'
    })
    expect(error).toMatchObject({ code: 'store.database-missing', params: { database: 'no_such_database' } })
  })

  it('says that the server does not let this user in', async () => {
    const error = await failure((url) => {
      url.username = 'no_such_user'
    })
    expect(error).toMatchObject({ code: 'store.access-refused', params: { user: 'no_such_user' } })
  })

  it('says that nobody listens', async () => {
    const error = await failure((url) => {
      url.hostname = '127.0.0.1'
      url.port = '1'
      url.search = ''
    })
    expect(error).toMatchObject({
      code: 'store.unreachable',
      params: { address: '127.0.0.1:1' },
      retryable: true,
    })
  })
})

describe('migrations on PostgreSQL', () => {
  it('are applied once when several processes start at the same time', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => schema.connect()))
    const applied = await Promise.all(stores.map((store) => store.migrate('fruit', migrations)))
    expect(applied.flat().toSorted()).toEqual(['m001_create', 'm002_colour'])
  })

  it('are all undone when one of them fails', async () => {
    const store = await schema.connect()
    const broken = [...migrations, { name: 'm003_broken', sql: ['select nonsense'] }]
    await expect(store.migrate('fruit', broken)).rejects.toMatchObject({ code: 'store.migration-failed' })
    const { rows } =
      await sql`select to_regclass('fruit') as fruit, to_regclass('store_migration') as log`.execute(store.db)
    expect(rows).toEqual([{ fruit: null, log: null }])
  })

  it('are refused when they were edited, or when the database is ahead', async () => {
    const store = await schema.connect()
    await store.migrate('fruit', migrations)
    const edited = [{ name: 'm001_create', sql: ['create table fruit (name text)'] }]
    await expect(store.migrate('fruit', edited)).rejects.toMatchObject({ code: 'store.migration-changed' })
    await expect(store.migrate('fruit', migrations.slice(0, 1))).rejects.toMatchObject({
      code: 'store.database-newer',
    })
  })
})

describe('transactions on PostgreSQL', () => {
  it('run beside each other, each seeing what is committed', async () => {
    const store = await schema.connect()
    await sql`create table account (n int)`.execute(store.db)
    const inserted = Promise.withResolvers<void>()
    const looked = Promise.withResolvers<void>()
    const writing = store.transaction(async (trx) => {
      await sql`insert into account values (1)`.execute(trx)
      inserted.resolve()
      await looked.promise
    })
    await inserted.promise
    const count = sql<{ n: number }>`select count(*)::int as n from account`
    expect((await count.execute(store.db)).rows).toEqual([{ n: 0 }])
    looked.resolve()
    await writing
    expect((await count.execute(store.db)).rows).toEqual([{ n: 1 }])
  })

  it('are undone when their work fails', async () => {
    const store = await schema.connect()
    await sql`create table account (n int)`.execute(store.db)
    const failing = store.transaction(async (trx) => {
      await sql`insert into account values (1)`.execute(trx)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect((await sql`select * from account`.execute(store.db)).rows).toEqual([])
  })
})

describe('a connection that the server ends', () => {
  it('fails its statement as retryable, and the next one gets a new connection', async () => {
    const [store, admin] = [await schema.connect(), await schema.connect()]
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(store.db)
    const pid = rows[0]?.pid ?? 0
    const running = Promise.allSettled([sql`select pg_sleep(60)`.execute(store.db)])
    const isRunning = sql<{ n: number }>`
      select count(*)::int as n from pg_stat_activity where pid = ${pid} and query like '%pg_sleep(60)%'`
    while ((await isRunning.execute(admin.db)).rows[0]?.n !== 1);
    await sql`select pg_terminate_backend(${pid})`.execute(admin.db)
    expect(await running).toMatchObject([{ reason: { code: 'store.unreachable', retryable: true } }])
    await store.ping()
  })

  it('does not end the process when it was idle', async () => {
    const [store, admin] = [await schema.connect(), await schema.connect()]
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(store.db)
    const lost = new Promise((resolve) => store.pool.once('error', resolve))
    await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(admin.db)
    expect(await lost).toBeInstanceOf(Error)
    await store.ping()
  })
})
