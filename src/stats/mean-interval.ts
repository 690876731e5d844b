// The interval of a mean. Assumes independent observations whose mean is about normal.

import { studentPoint } from './distributions.js'
import { type Interval, tailProbability, unknownInterval } from './interval.js'

export const mean = (values: readonly number[]): number => {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/**
 * The mean with its 95 % interval by Student's t; the bounds are null for fewer than two values.
 * Source: Student, Biometrika 6 (1908) 1.
 */
export const meanInterval = (values: readonly number[]): Interval => {
  const n = values.length
  if (n === 0) return unknownInterval
  const value = mean(values)
  if (n === 1) return { value, low: null, high: null, n }
  const variance = mean(values.map((x) => (x - value) ** 2)) * (n / (n - 1))
  const half = studentPoint(tailProbability, n - 1) * Math.sqrt(variance / n)
  return { value, low: value - half, high: value + half, n }
}
