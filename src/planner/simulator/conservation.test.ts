// What holds for any options: nothing is lost, nothing is made up, and time goes forward. That blocks are never taken
// twice and all come back is checked by the simulator itself, which throws otherwise.

import { describe, expect, it } from 'vitest'
import { blocksAtEnd } from './scheduler.js'
import { randomOptions, watched } from './scheduler-testing.js'
import { simulate } from './simulate.js'
import type { RequestRecord, SimulationReport } from './simulation-report.js'

const run = (seed: number) => {
  const options = randomOptions(seed)
  const records: RequestRecord[] = []
  const rejected: { readonly id: number; readonly inputTokens: number; readonly outputTokens: number }[] = []
  const most = { sequences: 0, tokens: 0 }
  const report = simulate({
    ...options,
    cost: watched(options.cost, (step) => {
      most.sequences = Math.max(most.sequences, step.decodeSequences, step.prefillSequences)
      most.tokens = Math.max(most.tokens, step.decodeSequences * step.tokensPerDecode + step.prefillTokens)
    }),
    onRequest: (record) => records.push(record),
    onRejected: (request) => rejected.push(request),
  })
  return { options, report, records, rejected, most }
}

const seeds = Array.from({ length: 60 }, (_, seed) => seed)

const reports: SimulationReport[] = []

describe.each(seeds)('random options %d', (seed) => {
  const { options, report, records, rejected, most } = run(seed)
  reports.push(report)
  const { scheduler, traffic } = options

  it('end every request once, or say that it can never fit', () => {
    const ids = [...records, ...rejected].map(({ id }) => id).sort((a, b) => a - b)
    expect(ids).toEqual(Array.from({ length: traffic.requests }, (_, id) => id))
    for (const { inputTokens, outputTokens } of rejected)
      expect(
        blocksAtEnd(scheduler, inputTokens, outputTokens) > scheduler.kvBlocks ||
          (!scheduler.chunkedPrefill && inputTokens > scheduler.maxBatchedTokens),
      ).toBe(true)
  })

  it('write exactly the tokens of the answers', () => {
    const asked = records.reduce((sum, { outputTokens }) => sum + outputTokens, 0)
    expect(report.writtenTokens).toBeCloseTo(asked, 3)
  })

  it('let time go forward', () => {
    let lastMs = 0
    for (const { arrivalMs, scheduledMs, firstTokenMs, endMs, outputTokens } of records) {
      expect(scheduledMs).toBeGreaterThanOrEqual(arrivalMs)
      expect(firstTokenMs).toBeGreaterThan(scheduledMs)
      if (outputTokens > 1) expect(endMs).toBeGreaterThan(firstTokenMs)
      else expect(endMs).toBe(firstTokenMs)
      expect(endMs).toBeGreaterThanOrEqual(lastMs)
      lastMs = endMs
    }
  })

  it('admit first come first served on every replica', () => {
    const byArrival = [...records].sort((a, b) => a.id - b.id)
    for (const replica of new Set(records.map((record) => record.replica))) {
      const times = byArrival.filter((record) => record.replica === replica).map((r) => r.scheduledMs)
      expect(times).toEqual([...times].sort((a, b) => a - b))
    }
  })

  it('stay within the limits of a step and of the cache', () => {
    expect(most.sequences).toBeLessThanOrEqual(scheduler.maxSequences)
    const perStep = scheduler.maxSequences * (1 + (scheduler.speculation?.draftTokens ?? 0))
    // A prompt computed again after a preemption, where prompts are not read in parts, is the one exception.
    if (scheduler.chunkedPrefill)
      expect(most.tokens).toBeLessThanOrEqual(Math.max(scheduler.maxBatchedTokens, perStep))
    expect(report.kvUsage.peak).toBeLessThanOrEqual(1)
    if (scheduler.reservedOutputShare === 1) expect(report.preemptions).toBe(0)
  })

  it('find the same again with the same seed', () => {
    expect(simulate(options)).toEqual(report satisfies SimulationReport)
  })
})

it('random options reach the cases that matter', () => {
  expect(reports).toHaveLength(seeds.length)
  expect(reports.filter(({ preemptions }) => preemptions > 0).length).toBeGreaterThan(5)
  expect(reports.filter(({ prefixHitShare }) => prefixHitShare > 0).length).toBeGreaterThan(5)
  expect(reports.filter(({ requests }) => requests.rejected > 0).length).toBeGreaterThan(5)
})
