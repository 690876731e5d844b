// The workload that sums over intervals show: rates and means, and nothing of single requests.

import type { Catalogue } from '../../catalog/index.js'
import type { BrokenSummary } from './broken.js'
import { curveOfIntervals, type Interval } from './daily-curve.js'
import { isoOf } from './measure-arrivals.js'
import { createModelMix } from './model-mix.js'
import type { PeakRate, Spread, Traffic } from './traffic.js'
import { trafficMessage } from './traffic-messages.js'
import type { Bucket, TrafficFormat } from './traffic-row.js'

export const createBucketMeter = (format: TrafficFormat, catalogue: Catalogue) => {
  const intervals = new Map<string, { startMs: number; endMs: number; requests: number }>()
  const mix = createModelMix(catalogue)
  let requests: number | null = null
  let inputTokens = 0
  let outputTokens = 0
  let cached = 0
  let cacheable = 0

  const add = (bucket: Bucket): void => {
    mix.add(bucket)
    const key = `${bucket.startMs} ${bucket.endMs}`
    const interval = intervals.get(key) ?? { startMs: bucket.startMs, endMs: bucket.endMs, requests: 0 }
    intervals.set(key, interval)
    if (bucket.requests === null) return
    interval.requests += bucket.requests
    requests = (requests ?? 0) + bucket.requests
    inputTokens += bucket.inputTokens
    outputTokens += bucket.outputTokens
    if (bucket.cachedTokens === null) return
    cached += bucket.cachedTokens
    cacheable += bucket.inputTokens
  }

  const result = (broken: BrokenSummary): Traffic => {
    const all = [...intervals.values()]
    const startMs = all.reduce(
      (least, interval) => Math.min(least, interval.startMs),
      Number.POSITIVE_INFINITY,
    )
    const endMs = all.reduce((most, interval) => Math.max(most, interval.endMs), 0)
    const seconds = all.reduce((sum, interval) => sum + interval.endMs - interval.startMs, 0) / 1000
    const mean = (tokens: number) => (requests ? meanAlone(tokens / requests, requests) : null)
    const overlap = seconds > (endMs - startMs) / 1000 + 1
    return {
      format: format.name,
      basis: 'sums',
      requests,
      failed: null,
      broken,
      covers: { from: isoOf(startMs), to: isoOf(endMs), seconds },
      rate:
        requests === null || seconds === 0
          ? null
          : { meanPerSecond: requests / seconds, peaks: busiestIntervals(all), now: null },
      gapVariation: null,
      inputTokens: mean(inputTokens),
      outputTokens: mean(outputTokens),
      latencyMs: null,
      prefixCacheHits: cacheable > 0 ? { share: cached / cacheable, basis: 'tokens', of: cacheable } : null,
      sharedPrefixTokens: null,
      repeated: null,
      dailyCurve: requests === null || overlap ? null : curveOfIntervals(all),
      models: mix.uses(),
      cost: mix.cost(seconds),
      notes: [
        trafficMessage('traffic.sums-only', {}),
        ...(overlap ? [trafficMessage('traffic.overlapping', {})] : []),
      ],
    }
  }
  return { add, result }
}

const meanAlone = (mean: number, n: number): Spread => ({
  n,
  mean,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  max: null,
  bounds: null,
})

/** The busiest interval of each length there is. */
const busiestIntervals = (intervals: readonly Interval[]): PeakRate[] =>
  [...Map.groupBy(intervals, ({ startMs, endMs }) => (endMs - startMs) / 1000)]
    .map(([windowSeconds, own]) => ({
      windowSeconds,
      requestsPerSecond: own.reduce((most, { requests }) => Math.max(most, requests), 0) / windowSeconds,
    }))
    .sort((a, b) => a.windowSeconds - b.windowSeconds)
