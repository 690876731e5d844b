// An estimate with its 95 % confidence interval: what every estimator of this folder returns.

/** An estimate with its two-sided 95 % confidence interval. */
export interface Interval {
  /** The estimate; NaN when there were no observations. */
  readonly value: number
  /** Lower 97.5 % bound; null when the sample is too small to give one. */
  readonly low: number | null
  /** Upper 97.5 % bound; null when the sample is too small to give one. */
  readonly high: number | null
  /** Number of observations. */
  readonly n: number
}

/** Probability that each bound may be wrong: half of 5 %. */
export const tailProbability = 0.025

/** What no observation at all says. */
export const unknownInterval: Interval = { value: Number.NaN, low: null, high: null, n: 0 }
