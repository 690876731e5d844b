// A pretended engine with steps of known parts: what the predictor learns of it from one simulated load test.

import { describe, expect, it } from 'vitest'
import { schedulerOf } from '../simulator/scheduler.js'
import { totalOf } from '../speed/calibrate.js'
import type { StepModel } from '../speed/roofline.js'
import { createSimulatedPredictor, type SimulatedTest } from './predict-simulated.js'
import { simulateLoad } from './simulated-parts.js'

const stepsOf = (overheadMs: number, promptMsPerToken: number): StepModel => {
  const partsAt = () => (batch: number) => ({
    weightsMs: 5,
    cacheMs: 0,
    exchangeMs: 0,
    overheadMs,
    sequenceMs: 0.5 * batch,
  })
  return {
    partsAt,
    decodeAt: () => (batch) => totalOf({ ...partsAt()(batch) }),
    prefillMs: (tokens) => promptMsPerToken * tokens,
    requestOverheadMs: 10,
    interference: 1,
    attentionGroups: 1,
  }
}
const scheduler = schedulerOf('vllm', {
  maxBatchedTokens: 2048,
  maxSequences: 16,
  prefixCache: false,
  kvTokens: 100_000,
})
const deployment = (steps: StepModel) => ({ steps, scheduler, seed: 'test' })
const load = (concurrency: number) =>
  ({ concurrency, inputTokens: [64, 128], outputTokens: [24, 48] }) as const
const prior = {
  spread: {
    scales: { weightsMs: 0.1, overheadMs: 0.6, sequenceMs: 0.1, promptMs: 0.6, requestMs: 0.3 },
    noise: 0.05,
  },
  tailSpread: { scales: { tail: 0.25 }, noise: 0.1 },
}

describe('a simulated load', () => {
  it('has times that are the sums of their parts', () => {
    const { report, tpot, ttft } = simulateLoad(deployment(stepsOf(4, 0.1)), load(4))
    expect(totalOf(tpot)).toBeCloseTo(report.tpotMs.mean, 6)
    expect(totalOf(ttft)).toBeCloseTo(report.ttftMs.mean, 6)
  })

  it('of one request at a time is a step a token, and its own prompt before it', () => {
    const { tpot, report } = simulateLoad(deployment(stepsOf(4, 0.1)), load(1))
    // 5 + 4 + 0.5 ms; nobody else's prompt.
    expect(report.tpotMs.p50).toBeCloseTo(9.5, 6)
    expect(tpot.promptMs).toBeCloseTo(0, 9)
    // 10 ms before the engine, a pass of 9.5 ms, and 0.1 ms for each of 64 to 128 tokens.
    expect(report.ttftMs.p50).toBeGreaterThan(10 + 9.5 + 6.4)
    expect(report.ttftMs.p50).toBeLessThan(10 + 9.5 + 12.8)
  })
})

describe('a predictor', () => {
  const truth = deployment(stepsOf(12, 0.25))
  const believed = deployment(stepsOf(4, 0.1))
  const measured = (concurrency: number): SimulatedTest => {
    const { report } = simulateLoad({ ...truth, seed: 'truth' }, load(concurrency))
    return { load: load(concurrency), ...report }
  }

  it('is as believed before there is a test, with ranges that grow with what is unknown', () => {
    const { factors, predict } = createSimulatedPredictor(believed, [], prior)
    expect(new Set(Object.values(factors))).toEqual(new Set([1]))
    const { tpotP50, tpotP95 } = predict(load(4))
    expect(tpotP50.value).toBeCloseTo(simulateLoad(believed, load(4)).report.tpotMs.p50, 9)
    expect(tpotP95.high / tpotP95.low).toBeGreaterThan(tpotP50.high / tpotP50.low)
  })

  it('predicts other loads from one test within an eighth, though every part was wrong by two or three', () => {
    const { predict, factors } = createSimulatedPredictor(believed, [measured(4)], prior)
    expect(factors.overheadMs).toBeGreaterThan(2)
    expect(factors.promptMs).toBeGreaterThan(1.7)
    for (const concurrency of [1, 8, 16]) {
      const { report } = simulateLoad({ ...truth, seed: 'truth' }, load(concurrency))
      const times = predict(load(concurrency))
      expect(Math.abs(times.tpotP50.value / report.tpotMs.p50 - 1)).toBeLessThan(0.125)
      expect(Math.abs(times.e2eP50.value / report.e2eMs.p50 - 1)).toBeLessThan(0.125)
      expect(report.e2eMs.p95).toBeGreaterThan(times.e2eP95.low)
      expect(report.e2eMs.p95).toBeLessThan(times.e2eP95.high)
      const throughput = times.outputTokensPerSecond.value / report.outputTokensPerSecond
      expect(Math.abs(throughput - 1)).toBeLessThan(0.125)
    }
  })

  it('lengthens its tails where a test had longer ones', () => {
    const test = measured(4)
    const slow = { ...test, ttftMs: { ...test.ttftMs, p95: 3 * test.ttftMs.p95 } }
    const plain = createSimulatedPredictor(believed, [test], prior).predict(load(8))
    const longer = createSimulatedPredictor(believed, [slow], prior).predict(load(8))
    expect(longer.ttftP95.value).toBeGreaterThan(1.5 * plain.ttftP95.value)
    expect(longer.ttftP50.value).toBeCloseTo(plain.ttftP50.value, 9)
  })

  it('is less sure after a test on a machine that pauses', () => {
    const test = measured(4)
    const restless = { ...test, tpotMs: { ...test.tpotMs, p95: 3 * test.tpotMs.p95 } }
    const [calm, unsure] = [test, restless].map((one) =>
      createSimulatedPredictor(believed, [one], prior).predict(load(8)),
    )
    const width = (range: { readonly low: number; readonly high: number } | undefined) =>
      Math.log((range?.high ?? 0) / (range?.low ?? 1))
    // A quarter of log 3 or so more, in quadrature: 2 x 1.2816 x 0.25 x 1.1 = 0.7 at least.
    expect(width(unsure?.tpotP50)).toBeGreaterThan(width(calm?.tpotP50))
    expect(width(unsure?.tpotP50)).toBeGreaterThan(0.65)
    expect(width(unsure?.tpotP95)).toBeGreaterThan(width(unsure?.tpotP50))
  })
})
