// Many numbers in little memory, and what is said of them.

import { quantile } from '../../stats/index.js'
import type { Spread } from './traffic.js'

export interface Numbers {
  add(value: number): void
  readonly count: number
  /** A view of what was added; not to be changed. */
  values(): Float64Array
}

export const createNumbers = (): Numbers => {
  let buffer = new Float64Array(1024)
  let count = 0
  return {
    add: (value) => {
      if (count === buffer.length) {
        const larger = new Float64Array(count * 2)
        larger.set(buffer)
        buffer = larger
      }
      buffer[count++] = value
    },
    get count() {
      return count
    },
    values: () => buffer.subarray(0, count),
  }
}

/** Mean, largest and percentiles (Hyndman and Fan, definition 7), or null for no values. */
export const spreadOf = (numbers: Numbers): Spread | null => {
  if (numbers.count === 0) return null
  const sorted = numbers.values().slice().sort()
  const at = (p: number) => quantile(sorted, p)
  return {
    n: sorted.length,
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: sorted[sorted.length - 1] ?? null,
    bounds: null,
  }
}
