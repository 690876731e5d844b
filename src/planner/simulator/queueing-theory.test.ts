// The simulator against closed forms: one sequence at a time and answers of one token make the engine a single
// server whose service time is that of reading the prompt.

import { describe, expect, it } from 'vitest'
import { createNumbers } from '../traffic/numbers.js'
import { fixedTokens, type LengthSampler, logNormalTokens } from './lengths.js'
import { type SimulationOptions, simulate } from './simulate.js'

const msPerToken = 0.1

const singleServer = (load: number, meanTokens: number, inputTokens: LengthSampler): SimulationOptions => ({
  traffic: {
    arrivals: { kind: 'poisson', requestsPerSecond: (load * 1000) / (meanTokens * msPerToken) },
    requests: 120_000,
    inputTokens,
    outputTokens: fixedTokens(1),
  },
  scheduler: {
    chunkedPrefill: true,
    mixedSteps: true,
    reservedOutputShare: 0,
    maxBatchedTokens: 1e9,
    maxSequences: 1,
    kvBlocks: 1e6,
    blockTokens: 16,
    prefixCache: false,
  },
  cost: { stepMs: ({ prefillTokens }) => prefillTokens * msPerToken },
  warmUpRequests: 2000,
  seed: 'queueing',
})

describe('a single server', () => {
  it.each([0.5, 0.7])('waits as M/D/1 does at load %d', (load) => {
    // 1,000 tokens x 0.1 ms = 100 ms; E[W] = load x service / 2(1 - load), Pollaczek-Khinchine.
    const { queueMs } = simulate(singleServer(load, 1000, fixedTokens(1000)))
    const expected = (load * 100) / (2 * (1 - load))
    expect(Math.abs(queueMs.mean / expected - 1)).toBeLessThan(0.02)
  })

  it.each([0.5, 0.7])('waits as M/G/1 does at load %d', (load) => {
    // Log-normal with median 500 and 95th percentile 1,000: sigma = ln 2 / 1.6449 = 0.4214,
    // E[S] = 50 ms x e^(sigma^2 / 2), E[S^2] = 50^2 x e^(2 sigma^2); E[W] = rate x E[S^2] / 2(1 - load).
    const sigma = Math.log(2) / 1.6449
    const mean = 50 * Math.exp(sigma ** 2 / 2)
    const second = 2500 * Math.exp(2 * sigma ** 2)
    const { queueMs } = simulate(
      singleServer(load, mean / msPerToken, logNormalTokens({ p50: 500, p95: 1000 })),
    )
    const expected = ((load / mean) * second) / (2 * (1 - load))
    expect(Math.abs(queueMs.mean / expected - 1)).toBeLessThan(0.02)
  })

  it('stays as long as M/M/1 does, at every percentile', () => {
    // Exponential service of mean 100 ms at load 0.5: the time in the system is exponential with mean 200 ms.
    const exponential: LengthSampler = (random) => Math.max(1, Math.round(1000 * random.exponential()))
    const options = singleServer(0.5, 1000, exponential)
    // The 99th percentile is known by a hundredth of them.
    const { ttftMs } = simulate({ ...options, traffic: { ...options.traffic, requests: 400_000 } })
    const expected = {
      mean: 200,
      p50: 200 * Math.LN2,
      p95: -200 * Math.log(0.05),
      p99: -200 * Math.log(0.01),
    }
    for (const key of ['mean', 'p50', 'p95', 'p99'] as const)
      expect(Math.abs(ttftMs[key] / expected[key] - 1), key).toBeLessThan(0.02)
  })

  it('keeps as many waiting as Little says', () => {
    const waits = createNumbers()
    const options = singleServer(0.7, 1000, fixedTokens(1000))
    const { waiting, queueMs, requestsPerSecond } = simulate({
      ...options,
      traffic: { ...options.traffic, requests: 50_000 },
      warmUpRequests: 0,
      onRequest: ({ scheduledMs, arrivalMs }) => waits.add(scheduledMs - arrivalMs),
    })
    expect(waits.count).toBe(50_000)
    expect(waiting.mean).toBeCloseTo((requestsPerSecond * queueMs.mean) / 1000, 6)
  })
})
