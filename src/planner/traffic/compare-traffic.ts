// What requirements say of the workload beside what traffic shows, and where the two cannot both be right.

import type { Message } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import type { PeakRate, Percentile, Spread, Traffic } from './traffic.js'
import { trafficMessage } from './traffic-messages.js'

export interface Comparison {
  /** Place in requirements.yaml. */
  readonly path: string
  readonly stated: number | null
  readonly measured: number | null
  readonly kind: 'agrees' | 'contradiction' | 'tension' | 'not-measured'
  readonly message: Message | null
}

/** Lengths may be off by this share before they contradict. */
const tolerance = 0.25
/** Shares may be off by this much. */
const shareTolerance = 0.1
/** A stated peak that is this many times what was seen is worth a remark. */
const farBelow = 2

export const compareTraffic = (requirements: Requirements, traffic: Traffic): readonly Comparison[] => {
  const { lengths, dailyCurve, repeatedShare } = requirements.scale
  return [
    comparePeak(requirements.scale.peakRequestsPerSecond, traffic),
    compareCurve(dailyCurve, traffic.dailyCurve),
    ...(['inputTokens', 'outputTokens'] as const).flatMap((of) =>
      (['p50', 'p95'] as const).map((percentile) =>
        compareLength(`scale.lengths.${of}.${percentile}`, lengths[of][percentile], traffic[of], percentile),
      ),
    ),
    comparePrefix(lengths.sharedPrefixTokens, traffic.sharedPrefixTokens),
    compareShare('scale.repeatedShare', repeatedShare, traffic.repeated?.share ?? null),
    ...compareBudget(requirements.budget.monthlyUsd, traffic.cost.perMonthUsd),
  ]
}

const row = (
  path: string,
  [stated, measured]: readonly [number | null, number | null],
  conflict: { readonly kind: 'contradiction' | 'tension'; readonly message: Message } | null,
): Comparison => ({
  path,
  stated,
  measured,
  kind: measured === null ? 'not-measured' : (conflict?.kind ?? 'agrees'),
  message: measured === null ? null : (conflict?.message ?? null),
})

/**
 * The rate to plan for: the busiest minute, else the longest window below that the source covers, else the shortest
 * up to an hour. The busiest day is no peak.
 */
export const planningPeak = ({ rate }: Traffic): PeakRate | null => {
  const peaks = (rate?.peaks ?? []).filter(({ windowSeconds }) => windowSeconds <= 3600)
  return peaks.findLast(({ windowSeconds }) => windowSeconds <= 60) ?? peaks[0] ?? null
}

const comparePeak = (stated: number, traffic: Traffic): Comparison => {
  const path = 'scale.peakRequestsPerSecond'
  const { rate } = traffic
  const peak = planningPeak(traffic)
  // Without a peak, what exceeds the stated one on average exceeds it all the more.
  const seen = peak ?? rate?.peaks[0] ?? null
  const measured = seen?.requestsPerSecond ?? rate?.meanPerSecond ?? null
  if (measured !== null && measured > stated) {
    const message = seen
      ? trafficMessage('traffic.peak-above', { stated, measured, windowSeconds: seen.windowSeconds })
      : trafficMessage('traffic.mean-above', { stated, measured })
    return row(path, [stated, measured], { kind: 'contradiction', message })
  }
  if (!peak) return row(path, [stated, null], null)
  const { requestsPerSecond, windowSeconds } = peak
  // Inside an hour there are minutes busier than its mean, so only a minute says that a peak is stated too high.
  const isFarBelow = windowSeconds <= 60 && requestsPerSecond > 0 && requestsPerSecond * farBelow < stated
  const params = { stated, measured: requestsPerSecond, windowSeconds }
  const message = trafficMessage('traffic.peak-far-below', params)
  return row(path, [stated, requestsPerSecond], isFarBelow ? { kind: 'tension', message } : null)
}

const compareLength = (path: string, stated: number, spread: Spread | null, of: Percentile): Comparison => {
  const measured = spread?.[of] ?? null
  if (measured === null) return row(path, [stated, null], null)
  const [low, high] = spread?.bounds?.[of] ?? [measured, measured]
  const isPossible = stated * (1 + tolerance) >= low && (high === null || stated * (1 - tolerance) <= high)
  const message = trafficMessage('traffic.length-off', { stated, measured })
  return row(path, [stated, measured], isPossible ? null : { kind: 'contradiction', message })
}

const comparePrefix = (stated: number, measured: number | null): Comparison => {
  const isOff = measured !== null && Math.abs(measured - stated) > tolerance * Math.max(stated, measured)
  const message = trafficMessage('traffic.length-off', { stated, measured: measured ?? 0 })
  const path = 'scale.lengths.sharedPrefixTokens'
  // Blocks show a shared beginning only in whole blocks: too little is a remark, not a contradiction.
  return row(path, [stated, measured], isOff ? { kind: 'tension', message } : null)
}

const compareShare = (path: string, stated: number, measured: number | null): Comparison => {
  const isOff = measured !== null && Math.abs(measured - stated) > shareTolerance
  const message = trafficMessage('traffic.share-off', { stated, measured: measured ?? 0 })
  return row(path, [stated, measured], isOff ? { kind: 'contradiction', message } : null)
}

const averageOf = (curve: readonly number[]) => curve.reduce((sum, hour) => sum + hour, 0) / curve.length

const compareCurve = (
  stated: readonly number[] | undefined,
  measured: readonly number[] | null,
): Comparison => {
  const path = 'scale.dailyCurve'
  const averages = [stated ? averageOf(stated) : 1, measured ? averageOf(measured) : null] as const
  const [ours, theirs] = averages
  if (theirs === null || Math.abs(theirs / ours - 1) <= tolerance) return row(path, averages, null)
  const message = trafficMessage('traffic.curve-off', { stated: ours, measured: theirs })
  return row(path, averages, { kind: stated ? 'contradiction' : 'tension', message })
}

const compareBudget = (stated: number | undefined, measured: number | null): Comparison[] => {
  if (stated === undefined) return []
  const isOver = measured !== null && measured > stated
  const message = trafficMessage('traffic.over-budget', { stated, measured: measured ?? 0 })
  return [row('budget.monthlyUsd', [stated, measured], isOver ? { kind: 'tension', message } : null)]
}
