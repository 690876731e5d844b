// One figure of a yardstick, as every `bench` prints it.

import type { Interval } from '../stats/index.js'

export interface BenchMetric {
  /** Dotted and stable. */
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The 95 % interval; null where none applies. */
  readonly low: number | null
  readonly high: number | null
  readonly n: number
  readonly target: number | null
  readonly pass: boolean | null
}

/** A figure that is measured and not judged. */
export const benchMetric = (name: string, unit: string, { value, low, high, n }: Interval): BenchMetric => ({
  name,
  value,
  unit,
  low,
  high,
  n,
  target: null,
  pass: null,
})
