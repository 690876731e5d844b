import { afterEach, describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../../core/index.js'
import { type FakeSystem, type FakeSystemOptions, startFakeSystem } from '../testing.js'
import { measuredRecords, ttftMs } from './load-metrics.js'
import { exportProfile } from './profile-export.js'
import { type LoadOrder, runLoad } from './run-load.js'
import { checkValidity } from './validity.js'

let system: FakeSystem | undefined
afterEach(() => system?.close())

const shape = {
  shape: 'constant',
  requestsPerSecond: 50,
  durationSeconds: 0.4,
  warmupSeconds: 0.1,
  seed: 1,
} as const

const load = async (
  options: FakeSystemOptions,
  change: Partial<LoadOrder> = {},
  clock: Clock = systemClock,
) => {
  system = await startFakeSystem(options)
  const order = {
    ...shape,
    baseUrl: system.url,
    model: 'bank',
    questions: ['a', 'b'],
    timeoutMs: 2000,
    ...change,
  }
  return runLoad(order, { clock, signal: new AbortController().signal })
}

const gate = (result: Awaited<ReturnType<typeof load>>, name: string) =>
  checkValidity(result, shape).find((checked) => checked.gate === name)

describe('the load generator', () => {
  it('measures each answer from its scheduled time, with the tokens the server counted', async () => {
    const result = await load({ firstContentMs: 30, gapMs: 5, inputTokens: 40, outputTokens: 9 })
    const records = measuredRecords(result)
    expect(result.records).toHaveLength(25)
    expect(records).toHaveLength(20)
    for (const record of records) {
      expect(record).toMatchObject({ error: null, inputTokens: 40, outputTokens: 9, fromCache: false })
      expect(record.contentChunks).toBeGreaterThanOrEqual(1)
      expect(record.sentMs).toBeGreaterThanOrEqual(record.scheduledMs)
      expect(ttftMs(record)).toBeGreaterThanOrEqual(29)
      expect(record.lastContentMs).toBeGreaterThanOrEqual(record.firstContentMs ?? Number.POSITIVE_INFINITY)
    }
  })

  it('asks the gateway to pass its cache by, and tells answers that came from it all the same', async () => {
    const result = await load({ isCacheHit: (i) => i === 3 }, { requestsPerSecond: 40 })
    expect(system?.requests.every((headers) => headers['cache-control'] === 'no-store')).toBe(true)
    expect(result.records.filter(({ fromCache }) => fromCache)).toHaveLength(1)
  })

  it('does not wait for answers: a slow system gets the whole load at the times planned', async () => {
    const result = await load({ firstContentMs: 700 })
    const lastSentMs = Math.max(...result.records.map(({ sentMs }) => sentMs))
    expect(result.records).toHaveLength(25)
    // Of 25 requests one after the other, the last would be sent once 24 have ended.
    expect(result.records.filter(({ endMs }) => endMs < lastSentMs).length).toBeLessThan(12)
  })

  it('tells cut-off answers, errors and broken connections from answers', async () => {
    const faults = ['cut-off', 'http-500', 'drop', undefined] as const
    const result = await load({ fault: (i) => faults[i % 4] }, { requestsPerSecond: 40 })
    const codes = result.records.map(({ error }) => error?.code ?? 'none')
    expect(new Set(codes)).toEqual(new Set(['connection', 'broken', 'none']))
    expect(codes.filter((code) => code === 'none')).toHaveLength(5)
  })

  it('gives up on an answer that takes longer than the limit', async () => {
    const result = await load({ firstContentMs: 5000 }, { requestsPerSecond: 10, timeoutMs: 100 })
    expect(result.records.every(({ error }) => error?.code === 'connection')).toBe(true)
    // Before the system would have answered.
    expect(result.records.every((r) => r.endMs - r.sentMs < 5000)).toBe(true)
  })

  it('is invalid when the generator itself is late, whatever the system did', async () => {
    const lateClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms + 40, signal) }
    const result = await load({}, {}, lateClock)
    expect(gate(result, 'schedule-lag')).toMatchObject({ passed: false })
    expect(gate(result, 'schedule-lag')?.value).toBeGreaterThan(20)
  })

  it('is invalid when the event loop of the generator is blocked', async () => {
    const block = (ms: number) => {
      for (const endMs = performance.now() + ms; performance.now() < endMs; );
    }
    const busyClock: Clock = {
      ...systemClock,
      sleep: async (ms, signal) => {
        await systemClock.sleep(ms, signal)
        block(15)
      },
    }
    const result = await load({}, {}, busyClock)
    expect(gate(result, 'event-loop-delay')).toMatchObject({ passed: false })
  })

  it('exports its requests under the names of AIPerf', async () => {
    const result = await load({ firstContentMs: 5, outputTokens: 9 }, { requestsPerSecond: 40 })
    const lines = exportProfile(result).trimEnd().split('\n')
    expect(lines).toHaveLength(result.records.length)
    const first = JSON.parse(lines[0] ?? '') as Record<string, Record<string, unknown>>
    expect(first.metadata).toMatchObject({ session_num: 0, benchmark_phase: 'warmup', was_cancelled: false })
    expect(first.metrics).toMatchObject({
      time_to_first_token: { unit: 'ms' },
      output_sequence_length: { value: 9, unit: 'tokens' },
    })
    expect(Number(first.metadata?.sent_ns)).toBeGreaterThanOrEqual(Number(first.metadata?.scheduled_ns))
  })
})

describe('the validity gates', () => {
  it('count requests that were never sent', async () => {
    const result = await load({})
    const half = { ...result, records: result.records.filter(({ index }) => index % 2 === 0) }
    expect(checkValidity(half, shape).find(({ gate }) => gate === 'achieved-rate')).toMatchObject({
      passed: false,
    })
  })
})
