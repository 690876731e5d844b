import { describe, expect, it } from 'vitest'
import type { LoadRecord } from './load-record.js'
import { exportProfile } from './profile-export.js'
import { profileLoad } from './profile-load.js'

/** Sent every 100 ms; the first content after 50 ms, then a token every 10 ms. */
const record = (index: number, changes: Partial<LoadRecord> = {}): LoadRecord => ({
  index,
  phase: 'profiling',
  question: 0,
  requestId: null,
  scheduledMs: 100 * index,
  sentMs: 100 * index,
  firstContentMs: 100 * index + 50,
  lastContentMs: 100 * index + 250,
  endMs: 100 * index + 250,
  contentChunks: 21,
  inputTokens: 40,
  outputTokens: 21,
  upstreamMs: null,
  fromCache: false,
  error: null,
  ...changes,
})
const loadOf = (records: readonly LoadRecord[]) =>
  profileLoad(exportProfile({ records, startedAtMs: 1_000_000, eventLoopDelayP99Ms: 0 }), 'profile.jsonl')

describe('the load of a profile export', () => {
  it('has the means of what an engine answered', () => {
    const others = [
      record(11, { phase: 'warmup', inputTokens: 9000 }),
      record(12, { fromCache: true, inputTokens: 9000 }),
      record(10, { error: { code: 'timeout', message: '' }, inputTokens: 9000, outputTokens: null }),
    ]
    const load = loadOf([...Array.from({ length: 10 }, (_, i) => record(i)), ...others])
    expect(load).toMatchObject({ answered: 10, failed: 1, inputTokens: 40, outputTokens: 21 })
    expect(load.tpotMs).toBeCloseTo(10, 6)
    // 11 requests of 250 ms each in the 1,000 ms in which they came.
    expect(load.concurrency).toBeCloseTo(2.75, 3)
  })

  it('has no number under way where all came at once, and none of anything where nothing came', () => {
    expect(loadOf([record(0)]).concurrency).toBeNull()
    expect(loadOf([])).toEqual({
      answered: 0,
      failed: 0,
      concurrency: null,
      inputTokens: null,
      outputTokens: null,
      tpotMs: null,
      ttft: null,
    })
  })

  it('has the time to the first content of the engine, of questions that were asked for the first time', () => {
    const asked = (
      index: number,
      question: number,
      upstreamMs: number | null,
      more: Partial<LoadRecord> = {},
    ) => record(index, { question, upstreamMs, ...more })
    const warm = asked(0, 0, 400, { phase: 'warmup' })
    const load = loadOf([
      warm,
      asked(1, 1, 80),
      asked(2, 2, 120),
      asked(3, 3, null),
      asked(4, 0, 5),
      asked(5, 1, 5),
    ])
    expect(load.ttft).toEqual({ ms: 100, answers: 2 })
  })

  it.each(['{', '{"metadata":{}}'])('names the line that is no request: %s', (broken) => {
    const whole = exportProfile({ records: [record(0)], startedAtMs: 0, eventLoopDelayP99Ms: 0 })
    expect(() => profileLoad(`${whole}${broken}\n`, 'profile.jsonl')).toThrow(
      expect.objectContaining({
        code: 'verify.profile-invalid',
        params: expect.objectContaining({ line: 2 }),
      }),
    )
  })
})
