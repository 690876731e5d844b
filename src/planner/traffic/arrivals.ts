// Rates and burstiness of arrivals, exactly as defined here whatever the log. Times in ms.

import { createNumbers } from './numbers.js'
import type { PeakRate } from './traffic.js'

/** Lengths of the windows in which the busiest time is looked for. */
const windowsSeconds = [1, 10, 60, 3600]

/** Times in order. */
export const createArrivalTimes = () => {
  const times = createNumbers()
  let last = Number.NEGATIVE_INFINITY
  let isInOrder = true
  let isWholeSeconds = true
  return {
    add: (atMs: number): void => {
      times.add(atMs)
      if (atMs < last) isInOrder = false
      if (atMs % 1000 !== 0) isWholeSeconds = false
      last = atMs
    },
    sorted: (): Float64Array => times.values().slice().sort(),
    isInOrder: () => isInOrder,
    isWholeSeconds: () => isWholeSeconds,
  }
}

/** Seconds from the first arrival to the last. */
export const coveredSeconds = (sorted: Float64Array): number =>
  ((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)) / 1000

/**
 * The busiest window of each length, as requests per second. Windows are `[t0 + k w, t0 + (k + 1) w)` with `t0` the
 * first arrival; lengths that the log does not cover are left out.
 */
export const peakRates = (sorted: Float64Array): PeakRate[] => {
  const covered = coveredSeconds(sorted)
  return windowsSeconds
    .filter((windowSeconds) => covered >= windowSeconds)
    .map((windowSeconds) => ({
      windowSeconds,
      requestsPerSecond: busiest(sorted, windowSeconds * 1000) / windowSeconds,
    }))
}

const busiest = (sorted: Float64Array, windowMs: number): number => {
  const first = sorted[0] ?? 0
  let most = 0
  let count = 0
  let current = -1
  for (const time of sorted) {
    const window = Math.floor((time - first) / windowMs)
    count = window === current ? count + 1 : 1
    current = window
    most = Math.max(most, count)
  }
  return most
}

/**
 * Coefficient of variation of the gaps between arrivals: their standard deviation (of the whole population, divided
 * by n) over their mean. Null for fewer than two gaps or when all arrivals are at one moment.
 */
export const gapVariation = (sorted: Float64Array): number | null => {
  const n = sorted.length - 1
  if (n < 2) return null
  const mean = ((sorted[n] ?? 0) - (sorted[0] ?? 0)) / n
  if (mean <= 0) return null
  let squares = 0
  for (let i = 0; i < n; i++) squares += ((sorted[i + 1] ?? 0) - (sorted[i] ?? 0) - mean) ** 2
  return Math.sqrt(squares / n) / mean
}
