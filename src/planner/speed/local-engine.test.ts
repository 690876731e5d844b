import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitLocalRates, type LargeLocalSample, type LocalRates, predictLocalSpeed } from './local-engine.js'

/** How a machine of these rates would run a model of so many weights in half precision. */
const run = (rates: LocalRates, weights: number): LargeLocalSample => {
  const flops = 2 * weights
  const bytes = 2 * weights
  const firstMs = (tokens: number) => rates.promptOverheadMs + (tokens * flops * 1e-6) / rates.matrixGflops
  return {
    bytes,
    flops,
    shortPrompt: { tokens: 8, ms: firstMs(8) },
    longPrompt: { tokens: 200, ms: firstMs(200) },
    tokenMs: rates.tokenOverheadMs + (bytes * 1e-6) / rates.memoryGBps,
  }
}

const anyRates = fc.record({
  memoryGBps: fc.double({ min: 0.5, max: 500, noNaN: true }),
  matrixGflops: fc.double({ min: 1, max: 5000, noNaN: true }),
  tokenOverheadMs: fc.double({ min: 0, max: 10, noNaN: true }),
  promptOverheadMs: fc.double({ min: 0, max: 50, noNaN: true }),
})

describe('the rates of a machine', () => {
  it('are found again from two runs, and predict a third', () => {
    fc.assert(
      fc.property(anyRates, fc.integer({ min: 1e6, max: 1e9 }), (rates, weights) => {
        const fitted = fitLocalRates(run(rates, 3e6), run(rates, 30e6))
        expect(fitted.memoryGBps / rates.memoryGBps).toBeCloseTo(1, 5)
        expect(fitted.matrixGflops / rates.matrixGflops).toBeCloseTo(1, 5)
        const other = run(rates, weights)
        const speed = predictLocalSpeed(fitted, { bytes: other.bytes, parameters: weights }, 200)
        expect(speed.firstTokenMs / other.longPrompt.ms).toBeCloseTo(1, 4)
        expect((speed.tokensPerSecond * other.tokenMs) / 1000).toBeCloseTo(1, 4)
      }),
    )
  })

  it('stay finite and positive where the clock saw no difference', () => {
    const flat: LargeLocalSample = {
      bytes: 6e6,
      flops: 6e6,
      shortPrompt: { tokens: 8, ms: 5 },
      longPrompt: { tokens: 200, ms: 5 },
      tokenMs: 2,
    }
    const rates = fitLocalRates(flat, { ...flat, bytes: 60e6, flops: 60e6, tokenMs: 1.9 })
    const speed = predictLocalSpeed(rates, { bytes: 8e6, parameters: 4e6 }, 20)
    for (const value of [...Object.values(rates), ...Object.values(speed)]) {
      expect(Number.isFinite(value)).toBe(true)
      expect(value).toBeGreaterThanOrEqual(0)
    }
  })
})
