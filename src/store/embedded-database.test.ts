import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLog } from '../core/index.js'
import {
  type EmbeddedDatabase,
  type EmbeddedDatabaseOptions,
  embeddedConnection,
  startEmbeddedDatabase,
} from './embedded-database.js'
import { openSocketDirectory, socketDirectoryFor } from './socket-directory.js'
import { connectStore } from './store.js'
import { testCacheDirectory } from './testing.js'

let directory: string
let databases: EmbeddedDatabase[]
let clients: Client[]

const openDirectory = async () => {
  directory = await mkdtemp(join(tmpdir(), 'embedded-'))
  databases = []
  clients = []
}
const disconnectAll = async () => {
  await Promise.all(clients.map((client) => client.end().catch(() => {})))
  clients = []
}
const closeAll = async () => {
  await disconnectAll()
  for (const database of databases) await database.close()
  await rm(directory, { recursive: true, force: true })
}

const start = async (options: Partial<EmbeddedDatabaseOptions> = {}) => {
  const database = await startEmbeddedDatabase({
    dataDirectory: join(directory, 'data'),
    socketDirectory: join(directory, 'run'),
    cacheDirectory: testCacheDirectory,
    onFatal: (error) => {
      throw error
    },
    ...options,
  })
  databases.push(database)
  return database
}

const connect = async (socketDirectory = join(directory, 'run')) => {
  const client = new Client(embeddedConnection(socketDirectory))
  client.on('error', () => {})
  await client.connect()
  clients.push(client)
  return client
}

const disconnect = (client: Client) =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()

