import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createManualClock, silentLog } from '../core/index.js'
import { connectStore, type Store } from '../store/index.js'
import { startTestStore, type TestStore } from '../store/testing.js'
import { finished, startOf } from './__fixtures__/attempts.js'
import { createCounters } from './counters.js'
import { openLedger } from './open-ledger.js'
import { allTenants } from './read-rows.js'

const socketName = '.s.PGSQL.5432'

/** Stands between a store and its database, and can be switched off. */
const createSwitch = async (targetDirectory: string) => {
  const directory = await mkdtemp(join(tmpdir(), 'ledger-switch-'))
  let sockets: Socket[] = []
  const server = createServer((client) => {
    const database = connect(join(targetDirectory, socketName))
    sockets.push(client, database)
    for (const socket of [client, database]) socket.on('error', () => {})
    client.pipe(database).pipe(client)
  })
  const on = () => new Promise<void>((resolve) => server.listen(join(directory, socketName), resolve))
  const off = () => {
    for (const socket of sockets) socket.destroy()
    sockets = []
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  await on()
  return {
    directory,
    on,
    off,
    close: async () => {
      await off()
      await rm(directory, { recursive: true })
    },
  }
}

let test: TestStore
let link: Awaited<ReturnType<typeof createSwitch>>
let store: Store
let directory: string
beforeAll(async () => {
  test = await startTestStore()
  link = await createSwitch(String(test.store.pool.options.host))
  const connection = { host: link.directory, port: 5432, user: 'postgres', database: 'postgres' }
  store = await connectStore({ connection, log: silentLog, patienceMs: 0 })
  directory = await mkdtemp(join(tmpdir(), 'ledger-'))
})
afterAll(async () => {
  await store.close()
  await link.close()
  await test.close()
  await rm(directory, { recursive: true })
})

describe('when the database is away', () => {
  it('work goes on, reading says so, and the rows arrive when it is back', async () => {
    const clock = createManualClock(Date.UTC(2026, 10, 25))
    const options = {
      directory,
      store,
      clock,
      counters: createCounters({ clock }),
      price: () => null,
      log: silentLog,
      maxRowsInMemory: 20,
    }
    const everything = { tenant: allTenants, limit: 1000 } as const
    const first = await openLedger(options)
    const record = async (ledger: typeof first, name: string, count: number) => {
      const recorder = ledger.recorder({ tokensPerMinute: 0, monthlyBudgetUsd: 0 })
      for (let i = 0; i < count; i++) {
        const attempt = await recorder.begin(startOf(`${name}_${i}`))
        await attempt.settle(finished(i, i), { firstContentMs: null, totalMs: 0 })
      }
    }
    await record(first, 'before', 3)
    await first.flush()

    await link.off()
    await record(first, 'away', 50)
    await expect(first.flush()).rejects.toMatchObject({ code: 'ledger.store-away', retryable: true })
    await expect(first.rows(everything)).rejects.toMatchObject({ code: 'ledger.store-away' })
    await clock.advance(60_000)
    expect(first.health()).toMatchObject({ writable: true, pendingRows: 50, lagMs: 60_000 })
    expect(first.health().storeFailure).not.toBeNull()

    await link.on()
    expect((await first.rows(everything)).rows).toHaveLength(53)
    expect(first.health()).toMatchObject({ pendingRows: 0, lagMs: 0, storeFailure: null })

    await link.off()
    await record(first, 'closed', 30)
    await first.close()
    await expect(openLedger(options)).rejects.toMatchObject({ code: 'store.unreachable' })

    await link.on()
    const second = await openLedger(options)
    const { rows } = await second.rows(everything)
    expect(rows).toHaveLength(83)
    expect(rows.every((row) => row.end === 'finished')).toBe(true)
    await second.close()
  })
})
