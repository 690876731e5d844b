import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock, silentLog } from '../core/index.js'
import { startTestStore, type TestStore } from '../store/testing.js'
import { anyAttempt, anyStart, anyTiming, finished, startOf } from './__fixtures__/attempts.js'
import { createMemoryDisk } from './__fixtures__/memory-disk.js'
import { type Counters, createCounters } from './counters.js'
import { type Ledger, type LedgerOptions, openLedger } from './open-ledger.js'
import { allTenants } from './read-rows.js'
import { budgetCounter, tokenCounter } from './reserve-limits.js'

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
})
afterAll(() => test.close())

let directory: string
let clock: ManualClock
let counters: Counters
let opened: Ledger[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-'))
  clock = createManualClock(Date.UTC(2026, 10, 25, 12))
  counters = createCounters({ clock })
})
afterEach(async () => {
  for (const ledger of opened) await ledger.close()
  opened = []
  await test.store.pool.query('truncate ledger_attempt')
  await rm(directory, { recursive: true })
})

/** $1 per million input tokens, $2 per million output tokens; `free` has no price. */
const price: LedgerOptions['price'] = (deployment, { input, output }) =>
  deployment === 'free' ? null : { usd: (input.total + 2 * output.total) / 1e6, version: '2026-11' }

const open = async (patch: Partial<LedgerOptions> = {}): Promise<Ledger> => {
  const ledger = await openLedger({
    directory,
    store: test.store,
    clock,
    price,
    counters,
    log: silentLog,
    ...patch,
  })
  opened.push(ledger)
  return ledger
}
const noLimits = { tokensPerMinute: 0, monthlyBudgetUsd: 0 }
const timing = { firstContentMs: 12.5, totalMs: 80 }
const everything = { tenant: allTenants } as const
const collect = async (lines: AsyncIterable<string>) => {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}

