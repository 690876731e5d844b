import { describe, expect, it } from 'vitest'
import { fittedCoefficients, type RangeFit } from './coefficients.js'
import { rangeOf } from './range-of.js'

/** A width of 0.5 at 16 requests and a nearly empty cache, and wider by the weights. */
const fit: RangeFit = {
  low: -1,
  high: 2,
  width: Math.log(0.5),
  perConcurrency: 0.1,
  perFullness: 0.2,
  sglang: 0.3,
  trtllm: -0.4,
}

describe('the range of unseen deployments', () => {
  it('is so many widths on each side', () => {
    const { low, high } = rangeOf(fit, { engine: 'vllm', concurrency: 16 })
    expect(Math.log(low)).toBeCloseTo(-0.5, 9)
    expect(Math.log(high)).toBeCloseTo(1, 9)
  })

  it('widens with the requests, with how full they make the cache, and by engine', () => {
    const high = (
      point: Omit<Parameters<typeof rangeOf>[1], 'engine'>,
      engine: 'vllm' | 'sglang' | 'trtllm',
    ) => Math.log(rangeOf(fit, { ...point, engine }).high)
    expect(high({ concurrency: 64 }, 'vllm')).toBeCloseTo(4 ** 0.1, 9)
    // 16 requests for 32 places: ten times the twentieth that counts as empty. No fuller than three for a place.
    expect(high({ concurrency: 16, maxSequences: 32 }, 'vllm')).toBeCloseTo(10 ** 0.2, 9)
    expect(high({ concurrency: 16, maxSequences: 1 }, 'vllm')).toBeCloseTo(60 ** 0.2, 9)
    expect(high({ concurrency: 16 }, 'sglang')).toBeCloseTo(Math.exp(0.3), 9)
    expect(high({ concurrency: 16 }, 'trtllm')).toBeCloseTo(Math.exp(-0.4), 9)
  })

  it('as fitted holds the prediction, and is wider for the first token', () => {
    const width = (metric: 'tpot' | 'ttft') => {
      const { low, high } = rangeOf(fittedCoefficients.ranges[metric], { engine: 'vllm', concurrency: 16 })
      expect(low).toBeLessThan(1)
      expect(high).toBeGreaterThan(1)
      return high / low
    }
    expect(width('ttft')).toBeGreaterThan(width('tpot'))
  })
})
