// How long prompts and answers are, one at a time: whole tokens, at least 1.

import type { Random } from '../../core/random.js'
import type { LengthDistribution } from '../speed/length-distribution.js'

/** Draws one length. */
export type LengthSampler = (random: Random) => number

const whole = (tokens: number) => Math.max(1, Math.round(tokens))

/** 95th percentile of the standard normal. */
const normal95 = 1.6448536269514722

export const fixedTokens = (tokens: number): LengthSampler => {
  const length = whole(tokens)
  return () => length
}

/**
 * A log-normal through the median and the 95th percentile.
 * @param options.atMost longer draws are cut to this, in tokens; default none
 */
export const logNormalTokens = (options: {
  readonly p50: number
  readonly p95: number
  readonly atMost?: number
}): LengthSampler => {
  const { p50, p95, atMost = Number.POSITIVE_INFINITY } = options
  const sigma = Math.max(0, Math.log(p95 / p50)) / normal95
  return (random) => whole(Math.min(atMost, p50 * Math.exp(sigma * random.normal())))
}

/** Uniform between two lengths, both included: what `--random-range-ratio` of benchmark clients draws. */
export const uniformTokens = (from: number, to: number): LengthSampler => {
  const low = whole(from)
  const count = whole(to) - low + 1
  return (random) => low + random.integer(count)
}

/** Lengths seen before, equally likely. @throws RangeError for none */
export const empiricalTokens = (lengths: readonly number[]): LengthSampler => {
  if (lengths.length === 0) throw new RangeError('empiricalTokens() needs at least one length')
  return (random) => whole(random.pick(lengths))
}

/** Half of the generator's smallest step: keeps a draw of 0 off the end of a distribution. */
const halfStep = 2 ** -33

/** Draws from a distribution by its quantiles. */
export const distributedTokens =
  ({ quantile }: LengthDistribution): LengthSampler =>
  (random) =>
    whole(quantile(random.next() + halfStep))