describe('ledger', () => {
  it('holds one row per attempt with usage, end, timing and exact cost', async () => {
    const ledger = await open()
    const recorder = ledger.recorder(noLimits)
    const first = await recorder.begin(startOf('req_1'))
    const second = await recorder.begin(startOf('req_1', { attempt: 1, deployment: 'free' }))
    await first.settle(
      { ...finished(0, 0), usageSource: 'none', end: 'cancelled' },
      { firstContentMs: null, totalMs: 5 },
    )
    await second.settle(finished(1234, 56), timing)
    const { rows, next } = await ledger.rows(everything)
    expect(next).toBeNull()
    expect(rows).toMatchObject([
      {
        requestId: 'req_1',
        attempt: 0,
        end: 'cancelled',
        usageSource: 'none',
        costNanoUsd: 0n,
        firstContentMs: null,
      },
      {
        attempt: 1,
        tenant: 'bank',
        keyId: 'key_1',
        route: 'support',
        deployment: 'free',
        architectureHash: 'sha256:00',
        startedAtMs: Date.UTC(2026, 10, 25, 12),
        usage: { input: { total: 1234 }, output: { total: 56 } },
        usageSource: 'reported',
        end: 'finished',
        errorCode: null,
        // No price is known, which is not the same as costing nothing.
        costNanoUsd: null,
        priceVersion: null,
        ...timing,
      },
    ])
    expect(ledger.health()).toMatchObject({ openAttempts: 0, pendingRows: 0, lagMs: 0, writable: true })
  })

  it('settles an attempt once: the first time wins', async () => {
    const ledger = await open()
    const attempt = await ledger.recorder(noLimits).begin(startOf('req_1'))
    await Promise.all([attempt.settle(finished(10, 5), timing), attempt.settle(finished(99, 99), timing)])
    await attempt.settle(finished(77, 77), timing)
    const { rows } = await ledger.rows(everything)
    expect(rows).toMatchObject([
      { usage: { input: { total: 10 }, output: { total: 5 } }, costNanoUsd: 20_000n },
    ])
  })

  it('takes any attempt an engine may report', async () => {
    const ledger = await open()
    const recorder = ledger.recorder(noLimits)
    const asked = new Set<string>()
    await fc.assert(
      fc.asyncProperty(anyStart, anyAttempt, anyTiming, async (start, attempt, at) => {
        await (await recorder.begin(start)).settle(attempt, at)
        asked.add(JSON.stringify([start.requestId, start.attempt]))
      }),
      { numRuns: 300 },
    )
    await ledger.flush()
    const { rows } = await test.store.pool.query('select count(*)::int as count from ledger_attempt')
    expect(rows[0].count).toBe(asked.size)
  })

  it('shows an attempt that a dead process left unsettled, and never takes a settled one back', async () => {
    const disk = createMemoryDisk()
    const first = await open({ files: disk })
    const recorder = first.recorder(noLimits)
    await recorder.begin(startOf('req_lost'))
    const settled = await recorder.begin(startOf('req_settled'))
    await settled.settle(finished(10, 5), timing)
    // What the journal held when the process died; the database may have drained since.
    const journal = new Map(disk.segments)
    await first.flush()
    const died = createMemoryDisk()
    for (const [segment, bytes] of journal) died.segments.set(segment, bytes)
    const second = await open({ files: died })
    const { rows } = await second.rows(everything)
    expect(rows).toMatchObject([
      {
        requestId: 'req_lost',
        end: 'unknown',
        usageSource: 'none',
        costNanoUsd: null,
        totalMs: null,
        errorCode: 'ledger.unsettled',
      },
      { requestId: 'req_settled', end: 'finished', costNanoUsd: 20_000n },
    ])
    expect(await second.summary({ ...everything, by: 'tenant' })).toMatchObject([
      { group: 'bank', requests: 2, attempts: 2, unsettled: 1, unpriced: 1, costNanoUsd: 20_000n },
    ])
    expect(died.segments.size).toBe(0)
  })

  it('believes the database when the journal only knows that an attempt began', async () => {
    const disk = createMemoryDisk()
    // A segment per line, so that the settlement's is gone while the begin's is still there.
    const first = await open({ files: disk, segmentBytes: 1 })
    const attempt = await first.recorder(noLimits).begin(startOf('req_1'))
    const [began] = disk.segments
    await attempt.settle(finished(10, 5), timing)
    await first.flush()
    const died = createMemoryDisk()
    if (began) died.segments.set(...began)
    const second = await open({ files: died })
    expect((await second.rows(everything)).rows).toMatchObject([{ requestId: 'req_1', end: 'finished' }])
    expect(died.segments.size).toBe(0)
  })

  it('leaves no journal behind when everything is in the database', async () => {
    const ledger = await open()
    const attempt = await ledger.recorder(noLimits).begin(startOf('req_1'))
    await attempt.settle(finished(1, 1), timing)
    expect((await readdir(directory)).filter((name) => name.endsWith('.jsonl'))).toHaveLength(1)
    await ledger.close()
    expect(await readdir(directory)).toEqual(['reserve'])
    await expect(ledger.recorder(noLimits).begin(startOf('req_2'))).rejects.toMatchObject({
      code: 'ledger.closed',
    })
  })
})

