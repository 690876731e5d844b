import { describe, expect, it } from 'vitest'
import { createLengths, fixedLength } from '../speed/length-distribution.js'
import { type PercentilesOptions, predictPercentiles } from './predict-percentiles.js'
import { stepPolicies } from './scheduler.js'
import { plainCost } from './scheduler-testing.js'

const options: PercentilesOptions = {
  seed: 1,
  cost: plainCost,
  scheduler: {
    ...stepPolicies.vllm,
    maxBatchedTokens: 8192,
    maxSequences: 64,
    kvBlocks: 8000,
    blockTokens: 16,
    prefixCache: true,
  },
  replicas: 2,
  requestOverheadMs: 20,
  traffic: {
    requestsPerSecond: 8,
    inputTokens: createLengths({ p50: 800, p95: 2400 }),
    outputTokens: createLengths({ p50: 120, p95: 360 }),
  },
}
const predict = (
  changes: Partial<PercentilesOptions>,
  traffic: Partial<PercentilesOptions['traffic']> = {},
) => predictPercentiles({ ...options, ...changes, traffic: { ...options.traffic, ...traffic } })

describe('predicted percentiles', () => {
  it('are those of the idle engine when hardly anybody asks', () => {
    // 20 ms overhead + 5 ms platform + 10 + 0.02 x 1,000 = 55 ms; then 10.1 ms a token, 99 of them.
    const idle = predict(
      { platformMs: 5 },
      { requestsPerSecond: 0.001, inputTokens: fixedLength(1000), outputTokens: fixedLength(100) },
    )
    expect(idle?.ttftMs.p50).toBeCloseTo(55, 6)
    expect(idle?.ttftMs.p99).toBeCloseTo(55, 6)
    expect(idle?.tpotMs.p95).toBeCloseTo(10.1, 6)
    expect(idle?.e2eMs.p50).toBeCloseTo(55 + 99 * 10.1, 3)
  })

  it('grow with the load, with bursts and with fewer replicas', () => {
    const p95 = (changes: Partial<PercentilesOptions>, traffic = {}) =>
      predict(changes, traffic)?.ttftMs.p95 ?? Number.NaN
    const plain = p95({})
    expect(p95({}, { requestsPerSecond: 24 })).toBeGreaterThan(plain)
    expect(p95({}, { gapVariation: 3 })).toBeGreaterThan(plain)
    expect(p95({ replicas: 1 })).toBeGreaterThan(plain)
  })

  it('shrink by what the shared beginning saves', () => {
    const all = { inputTokens: fixedLength(1000) }
    const cold = predict({}, all)?.ttftMs.p50 ?? Number.NaN
    const warm = predict({}, { ...all, sharedPrefixTokens: 800 })?.ttftMs.p50 ?? Number.NaN
    // 800 tokens are 50 blocks: 16 ms less to read, and less of it in the way of others.
    expect(cold - warm).toBeGreaterThan(15)
  })

  it('are none when the replicas do not keep up', () => {
    expect(predict({}, { requestsPerSecond: 200 })).toBeNull()
    expect(predict({}, { requestsPerSecond: 40 })).toBeNull()
    expect(predict({}, { requestsPerSecond: 20 })).not.toBeNull()
  })

  it('count the platform into the limits', () => {
    const share = (platformMs: number) =>
      predict({ platformMs, goodput: { ttftMs: 120, tpotMs: 50 } })?.goodput?.share ?? Number.NaN
    expect(share(0)).toBeGreaterThan(share(60))
  })

  it('simulate four of many replicas', () => {
    const few = predict({ replicas: 4 }, { requestsPerSecond: 16 })
    const many = predict({ replicas: 40 }, { requestsPerSecond: 160 })
    expect(many).toEqual(few)
  })
})
