// Speed targets in one unit each, and the loads they are promised at.

import type { Requirements, SpeedTarget } from '../../spec/index.js'

/** Whether a larger value is better. */
export const wantsMore = (metric: SpeedTarget['metric']): boolean =>
  metric === 'outputTokensPerSecond' || metric === 'systemOutputTokensPerSecond'

/** The value in ms, or in tokens/s for speeds. */
export const targetValue = ({ value, unit }: SpeedTarget): number => (unit === 's' ? value * 1000 : value)

export const unitOf = (metric: SpeedTarget['metric']): 'ms' | 'tokens/s' =>
  wantsMore(metric) ? 'tokens/s' : 'ms'

/** Whether a value meets the target. */
export const meets = (target: Pick<SpeedTarget, 'op'>, limit: number, value: number): boolean => {
  switch (target.op) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
  }
}

/** The strictest target of a metric that points the usual way: at most for times, at least for speeds. */
export const strictest = (
  { performance }: Requirements,
  metric: SpeedTarget['metric'],
): SpeedTarget | undefined => {
  const usual = performance.targets.filter(
    (target) => target.metric === metric && target.op.startsWith('>') === wantsMore(metric),
  )
  const sign = wantsMore(metric) ? -1 : 1
  return usual.sort((a, b) => sign * (targetValue(a) - targetValue(b)))[0]
}
