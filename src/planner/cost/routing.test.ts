// Hybrid, cascade, break-even, sensitivity and the good share. Arithmetic written out.

import { describe, expect, it } from 'vitest'
import { hoursPerMonth, secondsPerMonth } from '../../core/index.js'
import { findBreakEven } from './break-even.js'
import { createCapacityClock } from './capacity-clock.js'
import { cascadeCost } from './cascade.js'
import { goodShare } from './good-share.js'
import { bestHybrid } from './hybrid.js'
import { sensitivityOf } from './sensitivity.js'

describe('base load on replicas, the rest to an API', () => {
  // One hour a day at the peak, 23 at a quarter of it.
  const week = Array.from({ length: 168 }, (_, hour) => (hour % 24 === 12 ? 1 : 0.25))
  const clock = createCapacityClock(week)
  /** Four replicas at the peak, whose places are refused to nobody until they are full. */
  const refusedShareAt = (base: number, load: number) => Math.max(0, 1 - base / (4 * load))

  it('finds the base that costs least', () => {
    // Four replicas at the peak, one carries a quarter: with a base of one, only the peak overflows.
    const found = bestHybrid({
      clock,
      load: 4,
      requestsPerSecondPeak: 4,
      refusedShareAt,
      apiUsdPerRequest: 0.001,
      ownUsdAt: (replicas) => replicas * 2 * hoursPerMonth,
    })
    // The overflow above 0.25: a triangle of two hours, 0.75 high: mean 0.75 / 24. The only replica is away for 0.5 %.
    const overflow = 0.75 / 24 + 0.005 * 0.25
    expect(found?.baseReplicas).toBe(1)
    expect(found?.apiUsdPerMonth).toBeCloseTo(overflow * 4 * secondsPerMonth * 0.001, 0)
    expect(found?.usdPerMonth).toBeCloseTo(2 * hoursPerMonth + overflow * 4 * secondsPerMonth * 0.001, 0)
    expect(found?.overflowShare).toBeCloseTo(overflow / (0.25 + 0.75 / 24), 2)
  })

  it('buys more replicas when the API is dear', () => {
    const found = bestHybrid({
      clock,
      load: 4,
      requestsPerSecondPeak: 4,
      refusedShareAt,
      apiUsdPerRequest: 0.1,
      ownUsdAt: (replicas) => replicas * 2 * hoursPerMonth,
    })
    expect(found?.baseReplicas).toBe(4)
  })

  it('bills what comes by chance while the base is full, in hours whose mean it carries', () => {
    const found = bestHybrid({
      clock,
      load: 2,
      least: 2,
      requestsPerSecondPeak: 4,
      refusedShareAt: (_, load) => 0.02 * load,
      apiUsdPerRequest: 0.001,
      ownUsdAt: () => 1,
    })
    // 0.02 x the mean square of the load: 22 hours of 0.0625, and two whose square is 0.4375 on average.
    const mean = (0.02 * (22 * 0.0625 + 2 * 0.4375)) / 24
    expect((found?.apiUsdPerMonth ?? 0) / (mean * 4 * secondsPerMonth * 0.001)).toBeCloseTo(1, 2)
    expect(found?.peakOverflowShare).toBe(0.02)
  })

  it('stands in for the only replica, and has nothing to say where none can be had', () => {
    const one = {
      clock,
      load: 1,
      requestsPerSecondPeak: 1,
      refusedShareAt: () => 0,
      apiUsdPerRequest: 1,
      ownUsdAt: () => 1,
    }
    expect(bestHybrid(one)?.overflowShare).toBeCloseTo(0.005, 6)
    expect(bestHybrid({ ...one, ownUsdAt: () => null })).toBeNull()
  })
})

describe('a small model first', () => {
  it('costs the small one always and the main one sometimes', () => {
    // $100 + 0.3 x $1,000 = $400; it pays while 100 + share x 1,000 <= 1,000, a share of 0.9.
    const found = cascadeCost({
      smallUsdPerMonth: 100,
      escalatedShare: 0.3,
      mainUsdAt: (share) => share * 1000,
    })
    expect(found.usdPerMonth).toBe(400)
    expect(found.breakEvenShare).toBeCloseTo(0.9, 1)
  })

  it('never pays when the main model is one replica whatever the share', () => {
    const found = cascadeCost({ smallUsdPerMonth: 100, escalatedShare: 0.3, mainUsdAt: () => 1000 })
    expect(found.usdPerMonth).toBe(1100)
    expect(found.breakEvenShare).toBe(0)
  })
})

describe('the load at which replicas pay', () => {
  it('is where a staircase meets a line', () => {
    // $1,000 for each started 10 requests/s against $150 for each request/s: 6.67 on the first step.
    const found = findBreakEven(
      5,
      (peak) => Math.ceil(peak / 10) * 1000,
      (peak) => peak * 150,
    )
    expect(found.requestsPerSecondPeak).toBeGreaterThan(6.66)
    expect(found.requestsPerSecondPeak).toBeLessThan(6.67 * 1.02)
    expect(found.points[0]?.requestsPerSecondPeak).toBe(5 / 64)
  })

  it('says so when the API stays cheaper', () => {
    expect(
      findBreakEven(
        1,
        (peak) => peak * 200,
        (peak) => peak * 100,
      ).requestsPerSecondPeak,
    ).toBeNull()
  })
})

describe('what moves the bill', () => {
  it('puts first what moves it most, and what breaks the design before all', () => {
    const found = sensitivityOf(100, [
      { input: 'price', less: 0.9, more: 1.1, usdAt: (by) => 100 * by },
      { input: 'load', less: 0.5, more: 2, usdAt: (by) => 100 * by },
      { input: 'limit', less: 0.5, more: 2, usdAt: (by) => (by < 1 ? null : 100) },
    ])
    expect(found.map(({ input }) => input)).toEqual(['limit', 'load', 'price'])
    expect(found[1]).toMatchObject({ usdWithLess: 50, usdWithMore: 200 })
  })
})

describe('answers as fast as asked', () => {
  const target = (limit: number) => ({
    meets: (value: number) => value <= limit,
    // A time of 100 ms at no load, 200 at the peak, spread by 10 ms.
    valueAt: (load: number, z: number) => 100 + 100 * load + 10 * z,
  })

  it('is the quantile at which the limit is met, weighted by the requests of each hour', () => {
    // At the peak 210 is one deviation above 200: 84.13 %; at half load it is far above 150: all.
    const share = goodShare([target(210)], [1, 0.5])
    expect(share).toBeCloseTo((1 * 0.8413 + 0.5 * 1) / 1.5, 3)
  })

  it('counts the target that fewest meet, and none where there is none', () => {
    expect(goodShare([target(210), target(200)], [1])).toBeCloseTo(0.5, 3)
    expect(goodShare([], [1])).toBeNull()
    expect(goodShare([target(0)], [1])).toBe(0)
  })
})
