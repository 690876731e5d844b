// Percentiles of very many times in little memory, each within 0.05 % of itself; mean and largest are exact.
// Source: C. Masson, J. Rim, H. Lee, DDSketch (VLDB 2019): buckets whose bounds grow by a constant factor.

const growth = 1.001
const smallest = 1e-4
const bucketCount = 32_768
const perLog = 1 / Math.log(growth)

export interface GapHistogram {
  add(value: number, count: number): void
  readonly count: number
  readonly mean: number
  readonly max: number
  quantile(p: number): number
}

/** For values in ms from 1e-4 to 1e10; others are counted at the ends. */
export const createGapHistogram = (): GapHistogram => {
  const buckets = new Float64Array(bucketCount)
  let total = 0
  let sum = 0
  let max = 0
  let lastValue = Number.NaN
  let lastBucket = 0
  const bucketOf = (value: number) => {
    if (value === lastValue) return lastBucket
    lastValue = value
    lastBucket = Math.min(bucketCount - 1, Math.max(0, Math.floor(Math.log(value / smallest) * perLog)))
    return lastBucket
  }
  return {
    add: (value, count) => {
      const bucket = bucketOf(value)
      buckets[bucket] = (buckets[bucket] as number) + count
      total += count
      sum += value * count
      if (value > max) max = value
    },
    get count() {
      return total
    },
    get mean() {
      return sum / total
    },
    get max() {
      return max
    },
    quantile: (p) => {
      if (total === 0) return Number.NaN
      let below = 0
      const bucket = buckets.findIndex((count) => {
        below += count
        return below >= p * total && below > 0
      })
      return Math.min(max, smallest * growth ** (bucket + 0.5))
    },
  }
}
