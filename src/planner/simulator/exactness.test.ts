// The fast simulator against the slow one, request by request.

import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.js'
import { uniformTokens } from './lengths.js'
import { simulateSlowly } from './reference-testing.js'
import type { Scheduler } from './scheduler.js'
import { simulate } from './simulate.js'
import type { RequestRecord } from './simulation-report.js'
import type { StepCost } from './step-cost.js'

const cost: StepCost = {
  stepMs: (step) =>
    5 +
    0.1 * step.decodeSequences +
    1e-3 * step.decodeContextTokens +
    0.05 * step.prefillTokens +
    1e-3 * step.prefillContextTokens +
    1e-4 * step.prefillPairs +
    0.2 * step.prefillSequences,
}

const randomCase = (seed: number) => {
  const random = createRandom(`exact ${seed}`)
  const scheduler: Scheduler = {
    chunkedPrefill: true,
    mixedSteps: true,
    reservedOutputShare: 0,
    prefixCache: false,
    blockTokens: 1 + random.integer(20),
    maxSequences: 1 + random.integer(12),
    maxBatchedTokens: 16 + random.integer(200),
    kvBlocks: 0,
  }
  let atMs = 0
  const trace = Array.from({ length: 60 }, () => {
    atMs += random.integer(4) === 0 ? 0 : random.exponential() * 100
    return { atMs, inputTokens: 1 + random.integer(150), outputTokens: 1 + random.integer(80) }
  })
  const longest = Math.max(...trace.map(({ inputTokens, outputTokens }) => inputTokens + outputTokens))
  const kvBlocks = Math.ceil((longest / scheduler.blockTokens) * (1 + 3 * random.next()))
  return { trace, scheduler: { ...scheduler, kvBlocks } }
}

describe('skipping from event to event', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))('changes nothing in case %d', (seed) => {
    const { trace, scheduler } = randomCase(seed)
    const records: RequestRecord[] = []
    const report = simulate({
      traffic: { trace },
      scheduler,
      cost,
      seed,
      onRequest: (record) => records.push(record),
    })
    const slow = simulateSlowly(trace, scheduler, cost)
    expect(report.preemptions).toBe(slow.preemptions)
    const byId = new Map(slow.results.map((result) => [result.id, result]))
    for (const { id, firstTokenMs, endMs } of records) {
      expect(firstTokenMs).toBeCloseTo(byId.get(id)?.firstTokenMs ?? Number.NaN, 6)
      expect(endMs).toBeCloseTo(byId.get(id)?.endMs ?? Number.NaN, 6)
    }
    expect(records).toHaveLength(trace.length)
  })
})

describe('several replicas in a closed loop', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))('each behave as one alone in case %d', (seed) => {
    const random = randomCase(seed).scheduler
    const longest = Math.ceil(240 / random.blockTokens)
    const scheduler = { ...random, kvBlocks: Math.max(random.kvBlocks, longest) }
    const records: RequestRecord[] = []
    simulate({
      traffic: {
        arrivals: { kind: 'closed', concurrency: 3 + 2 * seed, thinkMs: seed % 2 === 0 ? 0 : 7 },
        requests: 150,
        inputTokens: uniformTokens(1, 150),
        outputTokens: uniformTokens(1, 80),
      },
      scheduler,
      cost,
      replicas: 3,
      seed,
      onRequest: (record) => records.push(record),
    })
    expect(records).toHaveLength(150)
    records.sort((a, b) => a.id - b.id)
    for (const replica of [0, 1, 2]) {
      const own = records.filter((record) => record.replica === replica)
      const trace = own.map(({ arrivalMs, inputTokens, outputTokens }) => ({
        atMs: arrivalMs,
        inputTokens,
        outputTokens,
      }))
      for (const { id, firstTokenMs, endMs } of simulateSlowly(trace, scheduler, cost).results) {
        expect(firstTokenMs).toBeCloseTo(own[id]?.firstTokenMs ?? Number.NaN, 6)
        expect(endMs).toBeCloseTo(own[id]?.endMs ?? Number.NaN, 6)
      }
    }
  })
})
