import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ArchitectError, createRandom, silentLog, systemClock } from '../../core/index.js'
import { connectStore, embeddedConnection, type Store } from '../../store/index.js'
import { testCacheDirectory as cacheDirectory } from '../../store/testing.js'
import {
  acquireDirectoryLock,
  readDirectoryLock,
  type SupervisedChild,
  superviseChild,
} from '../../supervisor/index.js'

const entry = fileURLToPath(new URL('../../../dist/bundle/database.js', import.meta.url))
const writingParent = fileURLToPath(new URL('./__fixtures__/database-parent.mjs', import.meta.url))
let state: string
let closers: (() => Promise<unknown>)[]

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'database-'))
  closers = []
})
afterEach(async () => {
  for (const close of closers.toReversed()) await close()
  await rm(state, { recursive: true, force: true })
})

const supervise = (predecessorMs = 15_000): SupervisedChild => {
  const child = superviseChild({
    name: 'database',
    entry,
    args: {
      dataDirectory: join(state, 'database'),
      socketDirectory: join(state, 'run'),
      cacheDirectory,
      predecessorMs,
    },
    env: process.env,
    clock: systemClock,
    log: silentLog,
    restart: { initialDelayMs: 1 },
  })
  closers.push(() => child.close())
  return child
}

const connect = async (): Promise<Store> => {
  const connection = embeddedConnection(join(state, 'run'))
  const store = await connectStore({ connection, log: silentLog, patienceMs: 20_000 })
  closers.push(() => store.close())
  return store
}

const writtenRows = async (store: Store) => {
  const { rows } = await sql<{ n: number }>`select n from written`.execute(store.db)
  return new Set(rows.map((row) => row.n))
}

const lost = (acknowledged: Iterable<number>, rows: ReadonlySet<number>) =>
  [...acknowledged].filter((n) => !rows.has(n))

/** Writes rows until told to stop, and keeps those that were acknowledged. */
const startWriter = (store: Store, writer: number) => {
  const acknowledged: number[] = []
  let stopped = false
  const write = async () => {
    for (let n = writer * 1_000_000; !stopped; n++) {
      try {
        await sql`insert into written values (${n})`.execute(store.db)
        acknowledged.push(n)
      } catch (error) {
        expect(error).toBeInstanceOf(ArchitectError)
        expect(error).toMatchObject({ code: 'store.unreachable', retryable: true })
      }
    }
  }
  const done = write()
  const stop = () => {
    stopped = true
    return done
  }
  return { acknowledged, stop }
}

describe('the database process', () => {
  it('loses no acknowledged row to kill -9 under writes, and comes back each time', async () => {
    const child = supervise()
    await child.ready
    const store = await connect()
    await sql`create table written (n int primary key)`.execute(store.db)
    const random = createRandom('kill the database')
    const writers = [1, 2, 3].map((writer) => startWriter(store, writer))
    const total = () => writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
    for (let round = 0; round < 3; round++) {
      const enough = total() + 20 + random.integer(200)
      await vi.waitFor(() => expect(total()).toBeGreaterThan(enough), { timeout: 15_000, interval: 1 })
      const restarted = new Promise<void>((resolve) => child.onRestart(resolve))
      process.kill(child.pid() as number, 'SIGKILL')
      await restarted
    }
    await Promise.all(writers.map((writer) => writer.stop()))
    expect(
      lost(
        writers.flatMap((writer) => writer.acknowledged),
        await writtenRows(store),
      ),
    ).toEqual([])
  }, 120_000)

  it('ends with its parent on kill -9, keeps every row it acknowledged, and lets the next one start', async () => {
    const acknowledged: number[] = []
    const parent = spawn(process.execPath, [writingParent, state, cacheDirectory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(parent, 'exit')
    let child = 0
    for await (const line of createInterface(parent.stdout)) {
      const [what, value] = line.split(' ')
      if (what === 'pid') child = Number(value)
      else acknowledged.push(Number(value))
      // What it wrote until its end is still read.
      if (acknowledged.length === 100) parent.kill('SIGKILL')
    }
    await exited
    expect(child).toBeGreaterThan(0)
    await vi.waitFor(() => expect(() => process.kill(child, 0)).toThrow(), { timeout: 30_000 })
    await supervise().ready
    expect(acknowledged.length).toBeGreaterThanOrEqual(100)
    expect(lost(acknowledged, await writtenRows(await connect()))).toEqual([])
  }, 120_000)

  it('closes in order and leaves no lock and no socket behind', async () => {
    const child = supervise()
    await child.ready
    expect(await readDirectoryLock(join(state, 'database'))).toMatchObject({ pid: child.pid() })
    await child.close()
    expect(await readdir(join(state, 'database'))).toEqual(['postgres'])
    expect(await readdir(join(state, 'run'))).toEqual([])
  })

  it('does not open files that another process has open', async () => {
    const lock = await acquireDirectoryLock(join(state, 'database'))
    const child = supervise(100)
    closers.push(() => lock.release())
    await expect(child.ready).rejects.toMatchObject({ code: 'supervisor.directory-locked' })
  }, 60_000)
})
