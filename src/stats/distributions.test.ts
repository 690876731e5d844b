import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binomialCumulative, studentPoint } from './distributions.js'

describe('binomialCumulative', () => {
  it('gives the values of SciPy 1.17', () => {
    expect(binomialCumulative(3, 10, 0.3)).toBeCloseTo(0.6496107184, 12)
    expect(binomialCumulative(9, 20, 0.5)).toBeCloseTo(0.41190147399902344, 12)
    expect(binomialCumulative(4999, 10_000, 0.5)).toBeCloseTo(0.49601067693030826, 9)
    expect(binomialCumulative(990_000, 1_000_000, 0.99)).toBeCloseTo(0.5013498725637058, 7)
  })

  it('equals the sum of its terms', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, p) => {
          let term = (1 - p) ** n
          let sum = term
          for (let k = 0; k < n; k++) {
            expect(binomialCumulative(k, n, p)).toBeCloseTo(sum, 10)
            term *= ((n - k) / (k + 1)) * (p / (1 - p))
            sum += term
          }
        },
      ),
      { seed: 1 },
    )
  })
})

describe('studentPoint', () => {
  it('gives the points of printed tables', () => {
    expect(studentPoint(0.025, 1)).toBeCloseTo(12.706204736174705, 8)
    expect(studentPoint(0.025, 9)).toBeCloseTo(2.2621571627982053, 9)
    expect(studentPoint(0.025, 1000)).toBeCloseTo(1.9623390808264085, 9)
  })
})
