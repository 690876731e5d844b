import { describe, expect, it } from 'vitest'
import type { Architecture, Requirements, SpeedTarget } from '../spec/index.js'
import type { LoadRecord } from './load/load-record.js'
import { scheduleArrivals } from './load/schedule.js'
import { type SpeedRowsInput, speedRows } from './speed-rows.js'

const target: SpeedTarget = {
  id: 'ttft-p95',
  metric: 'ttft',
  percentile: 95,
  op: '<',
  value: 200,
  unit: 'ms',
  load: 'peak',
  lengths: 'workload',
  cache: 'warm',
}
const profile = {
  name: 'here',
  shape: 'constant',
  requestsPerSecond: 20,
  durationSeconds: 10,
  warmupSeconds: 1,
  questions: 'q.jsonl',
  seed: 1,
} as const

interface Served {
  readonly ttftMs: number
  readonly msPerToken: number
}

const records = ({ ttftMs, msPerToken }: Served): LoadRecord[] =>
  scheduleArrivals(profile, 1).map(({ atMs, phase }, index) => {
    const tokens = 100
    const firstContentMs = atMs + ttftMs + (index % 10)
    return {
      index,
      phase,
      question: 0,
      requestId: `r${index}`,
      scheduledMs: atMs,
      sentMs: atMs + 1,
      firstContentMs,
      lastContentMs: firstContentMs + (tokens - 1) * msPerToken,
      endMs: firstContentMs + tokens * msPerToken,
      contentChunks: tokens,
      inputTokens: 900,
      outputTokens: tokens,
      upstreamMs: null,
      fromCache: false,
      error: null,
    }
  })

interface Change {
  readonly served?: Served
  readonly targets?: readonly SpeedTarget[]
  readonly standsFor?: string
  readonly edit?: (record: LoadRecord) => LoadRecord
  readonly eventLoopDelayP99Ms?: number
}

const rowsOf = (change: Change = {}) => {
  const { served = { ttftMs: 100, msPerToken: 5 }, targets = [target], edit = (same) => same } = change
  const requirements = {
    performance: { targets },
    quality: { targets: [] },
    safety: { targets: [] },
    scale: {
      peakRequestsPerSecond: 6,
      lengths: {
        inputTokens: { p50: 900, p95: 1800 },
        outputTokens: { p50: 100, p95: 300 },
        sharedPrefixTokens: 0,
      },
    },
  } as unknown as Requirements
  const architecture = {
    deployments: [{ id: 'engine', ...(change.standsFor ? { standsFor: change.standsFor } : {}) }],
    routes: [{ name: 'bank', strategy: { deployment: 'engine' } }],
  } as unknown as Architecture
  const input: SpeedRowsInput = {
    requirements,
    architecture,
    model: 'bank',
    profile,
    result: {
      records: records(served).map(edit),
      startedAtMs: 0,
      eventLoopDelayP99Ms: change.eventLoopDelayP99Ms ?? 1,
    },
    timeoutMs: 30_000,
    predictions: [{ id: 'ttft-p95.here', value: 120, unit: 'ms', low: 80, high: 160 }],
    lateGates: [],
    file: 'evidence/profile_export.jsonl',
  }
  return speedRows(input)
}

