// How long prompts and answers are: a log-normal through the median and the 95th percentile.

import { type Moments, momentsOf } from './queueing.js'

/** A quantile of the standard normal (Acklam 2003, relative error below 1.2e-9). @param p in (0, 1) */
export const normalQuantile = (p: number): number => {
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    return polynomial(tailTop, q) / (polynomial(tailBottom, q) * q + 1)
  }
  const q = p - 0.5
  const r = q * q
  return (polynomial(middleTop, r) * q) / (polynomial(middleBottom, r) * r + 1)
}

const polynomial = (coefficients: readonly number[], x: number) =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
const middleTop = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
]
const middleBottom = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
]
const tailTop = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const tailBottom = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416]

export interface LengthDistribution {
  /** Exact mean, in tokens. */
  readonly mean: number
  /** Equally likely lengths that stand for the distribution: the midpoints of 32 equal shares. */
  readonly points: readonly number[]
  /** Of the tokens after the first one. */
  readonly afterFirst: Moments
  quantile(p: number): number
}

const pointCount = 32
const normalPoints = Array.from({ length: pointCount }, (_, i) => normalQuantile((i + 0.5) / pointCount))

/** @param p50 median in tokens @param p95 95th percentile in tokens, at least the median */
export const createLengths = ({
  p50,
  p95,
}: {
  readonly p50: number
  readonly p95: number
}): LengthDistribution => {
  const sigma = Math.max(0, Math.log(p95 / p50)) / normalQuantile(0.95)
  const points = normalPoints.map((z) => p50 * Math.exp(sigma * z))
  return {
    mean: p50 * Math.exp(sigma ** 2 / 2),
    points,
    afterFirst: afterFirst(points),
    quantile: (p) => p50 * Math.exp(sigma * normalQuantile(p)),
  }
}

/** Every request the same. */
export const fixedLength = (tokens: number): LengthDistribution => ({
  mean: tokens,
  points: [tokens],
  afterFirst: afterFirst([tokens]),
  quantile: () => tokens,
})

const afterFirst = (points: readonly number[]): Moments =>
  momentsOf(points.map((tokens) => Math.max(0, tokens - 1)))