describe('several clients of the embedded database', () => {
  beforeAll(async () => {
    await openDirectory()
    await start({ idleInTransactionMs: 300 })
  })
  afterEach(async () => {
    await (await connect()).query('drop schema public cascade; create schema public')
    await disconnectAll()
  })
  afterAll(closeAll)

  it('do not get into each other, even with statements that arrive in many pieces', async () => {
    const [a, b] = [await connect(), await connect()]
    await a.query('create table small (n int); create table large (n int, text text)')
    const text = 'x'.repeat(200_000)
    const insert = async (client: Client, table: string, values: unknown[]) => {
      const holders = values.map((_, i) => `$${i + 1}`).join(', ')
      for (let n = 0; n < 12; n++) await client.query(`insert into ${table} values (${holders})`, values)
    }
    await Promise.all([insert(a, 'large', [1, text]), insert(b, 'small', [2])])
    const { rows } = await a.query(`
      select (select count(*)::int from small where n = 2) as small,
        (select count(*)::int from large where n = 1 and length(text) = 200000) as large`)
    expect(rows).toEqual([{ small: 12, large: 12 }])
  })

  it('wait while another is in a transaction, and see all of it or nothing', async () => {
    const [a, b] = [await connect(), await connect()]
    await a.query('create table account (balance int)')
    await a.query('begin')
    await a.query('insert into account values (1)')
    const seen = b.query('select count(*)::int as n from account')
    await a.query('insert into account values (2)')
    await a.query('commit')
    expect((await seen).rows).toEqual([{ n: 2 }])
  })

  it('are not disturbed by an error of another', async () => {
    const [a, b] = [await connect(), await connect()]
    const failing = Promise.allSettled(Array.from({ length: 20 }, () => a.query('select nothing($1)', [1])))
    const fine = Promise.all(Array.from({ length: 20 }, (_, n) => b.query('select $1::int as n', [n])))
    expect((await fine).map((result) => result.rows[0].n)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    for (const result of await failing) expect(result).toMatchObject({ reason: { code: '42883' } })
  })

  it('lose their transaction when they disconnect in the middle of it', async () => {
    const [a, b] = [await connect(), await connect()]
    await a.query('create table account (balance int)')
    await a.query('begin')
    await a.query('insert into account values (1)')
    disconnect(a)
    expect((await b.query('select count(*)::int as n from account')).rows).toEqual([{ n: 0 }])
  })

  it('lose it as well when they say nothing for too long, as everybody waits for them', async () => {
    const [a, b] = [await connect(), await connect()]
    await a.query('create table account (balance int)')
    await a.query('begin')
    await a.query('insert into account values (1)')
    expect((await b.query('select count(*)::int as n from account')).rows).toEqual([{ n: 0 }])
    await expect(a.query('commit')).rejects.toThrow()
  })

  it('leave no settings and no prepared statements behind', async () => {
    const a = await connect()
    await a.query("set application_name = 'left behind'")
    await a.query({ name: 'mine', text: 'select 1' })
    await a.end()
    const b = await connect()
    expect((await b.query("select current_setting('application_name') as name")).rows).toEqual([{ name: '' }])
    expect((await b.query({ name: 'mine', text: 'select 2 as two' })).rows).toEqual([{ two: 2 }])
  })

  it('are refused without harm when they do not speak PostgreSQL', async () => {
    const socket = createConnection(join(directory, 'run', '.s.PGSQL.5432'))
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('error', () => {})
    socket.end('GET / HTTP/1.1\r\n\r\n')
    await closed
    expect((await (await connect()).query('select 1 as one')).rows).toEqual([{ one: 1 }])
  })
})

describe('the data directory', () => {
  beforeEach(openDirectory)
  afterEach(closeAll)

  const dataDirectory = () => join(directory, 'data')

  it('keeps what was written', async () => {
    const first = await start({ dataDirectory: dataDirectory() })
    const a = await connect()
    await a.query('create table kept (n int)')
    await a.query('insert into kept values (1)')
    await a.end()
    await first.close()
    databases = []
    await start({ dataDirectory: dataDirectory() })
    expect((await (await connect()).query('select * from kept')).rows).toEqual([{ n: 1 }])
  })

  it('has the tables of the kept database, of which migrations know', async () => {
    const migrations = [{ name: 'm001_create', sql: ['create table fruit (name text primary key)'] }]
    const read = vi.fn(async () => [{ domain: 'fruit', migrations }])
    const options = { tables: { key: `fruit-${process.pid}`, read } }
    await start({ dataDirectory: dataDirectory(), ...options })
    const socketDirectory = join(directory, 'second')
    await start({ dataDirectory: join(directory, 'second-data'), socketDirectory, ...options })
    expect(read).toHaveBeenCalledOnce()
    for (const run of [join(directory, 'run'), socketDirectory]) {
      const store = await connectStore({ connection: embeddedConnection(run), log: silentLog })
      expect(await store.migrate('fruit', migrations)).toEqual([])
      await store.close()
      expect((await (await connect(run)).query('select * from fruit')).rows).toEqual([])
    }
    const kept = (await readdir(testCacheDirectory)).filter((name) => name.endsWith(options.tables.key))
    expect(kept).toHaveLength(1)
    for (const name of kept) await rm(join(testCacheDirectory, name), { recursive: true })
  })

  it('is made anew when its first start was interrupted', async () => {
    await mkdir(join(dataDirectory(), 'postgres', 'base'), { recursive: true })
    await writeFile(join(dataDirectory(), 'postgres', 'PG_VERSION'), '18\n')
    await writeFile(join(dataDirectory(), 'postgres.unfinished'), '')
    await start({ dataDirectory: dataDirectory() })
    expect((await (await connect()).query('select 1 as one')).rows).toEqual([{ one: 1 }])
    expect(await readdir(dataDirectory())).toEqual(['postgres'])
  })

  it('is reported, and left alone, when it cannot be read', async () => {
    const files = join(dataDirectory(), 'postgres')
    await mkdir(files, { recursive: true })
    await writeFile(join(files, 'PG_VERSION'), 'nonsense')
    await writeFile(join(files, 'precious'), '')
    await expect(start({ dataDirectory: dataDirectory() })).rejects.toMatchObject({
      code: 'store.data-unreadable',
      params: { directory: files },
    })
    expect(await readdir(files)).toContain('precious')
  })
})

describe('the socket', () => {
  beforeEach(openDirectory)
  afterEach(closeAll)

  it('lies in a directory of this user alone', async () => {
    await mkdir(join(directory, 'run'), { mode: 0o755 })
    await openSocketDirectory(join(directory, 'run'))
    expect((await stat(join(directory, 'run'))).mode & 0o777).toBe(0o700)
  })

  it('moves to the temporary directory when its path would be too long, the same one every time', async () => {
    const long = join(directory, 'a'.repeat(100))
    const fallback = socketDirectoryFor(long)
    expect(fallback).toBe(socketDirectoryFor(long))
    expect(fallback).not.toBe(socketDirectoryFor(`${long}b`))
    expect(Buffer.byteLength(fallback)).toBeLessThan(90)
    await start({ socketDirectory: long })
    expect((await (await connect(long)).query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await rm(fallback, { recursive: true })
  })

  it('is not put where somebody else could have prepared the place', async () => {
    await mkdir(join(directory, 'theirs'))
    await symlink(join(directory, 'theirs'), join(directory, 'link'))
    await expect(openSocketDirectory(join(directory, 'link'))).rejects.toMatchObject({
      code: 'store.socket-directory-unsafe',
    })
  })
})
