// When a measurement meets a target. A point estimate never decides: the whole interval must lie on one side.

import type { Interval } from './interval.js'

export type Comparison = '<' | '<=' | '>' | '>='

export interface Target {
  readonly op: Comparison
  readonly value: number
}

const compare: Record<Comparison, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/**
 * `pass` or `fail` only if every value of the interval agrees; a missing bound can be anything, so the
 * verdict is then `inconclusive` unless the other bound alone decides.
 */
export const verdictOf = (claim: {
  readonly target: Target
  readonly interval: Pick<Interval, 'low' | 'high'>
}): 'pass' | 'fail' | 'inconclusive' => {
  const { op, value } = claim.target
  const upwards = op === '>' || op === '>='
  const { low, high } = claim.interval
  const [worst, best] = upwards ? [low, high] : [high, low]
  if (worst !== null && compare[op](worst, value)) return 'pass'
  if (best !== null && !Number.isNaN(best) && !compare[op](best, value)) return 'fail'
  return 'inconclusive'
}
