// The share of answers that are as fast as every speed target asks, over the hours of the week. Knows no engine: how
// fast an answer is at a load comes from the caller.

import { normalQuantile } from '../speed/length-distribution.js'

/** How a time or a speed is distributed at a load: its value at a quantile of the standard normal. */
export interface TimedTarget {
  meets(value: number): boolean
  /** @param load relative to the peak @param z quantile of the standard normal, larger is slower */
  valueAt(load: number, z: number): number
}

/** Shares are looked for between these, and taken for 0 or 1 beyond. */
const least = 1e-4
const steps = 20

/**
 * Weighted by the requests of each hour. Of several targets the one that fewest answers meet counts: slow answers are
 * the same ones under each, so their shares are not multiplied.
 * @returns null when there is no target
 */
export const goodShare = (targets: readonly TimedTarget[], weekCurve: readonly number[]): number | null => {
  if (targets.length === 0) return null
  const known = new Map<number, number>()
  const shareAt = (load: number) => {
    const rounded = Math.round(load * 100) / 100
    const found = known.get(rounded) ?? Math.min(...targets.map((target) => shareOf(target, rounded)))
    known.set(rounded, found)
    return found
  }
  const busy = weekCurve.filter((load) => load > 0)
  const all = busy.reduce((sum, load) => sum + load, 0)
  return all === 0 ? null : busy.reduce((sum, load) => sum + load * shareAt(load), 0) / all
}

const shareOf = (target: TimedTarget, load: number): number => {
  const good = (share: number) => target.meets(target.valueAt(load, normalQuantile(share)))
  if (good(1 - least)) return 1
  if (!good(least)) return 0
  let low = least
  let high = 1 - least
  for (let i = 0; i < steps; i++) {
    const middle = (low + high) / 2
    if (good(middle)) low = middle
    else high = middle
  }
  return low
}
