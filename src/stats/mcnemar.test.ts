import { expect, it } from 'vitest'
import { mcnemar } from './mcnemar.js'

it('gives the exact two-sided p-values of SciPy 1.17', () => {
  expect(mcnemar(2, 10)).toBeCloseTo(0.03857421875, 12)
  expect(mcnemar(20, 10)).toBeCloseTo(0.09873714670538905, 12)
})

it('is 1 when disagreements are even or absent', () => {
  expect(mcnemar(5, 5)).toBe(1)
  expect(mcnemar(0, 0)).toBe(1)
})
