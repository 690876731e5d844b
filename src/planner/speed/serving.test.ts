import { describe, expect, it } from 'vitest'
import { createLengths, fixedLength, normalQuantile } from './length-distribution.js'
import type { StepTimes } from './roofline.js'
import {
  largestRate,
  latencyAt,
  prepareReplica,
  prepareRequest,
  steadyState,
  type Traffic,
} from './serving.js'

/** 5 ms a step and 0.1 ms more for each sequence; 0.05 ms a prompt token; no overheads. */
const steps: StepTimes = {
  decodeAt: () => (batch) => 5 + 0.1 * batch,
  prefillMs: (tokens, cached = 0) => 0.05 * (tokens - cached),
  requestOverheadMs: 0,
  interference: 0,
  attentionGroups: 1,
}
const traffic: Traffic = { inputTokens: fixedLength(400), outputTokens: fixedLength(101), cachedTokens: 0 }
const replica = prepareReplica({ steps, maxSequences: 256 }, traffic)
const lengths = { inputTokens: fixedLength(400), outputTokens: fixedLength(101) }

describe('the steady state', () => {
  it('has as many sequences as Little says: 10/s x 100 tokens x t, t = 5 + 0.1 N', () => {
    // N = 10 x 0.1 x (5 + 0.1 N) = 5 + 0.1 N, so N = 5.56 and t = 5.56 ms
    const state = steadyState(replica, 10)
    expect(state?.running).toBeCloseTo(5.56, 1)
    expect(state?.tpotMs).toBeCloseTo(5.56, 1)
  })

  it('is slower by the share of time that prompts take', () => {
    const blocked = prepareReplica({ steps: { ...steps, interference: 1 }, maxSequences: 256 }, traffic)
    // 10 prompts/s x 20 ms = a fifth of the time: t = (5 + 0.1 N) / 0.8
    const state = steadyState(blocked, 10)
    expect(state?.tpotMs).toBeCloseTo((5 + 0.1 * (state?.running ?? 0)) / 0.8, 6)
  })

  it('reads prompts in as many places as attention has groups', () => {
    const blocked = { ...steps, interference: 1 }
    const four = prepareReplica({ steps: { ...blocked, attentionGroups: 4 }, maxSequences: 256 }, traffic)
    // 10 prompts/s x 20 ms over 4 groups: a twentieth of each one's time
    const state = steadyState(four, 10)
    expect(state?.tpotMs).toBeCloseTo((5 + 0.1 * (state?.running ?? 0)) / 0.95, 6)
  })

  it('does not exist when prompts alone outrun the engine, or the cache overflows', () => {
    expect(steadyState(replica, 51)).toBeNull()
    expect(steadyState(prepareReplica({ steps, maxSequences: 8 }, traffic), 10)).toBeNull()
    expect(steadyState(prepareReplica({ steps, maxSequences: 12 }, traffic), 10)).not.toBeNull()
  })

  it('can be planned on the bad end of the prediction', () => {
    expect(steadyState(replica, 40)).not.toBeNull()
    expect(steadyState(replica, 40, 1.5)).toBeNull()
  })
})

describe('latency', () => {
  const at = (requestsPerSecond: number, p: number, of = replica) => {
    const state = steadyState(of, requestsPerSecond)
    if (!state) throw new Error('no steady state')
    const request = prepareRequest(of, lengths)
    return latencyAt(of, state, { z: normalQuantile(p), request, platformMs: 0 })
  }

  it('of a lonely request is its prompt, the step under way and its own first step', () => {
    // 20 ms prompt + 2.55 ms half a step + 5.1 ms own step
    expect(at(0.001, 0.5).ttftMs).toBeCloseTo(27.6, 0)
    expect(at(0.001, 0.5).e2eMs).toBeCloseTo(27.6 + 100 * 5.1, 0)
  })

  it('grows with load and with the percentile', () => {
    expect(at(40, 0.95).ttftMs).toBeGreaterThan(at(10, 0.95).ttftMs)
    expect(at(40, 0.99).ttftMs).toBeGreaterThan(at(40, 0.5).ttftMs)
    expect(at(40, 0.95).tpotMs).toBeGreaterThan(at(10, 0.95).tpotMs)
  })

  it('of the first token is shorter when the shared beginning is cached', () => {
    const warm = prepareReplica({ steps, maxSequences: 256 }, { ...traffic, cachedTokens: 300 })
    expect(at(20, 0.95, warm).ttftMs).toBeLessThan(at(20, 0.95).ttftMs - 10)
  })

  it('spreads with the lengths of the requests', () => {
    const state = steadyState(replica, 10)
    if (!state) throw new Error('no steady state')
    const varied = { ...lengths, outputTokens: createLengths({ p50: 101, p95: 300 }) }
    const request = prepareRequest(replica, varied)
    const spread = latencyAt(replica, state, { z: normalQuantile(0.95), request, platformMs: 0 })
    expect(spread.e2eMs).toBeGreaterThan(at(10, 0.95).e2eMs * 2)
  })
})

describe('largestRate', () => {
  it('finds the edge within 1 %, the limit when all holds, and 0 when nothing does', () => {
    expect(largestRate((rate) => rate < 7.3, 100)).toBeGreaterThan(7.2)
    expect(largestRate((rate) => rate < 7.3, 100)).toBeLessThan(7.3)
    expect(largestRate(() => true, 100)).toBe(100)
    expect(largestRate(() => false, 100)).toBe(0)
  })
})