describe('a speed row', () => {
  it('is judged where the load met the conditions of the target', () => {
    expect(rowsOf()).toMatchObject([{ id: 'ttft-p95', verdict: 'pass', measured: { value: 109, n: 200 } }])
  })

  it('fails when every answer comes 300 ms later', () => {
    const [row] = rowsOf({ served: { ttftMs: 400, msPerToken: 5 } })
    expect(row).toMatchObject({ verdict: 'fail', measured: { low: 409 } })
  })

  it('shows a stand-in without a verdict, and judges it in a row of this machine', () => {
    const rows = rowsOf({ standsFor: 'Qwen3-32B' })
    expect(rows).toMatchObject([
      { id: 'ttft-p95', verdict: 'not-measured', measured: { value: 109 }, predicted: null },
      { id: 'ttft-p95.here', verdict: 'pass', measured: { value: 109 }, target: { value: 200 } },
    ])
    expect(rows[1]?.title).toBe('Time to first token P95, this machine (STAND-IN)')
  })

  it('moves with the engine while its prediction stays', () => {
    const tpot: SpeedTarget = { ...target, id: 'ttft-p95', metric: 'tpot', op: '<', value: 50 }
    const standsFor = 'Qwen3-32B'
    const before = rowsOf({ standsFor, targets: [tpot], served: { ttftMs: 100, msPerToken: 5 } })[1]
    const after = rowsOf({ standsFor, targets: [tpot], served: { ttftMs: 100, msPerToken: 10 } })[1]
    expect(before?.measured?.value).toBeCloseTo(5, 9)
    expect(after?.measured?.value).toBeCloseTo(10, 9)
    expect(after?.predicted).toEqual(before?.predicted)
    expect(after?.predicted).toMatchObject({ value: 120, low: 80, high: 160 })
  })

  it('counts a failed request as the slowest possible, not as none', () => {
    const edit = (record: LoadRecord): LoadRecord =>
      record.index % 5 === 0 ? { ...record, error: { code: 'cut-off', message: '' } } : record
    const [row] = rowsOf({ edit })
    expect(row).toMatchObject({ verdict: 'fail', measured: { value: 30_000 } })
    expect(row?.evidence.notes.map(({ code }) => code)).toContain('verify.note.failed-requests')
  })

  it('is invalid when the generator was late, and names the gate', () => {
    const [row] = rowsOf({ edit: (record) => ({ ...record, sentMs: record.scheduledMs + 50 }) })
    expect(row?.verdict).toBe('invalid')
    expect(row?.evidence.notes[0]).toMatchObject({
      code: 'verify.note.gate-failed',
      params: { gate: 'schedule-lag', value: 50, limit: 10 },
    })
    expect(rowsOf({ eventLoopDelayP99Ms: 40 })[0]?.verdict).toBe('invalid')
  })

  it('leaves answers out of the cache aside', () => {
    const edit = (record: LoadRecord): LoadRecord =>
      record.index % 2 === 0 ? { ...record, fromCache: true, firstContentMs: record.scheduledMs } : record
    const [row] = rowsOf({ edit })
    expect(row?.measured?.n).toBe(100)
    expect(row?.evidence.notes.map(({ code }) => code)).toContain('verify.note.from-cache')
  })

  it('is shown only where the load was lighter than the target asks for', () => {
    const lighter = rowsOf({ targets: [{ ...target, load: { requestsPerSecond: 50 } }] })
    expect(lighter).toMatchObject([
      { id: 'ttft-p95', verdict: 'not-measured' },
      { id: 'ttft-p95.here', verdict: 'pass' },
    ])
    const shorter = rowsOf({ targets: [{ ...target, lengths: { inputTokens: 4000, outputTokens: 100 } }] })
    expect(shorter[0]?.evidence.notes[0]).toMatchObject({
      code: 'verify.note.lengths-below-target',
      params: { kind: 'input', measured: 900, required: 4000 },
    })
  })

  it('of a speed takes the percentile from its slow end', () => {
    const speed: SpeedTarget = {
      ...target,
      id: 'speed',
      metric: 'outputTokensPerSecond',
      op: '>',
      value: 150,
      unit: 'tokens/s',
    }
    const slowTenth = (record: LoadRecord): LoadRecord =>
      record.index % 10 === 0 && record.firstContentMs !== null
        ? { ...record, lastContentMs: record.firstContentMs + 99 * 20 }
        : record
    expect(rowsOf({ targets: [speed] })[0]).toMatchObject({ verdict: 'pass' })
    expect(rowsOf({ targets: [speed] })[0]?.measured?.value).toBeCloseTo(200, 6)
    expect(rowsOf({ targets: [speed], edit: slowTenth })[0]?.measured?.value).toBeCloseTo(50, 6)
  })

  it('of a server that counts no tokens says so', () => {
    const speed: SpeedTarget = { ...target, id: 'speed', metric: 'outputTokensPerSecond', op: '>' }
    const edit = (record: LoadRecord): LoadRecord => ({ ...record, outputTokens: null })
    const rows = rowsOf({ targets: [speed], edit, standsFor: 'Qwen3-32B' })
    for (const row of rows) {
      expect(row).toMatchObject({ measured: null, verdict: 'not-measured' })
      expect(row.evidence.notes.map(({ code }) => code)).toContain('verify.note.no-tokens')
    }
  })

  it('converts to the unit of the target', () => {
    const seconds: SpeedTarget = { ...target, id: 'e2e', metric: 'e2e', value: 3, unit: 's' }
    expect(rowsOf({ targets: [seconds] })[0]).toMatchObject({ measured: { value: 0.604, unit: 's' } })
  })
})
