import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/index.js'
import { bootstrap, meanInterval, pairedBootstrap, quantile, quantileInterval, wilson } from './index.js'

const oneTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

describe('wilson', () => {
  it('gives the values of SciPy 1.17', () => {
    expect(wilson(8, 10)).toMatchObject({ value: 0.8, n: 10 })
    expect(wilson(8, 10).low).toBeCloseTo(0.4901624715366418, 12)
    expect(wilson(8, 10).high).toBeCloseTo(0.9433178485456248, 12)
    expect(wilson(0, 20)).toMatchObject({ value: 0, low: 0 })
    expect(wilson(0, 20).high).toBeCloseTo(0.16112515805281935, 12)
  })

  it('mirrors successes and failures, and always holds the rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const successes = Math.round(share * n)
          const { value, low, high } = wilson(successes, n)
          const mirrored = wilson(n - successes, n)
          expect(low).toBeLessThanOrEqual(value)
          expect(high).toBeGreaterThanOrEqual(value)
          expect(low).toBeCloseTo(1 - (mirrored.high ?? 9), 12)
        },
      ),
      { seed: 1 },
    )
  })

  it('knows nothing without trials, and refuses impossible counts', () => {
    expect(wilson(0, 0)).toEqual({ value: Number.NaN, low: null, high: null, n: 0 })
    expect(() => wilson(3, 2)).toThrow(RangeError)
    expect(() => wilson(0.5, 2)).toThrow(RangeError)
  })
})

describe('quantile', () => {
  it('interpolates as NumPy does', () => {
    expect(quantile([4, 1, 3, 2], 0.4)).toBeCloseTo(2.2, 12)
    expect(quantile([15, 20, 35, 40, 50], 0.95)).toBe(48)
    expect(quantile([7], 0.99)).toBe(7)
    expect(quantile([], 0.5)).toBeNaN()
    expect(quantile([1, Number.POSITIVE_INFINITY], 1)).toBe(Number.POSITIVE_INFINITY)
    expect(() => quantile([1], 1.1)).toThrow(RangeError)
  })
})

describe('quantileInterval', () => {
  it('takes its bounds from the order statistics that the binomial distribution says', () => {
    expect(quantileInterval(oneTo(100), 0.5)).toEqual({ value: 50.5, low: 40, high: 61, n: 100 })
    expect(quantileInterval(oneTo(1000), 0.95)).toMatchObject({ low: 936, high: 964 })
    expect(quantileInterval(oneTo(500), 0.99)).toMatchObject({ low: 490, high: 500 })
  })

  it.each([
    [0.95, 72],
    [0.99, 368],
    [0.999, 3688],
  ])('has an upper bound of quantile %f from %i values on', (p, n) => {
    expect(quantileInterval(oneTo(n), p).high).toBe(n)
    expect(quantileInterval(oneTo(n - 1), p).high).toBeNull()
    expect(quantileInterval(oneTo(n - 1), p).low).not.toBeNull()
  })

  it('covers the true quantile of a skewed distribution in about 95 % of samples', () => {
    const random = createRandom('coverage')
    const truth = -Math.log(0.1)
    const covered = oneTo(2000).filter(() => {
      const { low, high } = quantileInterval(
        oneTo(150).map(() => random.exponential()),
        0.9,
      )
      return low !== null && high !== null && low <= truth && truth < high
    })
    expect(covered.length / 2000).toBeGreaterThan(0.945)
    expect(covered.length / 2000).toBeLessThan(0.985)
  })

  it('knows nothing without values', () => {
    expect(quantileInterval([], 0.5)).toEqual({ value: Number.NaN, low: null, high: null, n: 0 })
    expect(quantileInterval([3], 0.5)).toEqual({ value: 3, low: null, high: null, n: 1 })
  })
})

describe('meanInterval', () => {
  it('gives the values of SciPy 1.17', () => {
    const { value, low, high } = meanInterval([3, 5, 7, 7, 38])
    expect(value).toBe(12)
    expect(low).toBeCloseTo(-6.163978354676775, 9)
    expect(high).toBeCloseTo(30.163978354676775, 9)
  })

  it('has no bounds for a single value', () => {
    expect(meanInterval([2])).toEqual({ value: 2, low: null, high: null, n: 1 })
  })
})

describe('bootstrap', () => {
  it('agrees with Student t for the mean of many values, and repeats itself', () => {
    const random = createRandom(3)
    const values = oneTo(300).map(() => 10 + random.normal())
    const exact = meanInterval(values)
    const mean = (sample: readonly number[]) => sample.reduce((a, b) => a + b, 0) / sample.length
    const drawn = bootstrap(values, mean, createRandom(1))
    expect(drawn.value).toBeCloseTo(exact.value, 12)
    expect(drawn.low).toBeCloseTo(exact.low ?? 0, 1)
    expect(drawn.high).toBeCloseTo(exact.high ?? 0, 1)
    expect(bootstrap(values, mean, createRandom(1))).toEqual(drawn)
  })

  it('sees a small paired difference that the spread between items hides from unpaired intervals', () => {
    const random = createRandom(5)
    const baseline = oneTo(100).map(() => 100 * random.next())
    const candidate = baseline.map((value) => value + 1 + 0.1 * random.normal())
    const paired = pairedBootstrap({ baseline, candidate, random })
    expect(paired.low).toBeGreaterThan(0.9)
    expect(paired.high).toBeLessThan(1.1)
    expect(meanInterval(candidate).low ?? 0).toBeLessThan(meanInterval(baseline).high ?? 0)
  })

  it('refuses samples that are not pairs', () => {
    expect(() => pairedBootstrap({ baseline: [1], candidate: [], random: createRandom(1) })).toThrow(
      RangeError,
    )
  })
})
