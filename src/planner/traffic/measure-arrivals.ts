// The workload that single requests show.

import type { Catalogue } from '../../catalog/index.js'
import type { Message } from '../../core/index.js'
import { coveredSeconds, createArrivalTimes, gapVariation, peakRates } from './arrivals.js'
import type { BrokenSummary } from './broken.js'
import { curveOfArrivals } from './daily-curve.js'
import { createModelMix } from './model-mix.js'
import { createNumbers, spreadOf } from './numbers.js'
import { createPrefixReuse } from './prefix-reuse.js'
import type { Traffic } from './traffic.js'
import { trafficMessage } from './traffic-messages.js'
import type { Arrival, TrafficFormat } from './traffic-row.js'

/** Moments before this are ms since the start of a trace. */
const firstCalendarMs = Date.UTC(2000, 0, 1)

export const createArrivalMeter = (format: TrafficFormat, catalogue: Catalogue) => {
  const times = createArrivalTimes()
  const inputTokens = createNumbers()
  const outputTokens = createNumbers()
  const latencyMs = createNumbers()
  const reuse = createPrefixReuse(format.blockTokens)
  const mix = createModelMix(catalogue)
  let requests = 0
  let retries = 0
  let failed: number | null = null
  let withoutTime = 0

  const add = (arrival: Arrival): void => {
    if (arrival.isRetry) retries++
    else {
      requests++
      if (arrival.atMs === null) withoutTime++
      else times.add(arrival.atMs)
    }
    if (arrival.failed !== null) failed = (failed ?? 0) + (arrival.failed ? 1 : 0)
    if (!arrival.failed) {
      if (arrival.inputTokens !== null) inputTokens.add(arrival.inputTokens)
      if (arrival.outputTokens !== null) outputTokens.add(arrival.outputTokens)
      if (arrival.latencyMs !== null) latencyMs.add(arrival.latencyMs)
      reuse.add(arrival)
    }
    mix.add({ ...arrival, requests: 1 })
  }

  const result = (broken: BrokenSummary): Traffic => {
    const sorted = times.sorted()
    const seconds = sorted.length > 1 ? coveredSeconds(sorted) : null
    const isCalendar = (sorted[0] ?? 0) >= firstCalendarMs
    const notes: Message[] = [
      ...(sorted.length > 0 && !isCalendar
        ? [trafficMessage('traffic.relative-clock', { unit: format.relativeUnit ?? 's' })]
        : []),
      ...(sorted.length > 2 && times.isWholeSeconds() ? [trafficMessage('traffic.whole-seconds', {})] : []),
      ...(times.isInOrder() ? [] : [trafficMessage('traffic.not-in-order', {})]),
      ...(withoutTime > 0 ? [trafficMessage('traffic.without-time', { count: withoutTime })] : []),
      ...(retries > 0 ? [trafficMessage('traffic.retries', { count: retries })] : []),
    ]
    return {
      format: format.name,
      basis: 'requests',
      requests,
      failed,
      broken,
      covers: {
        from: isCalendar ? isoOf(sorted[0]) : null,
        to: isCalendar ? isoOf(sorted.at(-1)) : null,
        seconds,
      },
      rate: seconds ? { meanPerSecond: sorted.length / seconds, peaks: peakRates(sorted), now: null } : null,
      gapVariation: gapVariation(sorted),
      inputTokens: spreadOf(inputTokens),
      outputTokens: spreadOf(outputTokens),
      latencyMs: spreadOf(latencyMs),
      prefixCacheHits: reuse.hits(),
      sharedPrefixTokens: reuse.sharedTokens(),
      repeated: reuse.repeated(),
      dailyCurve: isCalendar ? curveOfArrivals(sorted) : null,
      models: mix.uses(),
      cost: mix.cost(seconds),
      notes,
    }
  }
  return { add, result }
}

export const isoOf = (ms: number | undefined): string | null =>
  ms === undefined || Math.abs(ms) > 8.64e15 ? null : new Date(ms).toISOString()