describe('limits', () => {
  it('keep the budget of a month under concurrency, settle it exactly and survive a restart', async () => {
    const ledger = await open()
    // The estimate of one attempt is $0.002, so $0.02 lets ten run at once.
    const recorder = ledger.recorder({ tokensPerMinute: 0, monthlyBudgetUsd: 0.02 })
    const begun = await Promise.allSettled(
      Array.from({ length: 1000 }, (_, index) => recorder.begin(startOf(`req_${index}`))),
    )
    const running = begun.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const refused = begun.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    expect(running).toHaveLength(10)
    expect(refused[0]).toMatchObject({
      code: 'ledger.budget-exceeded',
      params: { keyId: 'key_1', limitUsd: 0.02, usedUsd: 0.02, neededUsd: 0.002 },
      retryable: false,
    })
    for (const attempt of running) await attempt.settle(finished(300, 100), timing)
    expect(await counters.used(budgetCounter('key_1'))).toBe(10 * 500_000)
    await ledger.close()

    counters = createCounters({ clock })
    await open()
    expect(await counters.used(budgetCounter('key_1'))).toBe(10 * 500_000)
  })

  it('count the spending of this month only, and none of attempts that crashed', async () => {
    const disk = createMemoryDisk()
    const ledger = await open({ files: disk })
    const recorder = ledger.recorder({ tokensPerMinute: 0, monthlyBudgetUsd: 1 })
    await (await recorder.begin(startOf('req_old'))).settle(finished(1000, 0), timing)
    await clock.advance(7 * 24 * 3600 * 1000)
    await (await recorder.begin(startOf('req_new'))).settle(finished(10, 0), timing)
    await recorder.begin(startOf('req_crashed'))
    const died = createMemoryDisk()
    for (const [segment, bytes] of disk.segments) died.segments.set(segment, bytes)
    const restarted = createCounters({ clock })
    await open({ files: died, counters: restarted })
    expect(await restarted.used(budgetCounter('key_1'))).toBe(10_000)
  })

  it('hold tokens per minute, of input and output together', async () => {
    const ledger = await open()
    const recorder = ledger.recorder({ tokensPerMinute: 3000, monthlyBudgetUsd: 0 })
    const first = await recorder.begin(startOf('req_1'))
    const second = await recorder.begin(startOf('req_2'))
    await expect(recorder.begin(startOf('req_3'))).rejects.toMatchObject({
      code: 'ledger.token-limit-exceeded',
      params: { keyId: 'key_1', limit: 3000, needed: 1500, retryAfterMs: 30_000 },
      retryable: true,
    })
    await first.settle(finished(100, 50), timing)
    await second.settle(finished(100, 50), timing)
    expect(await counters.used(tokenCounter('key_1'))).toBe(300)
    await expect(
      ledger.recorder({ tokensPerMinute: 1000, monthlyBudgetUsd: 0 }).begin(startOf('req_4')),
    ).rejects.toMatchObject({ code: 'ledger.token-limit-exceeded', params: { retryAfterMs: null } })
  })

  it('reserve all or nothing', async () => {
    const ledger = await open()
    const recorder = ledger.recorder({ tokensPerMinute: 10_000, monthlyBudgetUsd: 0.001 })
    await expect(recorder.begin(startOf('req_1'))).rejects.toMatchObject({ code: 'ledger.budget-exceeded' })
    expect(await counters.used(tokenCounter('key_1'))).toBe(0)
  })

  it('give reservations back when the journal refuses the attempt', async () => {
    const disk = createMemoryDisk()
    const ledger = await open({ files: disk })
    disk.failing = 'EIO'
    const recorder = ledger.recorder({ tokensPerMinute: 10_000, monthlyBudgetUsd: 1 })
    await expect(recorder.begin(startOf('req_1'))).rejects.toMatchObject({ code: 'ledger.journal-full' })
    expect(await counters.used(tokenCounter('key_1'))).toBe(0)
    expect(await counters.used(budgetCounter('key_1'))).toBe(0)
    expect(ledger.health()).toMatchObject({ writable: false, openAttempts: 0 })
  })

  it('let a model without a price run under a budget, and record a wrong price as none', async () => {
    const broken: LedgerOptions['price'] = (deployment) =>
      deployment === 'free' ? null : { usd: Number.NaN, version: 'x' }
    const ledger = await open({ price: broken })
    const recorder = ledger.recorder({ tokensPerMinute: 0, monthlyBudgetUsd: 0.000_001 })
    for (const deployment of ['free', 'local']) {
      const attempt = await recorder.begin(startOf(`req_${deployment}`, { deployment }))
      await attempt.settle(finished(1, 1), timing)
    }
    const { rows } = await ledger.rows(everything)
    expect(rows.map((row) => row.costNanoUsd)).toEqual([null, null])
  })
})

describe('when the disk is full', () => {
  it('settles running attempts through the database, and recovers', async () => {
    const disk = createMemoryDisk()
    const ledger = await open({ files: disk })
    const recorder = ledger.recorder(noLimits)
    const running = await recorder.begin(startOf('req_1'))
    disk.failing = 'EIO'
    const settled = running.settle(finished(10, 5), timing)
    await clock.advance(0)
    await ledger.flush()
    await settled
    const { rows } = await ledger.rows(everything)
    expect(rows).toMatchObject([{ requestId: 'req_1', end: 'finished' }])
    disk.failing = undefined
    await clock.advance(10_000)
    await (await recorder.begin(startOf('req_2'))).settle(finished(1, 1), timing)
    expect((await ledger.rows(everything)).rows).toHaveLength(2)
    await ledger.close()
    expect(disk.segments.size).toBe(0)
  })
})

