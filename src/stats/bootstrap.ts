// Percentile bootstrap intervals, for statistics without a formula. The same seed gives the same interval.
// Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.

import type { Random } from '../core/index.js'
import { type Interval, tailProbability, unknownInterval } from './interval.js'
import { mean } from './mean-interval.js'
import { quantile } from './quantile.js'

const resamples = 2000

const drawIndices = (n: number, random: Random) => Array.from({ length: n }, () => random.integer(n))

const intervalOf = (value: number, draws: readonly number[], n: number): Interval =>
  n < 2
    ? { value, low: null, high: null, n }
    : { value, low: quantile(draws, tailProbability), high: quantile(draws, 1 - tailProbability), n }

/**
 * A statistic of the values with its 95 % percentile interval from 2,000 resamples; the bounds are null for
 * fewer than two values.
 * @example bootstrap(latenciesMs, (sample) => quantile(sample, 0.5), createRandom(1))
 */
export const bootstrap = (
  values: readonly number[],
  statistic: (sample: readonly number[]) => number,
  random: Random,
): Interval => {
  const n = values.length
  if (n === 0) return unknownInterval
  const draws = Array.from({ length: resamples }, () =>
    statistic(drawIndices(n, random).map((i) => values[i] as number)),
  )
  return intervalOf(statistic(values), draws, n)
}

/**
 * How much a statistic of `candidate` exceeds that of `baseline` on the same items, with its 95 % interval:
 * items are resampled as pairs, so what makes an item hard for both cancels.
 * @param comparison.statistic default the mean
 * @throws RangeError when the two lists differ in length
 */
export const pairedBootstrap = (comparison: {
  readonly baseline: readonly number[]
  readonly candidate: readonly number[]
  readonly statistic?: (sample: readonly number[]) => number
  readonly random: Random
}): Interval => {
  const { baseline, candidate, statistic = mean, random } = comparison
  const n = baseline.length
  if (candidate.length !== n)
    throw new RangeError(`Paired samples need one length, not ${n} and ${candidate.length}`)
  if (n === 0) return unknownInterval
  const draws = Array.from({ length: resamples }, () => {
    const indices = drawIndices(n, random)
    const draw = (sample: readonly number[]) => statistic(indices.map((i) => sample[i] as number))
    return draw(candidate) - draw(baseline)
  })
  return intervalOf(statistic(candidate) - statistic(baseline), draws, n)
}
