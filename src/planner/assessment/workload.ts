// What the requirements imply in numbers: requests, tokens and requests in flight. Pure arithmetic, no catalogue.

import { secondsPerMonth } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import { strictest, targetValue } from '../search/target.js'
import { createLengths, type LengthDistribution } from '../speed/length-distribution.js'

export interface Concurrency {
  /** Requests in flight at the peak when every request takes as long as its target allows. */
  readonly value: number
  /** Identifiers of the targets it follows from. */
  readonly from: readonly string[]
}

export interface Workload {
  readonly requestsPerSecond: {
    readonly peak: number
    readonly average: number
    readonly peakInAYear: number
  }
  readonly requestsPerMonth: number
  readonly inputTokens: LengthDistribution
  readonly outputTokens: LengthDistribution
  readonly tokensPerSecond: {
    readonly inputPeak: number
    readonly outputPeak: number
    readonly inputAverage: number
    readonly outputAverage: number
  }
  readonly tokensPerDay: { readonly input: number; readonly output: number }
  readonly tokensPerMonth: { readonly input: number; readonly output: number }
  /** Little's law, L = rate x time; null when no target bounds the time of a request. */
  readonly concurrencyAtPeak: Concurrency | null
  /** Load of each hour relative to the peak; all 1 when the requirements give no curve. */
  readonly dailyCurve: readonly number[]
  /** Load of each hour of the week relative to the peak, Monday 00:00 first. */
  readonly weekCurve: readonly number[]
  /** False when the curve is assumed. */
  readonly curveGiven: boolean
  /** Longest request that must fit: the 95th percentiles of prompt and answer together, in tokens. */
  readonly contextTokens: number
  /** Share of requests that the answer caches, exact and semantic, take away from the engine. */
  readonly repeatedShare: number
  readonly sharedPrefixTokens: number
}

const hoursPerDay = 24

/** Derives the workload. Means are those of a log-normal through the given percentiles. */
export const deriveWorkload = (requirements: Requirements): Workload => {
  const { scale } = requirements
  const dailyCurve = scale.dailyCurve ?? Array.from({ length: hoursPerDay }, () => 1)
  const weekCurve = (scale.weeklyCurve ?? Array.from({ length: 7 }, () => 1)).flatMap((day) =>
    dailyCurve.map((hour) => hour * day),
  )
  const share = weekCurve.reduce((sum, hour) => sum + hour, 0) / weekCurve.length
  const peak = scale.peakRequestsPerSecond
  const average = peak * share
  const inputTokens = createLengths(scale.lengths.inputTokens)
  const outputTokens = createLengths(scale.lengths.outputTokens)
  const perMonth = average * secondsPerMonth
  return {
    requestsPerSecond: { peak, average, peakInAYear: peak * scale.growthPerYear },
    requestsPerMonth: perMonth,
    inputTokens,
    outputTokens,
    tokensPerSecond: {
      inputPeak: peak * inputTokens.mean,
      outputPeak: peak * outputTokens.mean,
      inputAverage: average * inputTokens.mean,
      outputAverage: average * outputTokens.mean,
    },
    tokensPerDay: {
      input: average * 86_400 * inputTokens.mean,
      output: average * 86_400 * outputTokens.mean,
    },
    tokensPerMonth: { input: perMonth * inputTokens.mean, output: perMonth * outputTokens.mean },
    concurrencyAtPeak: concurrency(requirements, outputTokens.mean),
    dailyCurve,
    weekCurve,
    curveGiven: scale.dailyCurve !== undefined,
    contextTokens: Math.ceil(scale.lengths.inputTokens.p95 + scale.lengths.outputTokens.p95),
    repeatedShare: 1 - (1 - scale.repeatedShare) * (1 - scale.semanticRepeatedShare),
    sharedPrefixTokens: scale.lengths.sharedPrefixTokens,
  }
}

const concurrency = (requirements: Requirements, meanOutput: number): Concurrency | null => {
  const peak = requirements.scale.peakRequestsPerSecond
  const e2e = strictest(requirements, 'e2e')
  if (e2e) return { value: (peak * targetValue(e2e)) / 1000, from: [e2e.id] }
  const ttft = strictest(requirements, 'ttft')
  const tpot = strictest(requirements, 'tpot')
  const speed = strictest(requirements, 'outputTokensPerSecond')
  const perToken = tpot ? targetValue(tpot) : speed ? 1000 / targetValue(speed) : undefined
  if (perToken === undefined) return null
  const ms = (ttft ? targetValue(ttft) : 0) + (meanOutput - 1) * perToken
  const from = [ttft, tpot ?? speed].flatMap((target) => (target ? [target.id] : []))
  return { value: (peak * ms) / 1000, from }
}
