// Quantiles and their distribution-free intervals. Assumes independent observations, nothing else.

import { binomialCumulative } from './distributions.js'
import { type Interval, tailProbability, unknownInterval } from './interval.js'

const ascending = (values: Iterable<number>) => Float64Array.from(values).sort()

const checkProbability = (p: number) => {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A quantile needs a probability in [0, 1], not ${p}`)
}

const quantileOfSorted = (sorted: Float64Array, p: number): number => {
  const position = (sorted.length - 1) * p
  const below = Math.floor(position)
  const low = sorted[below] ?? Number.NaN
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN
  return low === high ? low : low + (position - below) * (high - low)
}

/**
 * The p-quantile, with linear interpolation between order statistics.
 * Source: R. Hyndman, Y. Fan, Am. Stat. 50 (1996), definition 7 (the default of R and NumPy).
 * @param p probability in [0, 1]
 * @returns NaN for no values
 */
export const quantile = (values: Iterable<number>, p: number): number => {
  checkProbability(p)
  return quantileOfSorted(ascending(values), p)
}

/** The smallest k in [0, n] for which `holds` turns true, given that it stays true from there on. */
const firstWhere = (n: number, holds: (k: number) => boolean): number => {
  let low = 0
  let high = n
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * The p-quantile with its distribution-free 95 % interval from order statistics: the bounds are observed
 * values, and each is wrong with at most 2.5 % probability whatever the distribution. A bound that the sample
 * is too small for is null: the upper bound of P95 needs n >= 72, of P99 n >= 368, of P99.9 n >= 3,688.
 * Source: H. David, H. Nagaraja, Order Statistics, 3rd ed. (2003), 7.1.
 * @param p probability in [0, 1]
 */
export const quantileInterval = (values: Iterable<number>, p: number): Interval => {
  checkProbability(p)
  const sorted = ascending(values)
  const n = sorted.length
  if (n === 0) return unknownInterval
  // With B ~ Binomial(n, p) values at or below the quantile, the k-th smallest exceeds it with P(B < k).
  const tooHigh = firstWhere(n + 1, (k) => binomialCumulative(k - 1, n, p) > tailProbability)
  const highEnough = firstWhere(n + 1, (k) => 1 - binomialCumulative(k - 1, n, p) <= tailProbability)
  return {
    value: quantileOfSorted(sorted, p),
    low: sorted[tooHigh - 2] ?? null,
    high: sorted[highEnough - 1] ?? null,
    n,
  }
}
