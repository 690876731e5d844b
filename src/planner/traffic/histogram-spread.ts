// Percentiles read off a histogram: linear inside the bucket, with the bucket's bounds as what is certain.

import type { Histogram } from './prometheus.js'
import { type Percentile, percentiles, type Spread } from './traffic.js'

const probabilities: Readonly<Record<Percentile, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 }

type Bounds = readonly [number, number | null]

/**
 * The bucket in which the p-quantile lies and the value at its rank `p * count`, interpolated linearly between the
 * bounds as PromQL's histogram_quantile does; in a bucket without upper bound, no value.
 */
const quantileAt = (
  { buckets, count }: Histogram,
  p: number,
): { readonly value: number | null; readonly bounds: Bounds } => {
  const rank = p * count
  let low = 0
  let below = 0
  for (const bucket of buckets) {
    if (bucket.count >= rank && bucket.count > below) {
      if (bucket.le === Number.POSITIVE_INFINITY) break
      const value = low + ((bucket.le - low) * (rank - below)) / (bucket.count - below)
      return { value, bounds: [low, bucket.le] }
    }
    low = bucket.le
    below = bucket.count
  }
  return { value: null, bounds: [low, null] }
}

/** @param scale what the histogram's unit is multiplied by, such as 1000 from s to ms */
export const spreadOfHistogram = (histogram: Histogram | null, scale = 1): Spread | null => {
  if (!histogram) return null
  const at = Object.fromEntries(
    percentiles.map((name) => [name, quantileAt(histogram, probabilities[name])]),
  ) as Record<Percentile, ReturnType<typeof quantileAt>>
  const scaled = (value: number | null) => (value === null ? null : value * scale)
  const bounds = Object.fromEntries(
    percentiles.map((name) => [name, [at[name].bounds[0] * scale, scaled(at[name].bounds[1])] as const]),
  ) as Record<Percentile, Bounds>
  return {
    n: histogram.count,
    mean: (histogram.sum / histogram.count) * scale,
    p50: scaled(at.p50.value),
    p90: scaled(at.p90.value),
    p95: scaled(at.p95.value),
    p99: scaled(at.p99.value),
    max: null,
    bounds,
  }
}