describe('the read side', () => {
  const fill = async (ledger: Ledger) => {
    for (let index = 0; index < 12; index++) {
      const start = startOf(`req_${String(index).padStart(2, '0')}`, {
        tenant: index % 3 === 0 ? 'other' : 'bank',
        keyId: `key_${index % 2}`,
        deployment: index % 4 === 0 ? 'free' : 'local',
      })
      const attempt = await ledger.recorder(noLimits).begin(start)
      await attempt.settle(finished(1000 * index, 10), timing)
      await clock.advance(6 * 3600 * 1000)
    }
  }

  it('pages through rows in order, by tenant and time', async () => {
    const ledger = await open()
    await fill(ledger)
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await ledger.rows({ tenant: 'bank', limit: 3, ...(after ? { after } : {}) })
      seen.push(...page.rows.map((row) => row.requestId))
      expect(page.rows.length).toBeLessThanOrEqual(3)
      after = page.next ?? undefined
    } while (after)
    expect(seen).toEqual([1, 2, 4, 5, 7, 8, 10, 11].map((index) => `req_${String(index).padStart(2, '0')}`))
    const from = Date.UTC(2026, 10, 25, 18)
    const to = Date.UTC(2026, 10, 26, 6)
    const range = await ledger.rows({ ...everything, from, to })
    expect(range.rows.map((row) => row.requestId)).toEqual(['req_01', 'req_02'])
    expect((await ledger.rows({ tenant: 'bank', requestId: 'req_00' })).rows).toEqual([])
    for (const after of ['nonsense', Buffer.from('[1,2]').toString('base64url'), ''])
      await expect(ledger.rows({ tenant: 'bank', after })).rejects.toMatchObject({
        code: 'ledger.cursor-invalid',
      })
  })

  it('sums by tenant, key, deployment, route and day, exactly', async () => {
    const ledger = await open()
    await fill(ledger)
    const total = (rows: readonly { costNanoUsd: bigint }[]) =>
      rows.reduce((sum, row) => sum + row.costNanoUsd, 0n)
    // Indexes 1 to 11 without the multiples of 4 are priced: 54,000 input and 90 output tokens.
    const cost = 54_000_000n + 180_000n
    for (const by of ['tenant', 'key', 'route', 'deployment', 'day'] as const)
      expect(total(await ledger.summary({ ...everything, by }))).toBe(cost)
    expect(await ledger.summary({ ...everything, by: 'deployment' })).toEqual([
      {
        group: 'free',
        requests: 3,
        attempts: 3,
        failed: 0,
        unsettled: 0,
        inputTokens: 12_000,
        outputTokens: 30,
        costNanoUsd: 0n,
        unpriced: 3,
      },
      {
        group: 'local',
        requests: 9,
        attempts: 9,
        failed: 0,
        unsettled: 0,
        inputTokens: 54_000,
        outputTokens: 90,
        costNanoUsd: cost,
        unpriced: 0,
      },
    ])
    expect(
      (await ledger.summary({ ...everything, by: 'day' })).map(({ group, attempts }) => [group, attempts]),
    ).toEqual([
      ['2026-11-25', 2],
      ['2026-11-26', 4],
      ['2026-11-27', 4],
      ['2026-11-28', 2],
    ])
    expect(await ledger.summary({ tenant: 'nobody', by: 'key' })).toEqual([])
  })

  it('exports CSV and JSON lines that other programs read', async () => {
    const ledger = await open()
    const attempt = await ledger.recorder(noLimits).begin(startOf('req_1', { tenant: 'a "b", c' }))
    await attempt.settle(finished(1, 1), timing)
    const csv = (await collect(ledger.export(everything, 'csv'))).join('')
    expect(csv.split('\r\n')).toEqual([
      'requestId,attempt,tenant,keyId,route,deployment,architectureHash,startedAt,firstContentMs,totalMs,inputTokens,inputCacheReadTokens,inputCacheWriteTokens,outputTokens,outputReasoningTokens,usageSource,end,errorCode,priceVersion,costUsd',
      'req_1,0,"a ""b"", c",key_1,support,local,sha256:00,2026-11-25T12:00:00.000Z,12.5,80,1,0,0,1,0,reported,finished,,2026-11,0.000003',
      '',
    ])
    const [line] = await collect(ledger.export(everything, 'jsonl'))
    expect(JSON.parse(line ?? '')).toMatchObject({ tenant: 'a "b", c', costUsd: '0.000003', errorCode: null })
  })
})
