import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/index.js'
import { calibrate, type Spread, scaledTotal, totalOf } from './calibrate.js'

const spread: Spread = { scales: { weightsMs: 0.5, cacheMs: 1 }, noise: 0.05 }
/** Loads of one deployment: weights weigh the same in each, the cache more with every load. */
const loads = [1, 2, 4, 8, 16].map((cacheMs) => ({ weightsMs: 5, cacheMs }))
const truth = (parts: (typeof loads)[number]) => 0.8 * parts.weightsMs + 2 * parts.cacheMs

describe('calibration', () => {
  it('changes nothing before there is a test', () => {
    const { factors, deviation } = calibrate([], spread)
    expect(factors).toEqual({ weightsMs: 1, cacheMs: 1 })
    // 5 of 10 ms weights: sqrt(0.5^2 x 0.5^2 + 0.5^2 x 1^2 + 0.05^2)
    expect(deviation({ weightsMs: 5, cacheMs: 5 })).toBeCloseTo(Math.sqrt(0.0625 + 0.25 + 0.0025), 9)
  })

  it('finds which part is off from tests in which the parts weigh differently', () => {
    const points = loads.map((parts) => ({ parts, measuredMs: truth(parts) }))
    const { factors } = calibrate(points, spread)
    expect(factors.weightsMs).toBeCloseTo(0.8, 1)
    expect(factors.cacheMs).toBeCloseTo(2, 1)
  })

  it('predicts a load that was not tested better with each test, and says so', () => {
    const unseen = { weightsMs: 5, cacheMs: 30 }
    const trained = (tests: number) =>
      calibrate(
        loads.slice(0, tests).map((parts) => ({ parts, measuredMs: truth(parts) })),
        spread,
      )
    const errors = [0, 1, 3, 5].map((tests) =>
      Math.abs(Math.log(scaledTotal(unseen, trained(tests).factors) / truth(unseen))),
    )
    const deviations = [0, 1, 3, 5].map((tests) => trained(tests).deviation(unseen))
    expect(errors).toEqual([...errors].sort((a, b) => b - a))
    expect(deviations).toEqual([...deviations].sort((a, b) => b - a))
    expect(errors[3]).toBeLessThan(0.05)
  })

  it('shrinks one test towards what is believed: a single point never explains all of its difference', () => {
    const parts = { weightsMs: 5, cacheMs: 5 }
    const { factors } = calibrate([{ parts, measuredMs: 20 }], { ...spread, noise: 0.3 })
    const moved = scaledTotal(parts, factors) / totalOf(parts)
    expect(moved).toBeGreaterThan(1.2)
    expect(moved).toBeLessThan(2)
  })

  it('moves all parts together where that is what varies', () => {
    const together: Spread = { scales: { all: 0.5, weightsMs: 0.01, cacheMs: 0.01 }, noise: 0.05 }
    const points = loads.map((parts) => ({ parts, measuredMs: 1.5 * totalOf(parts) }))
    expect(calibrate(points, together).factors.all).toBeCloseTo(1.5, 1)
  })

  it('has deviations that cover what noise does: two thirds of noisy runs within one', () => {
    const random = createRandom('coverage')
    const inside = Array.from({ length: 300 }, () => {
      const [weights, cache] = [Math.exp(0.5 * random.normal()), Math.exp(random.normal())]
      const measured = (parts: (typeof loads)[number]) =>
        (weights * parts.weightsMs + cache * parts.cacheMs) * Math.exp(0.05 * random.normal())
      const points = loads.slice(0, 3).map((parts) => ({ parts, measuredMs: measured(parts) }))
      const parts = { weightsMs: 5, cacheMs: 10 }
      const { factors, deviation } = calibrate(points, spread)
      return Math.abs(Math.log(measured(parts) / scaledTotal(parts, factors))) < deviation(parts)
    }).filter(Boolean).length
    expect(inside / 300).toBeGreaterThan(0.55)
    expect(inside / 300).toBeLessThan(0.85)
  })
})
