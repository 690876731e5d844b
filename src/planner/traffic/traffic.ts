// The workload that a source shows. Whatever the source does not show is null, never a guess.

import type { Message } from '../../core/index.js'
import type { BrokenSummary } from './broken.js'

export const percentiles = ['p50', 'p90', 'p95', 'p99'] as const
export type Percentile = (typeof percentiles)[number]

/** What is known of a quantity over all requests. */
export interface Spread {
  /** Requests it is known of. */
  readonly n: number
  readonly mean: number
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number | null
  /**
   * For percentiles read off a histogram: the bounds of the bucket that each lies in, between which it is certain;
   * the upper one null where the bucket has none. Null for percentiles of the values themselves.
   */
  readonly bounds: Readonly<Record<Percentile, readonly [number, number | null]>> | null
}

export interface PeakRate {
  readonly windowSeconds: number
  readonly requestsPerSecond: number
}

export interface Rate {
  /** Requests divided by the time covered. */
  readonly meanPerSecond: number
  /** The busiest window of each length, shortest first; windows follow each other from the first request on. */
  readonly peaks: readonly PeakRate[]
  /** Rate between two readings of counters some seconds apart, and the seconds. */
  readonly now: { readonly requestsPerSecond: number; readonly seconds: number } | null
}

/** Where a share comes from: words or hashes of the log, block hashes of a trace, token counts. */
export type ShareBasis = 'prompts' | 'blocks' | 'tokens'

export interface MeasuredShare {
  readonly share: number
  readonly basis: ShareBasis
  /** Requests, blocks or tokens, by the basis. */
  readonly of: number
}

export interface ModelUse {
  readonly model: string | null
  readonly provider: string | null
  /** Null where only costs are known. */
  readonly requests: number | null
  readonly share: number | null
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number | null
  /** As the source states it. */
  readonly reportedUsd: number | null
  /** At the prices of the catalogue; null when it has none for this model. */
  readonly catalogueUsd: number | null
}

export interface Traffic {
  readonly format: string
  /** One row per request, sums over intervals, or counters of a running server. */
  readonly basis: 'requests' | 'sums' | 'counters'
  /** Null where the source counts none. */
  readonly requests: number | null
  /** Null where the source does not say which failed. */
  readonly failed: number | null
  readonly broken: BrokenSummary
  readonly covers: {
    /** ISO 8601; null when the clock is relative or there is none. */
    readonly from: string | null
    readonly to: string | null
    readonly seconds: number | null
  }
  readonly rate: Rate | null
  /** Standard deviation over mean of the gaps between arrivals: 1 for a Poisson process, more for bursts. */
  readonly gapVariation: number | null
  readonly inputTokens: Spread | null
  readonly outputTokens: Spread | null
  readonly latencyMs: Spread | null
  /** Share of the prompts that an earlier one had begun with, as far as a prefix cache could hold or did hold it. */
  readonly prefixCacheHits: MeasuredShare | null
  /** Tokens that every prompt begins with. */
  readonly sharedPrefixTokens: number | null
  /** Share of requests equal word for word to an earlier one. */
  readonly repeated: MeasuredShare | null
  /** Load of each hour of the day (UTC) relative to the busiest; null below a day. */
  readonly dailyCurve: readonly number[] | null
  readonly models: readonly ModelUse[]
  readonly cost: {
    readonly reportedUsd: number | null
    readonly catalogueUsd: number | null
    /** Requests of models that the catalogue has no price for. */
    readonly requestsWithoutPrice: number
    /** What was reported, else the catalogue's, over a month at this pace; null below a day. */
    readonly perMonthUsd: number | null
  }
  readonly notes: readonly Message[]
}
