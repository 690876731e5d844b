import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.js'
import { gapVariation } from '../traffic/arrivals.js'
import { createArrivalTimes, type OpenArrivals } from './arrival-times.js'
import { empiricalTokens, fixedTokens, logNormalTokens, uniformTokens } from './lengths.js'

const draw = (arrivals: OpenArrivals, count: number) => {
  const next = createArrivalTimes(arrivals, createRandom('arrivals'))
  return Float64Array.from({ length: count }, () => next())
}
const rateOf = (times: Float64Array) => (times.length * 1000) / (times.at(-1) ?? Number.NaN)

describe('arrivals', () => {
  it('come at their rate with the spread asked for', () => {
    const poisson = draw({ kind: 'poisson', requestsPerSecond: 20 }, 100_000)
    expect(rateOf(poisson)).toBeCloseTo(20, 0)
    expect(gapVariation(poisson)).toBeCloseTo(1, 1)
    for (const variation of [0.3, 1, 3]) {
      const times = draw({ kind: 'gamma', requestsPerSecond: 20, variation }, 100_000)
      expect(Math.abs(rateOf(times) / 20 - 1)).toBeLessThan(0.03)
      expect(Math.abs((gapVariation(times) ?? 0) / variation - 1)).toBeLessThan(0.03)
    }
  })

  it('come in bursts at the mean of both rates by their time', () => {
    const times = draw(
      {
        kind: 'bursts',
        calmRequestsPerSecond: 2,
        burstRequestsPerSecond: 50,
        meanCalmSeconds: 9,
        meanBurstSeconds: 1,
      },
      100_000,
    )
    // 0.9 x 2 + 0.1 x 50 = 6.8 a second.
    expect(Math.abs(rateOf(times) / 6.8 - 1)).toBeLessThan(0.05)
    expect(gapVariation(times)).toBeGreaterThan(1.5)
  })

  it('follow the day', () => {
    const curve = Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 1 : 0.25))
    const times = draw({ kind: 'daily', peakRequestsPerSecond: 1, curve }, 100_000)
    const hourOf = (ms: number) => Math.floor(ms / 3_600_000) % 24
    const early = times.filter((ms) => hourOf(ms) < 12).length
    // One day is 12 x 3,600 x 1 + 12 x 3,600 x 0.25 requests: four in five before noon. 1.85 days were drawn.
    expect(early / times.length).toBeGreaterThan(0.78)
    expect(early / times.length).toBeLessThan(0.87)
  })

  it('need a rate', () => {
    expect(() => createArrivalTimes({ kind: 'poisson', requestsPerSecond: 0 }, createRandom(1))).toThrow(
      RangeError,
    )
  })
})

describe('lengths', () => {
  const lengths = (sampler: ReturnType<typeof fixedTokens>) => {
    const random = createRandom('lengths')
    return Float64Array.from({ length: 50_000 }, () => sampler(random)).sort()
  }

  it('have the median and the 95th percentile asked for', () => {
    const drawn = lengths(logNormalTokens({ p50: 1000, p95: 4000 }))
    expect(Math.abs((drawn[25_000] ?? 0) / 1000 - 1)).toBeLessThan(0.03)
    expect(Math.abs((drawn[47_500] ?? 0) / 4000 - 1)).toBeLessThan(0.03)
    expect(lengths(logNormalTokens({ p50: 1000, p95: 4000, atMost: 3000 })).at(-1)).toBe(3000)
  })

  it('are whole and at least 1', () => {
    expect(new Set(lengths(fixedTokens(0.2)))).toEqual(new Set([1]))
    expect(new Set(lengths(uniformTokens(3, 5)))).toEqual(new Set([3, 4, 5]))
    expect(new Set(lengths(empiricalTokens([7, 9])))).toEqual(new Set([7, 9]))
    expect(() => empiricalTokens([])).toThrow(RangeError)
  })
})
