// What users of a designed system will wait, by simulation: the requirement's traffic on its replicas.

import type { LengthDistribution } from '../speed/length-distribution.js'
import type { Balancing } from './balancer.js'
import { distributedTokens } from './lengths.js'
import type { GoodputLimits } from './meter.js'
import type { Scheduler } from './scheduler.js'
import { simulate } from './simulate.js'
import type { Percentiles, RequestRecord, SimulationReport } from './simulation-report.js'
import type { StepCost } from './step-cost.js'

export interface PredictedTraffic {
  /** Of all replicas of one region. */
  readonly requestsPerSecond: number
  /** Standard deviation of the gaps between requests over their mean: 1 = Poisson, more = bursts; default 1. */
  readonly gapVariation?: number
  readonly inputTokens: LengthDistribution
  readonly outputTokens: LengthDistribution
  /** Beginning that all prompts share, in tokens; default 0. */
  readonly sharedPrefixTokens?: number
}

export interface PercentilesOptions {
  readonly traffic: PredictedTraffic
  readonly scheduler: Scheduler
  readonly cost: StepCost
  readonly replicas: number
  /** Simulated for each replica, the unmeasured ones included; default 2,500. */
  readonly requestsPerReplica?: number
  readonly balancing?: Balancing
  /** Of all replicas together; what comes beyond it goes elsewhere and counts as rejected. Default no limit. */
  readonly mostInFlight?: number
  /** CPU time and other delays of the engine before its first step, ms. */
  readonly requestOverheadMs: number
  /** Gateway, guards and retrieval before the engine is asked, ms; default 0. */
  readonly platformMs?: number
  readonly goodput?: GoodputLimits
  readonly seed: string | number
}

/** Beyond these, replicas are alike: so many are simulated, with their share of the traffic. */
const mostReplicas = 4
const usualRequests = 2500
/** Share of the requests during which the system fills up. */
const warmUp = 0.25

/**
 * TTFT, TPOT and end-to-end percentiles and goodput under the requirement's traffic, from so many requests a replica
 * (up to four), the first quarter of them unmeasured.
 * @returns null when the replicas do not keep up: the wait in the queue grows all the time, and by more than a
 * twentieth of it
 */
export const predictPercentiles = (options: PercentilesOptions): SimulationReport | null => {
  const { traffic, scheduler, cost, balancing, platformMs = 0, goodput, seed } = options
  const replicas = Math.min(mostReplicas, options.replicas)
  const requests = (options.requestsPerReplica ?? usualRequests) * replicas
  const requestsPerSecond = (traffic.requestsPerSecond * replicas) / options.replicas
  const prefixTokens = traffic.sharedPrefixTokens ?? 0
  const queue = createQueueTrend(requests * warmUp, requests)
  const report = simulate({
    seed,
    scheduler,
    cost,
    replicas,
    ...(balancing ? { balancing } : {}),
    ...(options.mostInFlight === undefined
      ? {}
      : { mostInFlight: Math.max(1, Math.round((options.mostInFlight * replicas) / options.replicas)) }),
    ...(goodput ? { goodput: withoutPlatform(goodput, platformMs) } : {}),
    warmUpRequests: requests * warmUp,
    apiServer: { msPerRequest: 0, delayMs: options.requestOverheadMs },
    traffic: {
      arrivals: { kind: 'gamma', requestsPerSecond, variation: traffic.gapVariation ?? 1 },
      requests,
      inputTokens: distributedTokens(traffic.inputTokens),
      outputTokens: distributedTokens(traffic.outputTokens),
      ...(prefixTokens > 0 ? { prefixes: { count: 1, tokens: prefixTokens } } : {}),
    },
    onRequest: (record) => queue.add(record),
  })
  if (queue.grows()) return null
  return {
    ...report,
    ttftMs: later(report.ttftMs, platformMs),
    e2eMs: later(report.e2eMs, platformMs),
  }
}

/** Waits of the first and the second half of the measured requests. A queue that grows steadily makes them 1 : 1.86. */
const createQueueTrend = (from: number, to: number) => {
  const middle = (from + to) / 2
  const sums = { early: 0, late: 0 }
  let untilMs = 0
  return {
    add: ({ id, arrivalMs, scheduledMs }: RequestRecord) => {
      untilMs = Math.max(untilMs, arrivalMs)
      if (id >= middle) sums.late += scheduledMs - arrivalMs
      else if (id >= from) sums.early += scheduledMs - arrivalMs
    },
    grows: () => sums.late > 1.5 * sums.early && sums.late / (to - middle) > 0.05 * untilMs,
  }
}

const withoutPlatform = ({ ttftMs, e2eMs, tpotMs }: GoodputLimits, platformMs: number): GoodputLimits => ({
  ...(ttftMs === undefined ? {} : { ttftMs: ttftMs - platformMs }),
  ...(e2eMs === undefined ? {} : { e2eMs: e2eMs - platformMs }),
  ...(tpotMs === undefined ? {} : { tpotMs }),
})

const later = (times: Percentiles, ms: number): Percentiles => ({
  mean: times.mean + ms,
  p50: times.p50 + ms,
  p90: times.p90 + ms,
  p95: times.p95 + ms,
  p99: times.p99 + ms,
  max: times.max + ms,
})
