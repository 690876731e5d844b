// One replica under an open load: how many sequences run, how long a token takes, how long the first one waits.
// Approximation, stated in full: requests arrive at random (Poisson); prompts are read one after another by the
// engine (M/G/1); sequences then decode together, each step lasting what the batch makes it last; reading prompts
// slows the steps by the share of time it takes. Percentiles are those of a gamma distribution with the same mean
// and variance. Long bursts (retries, campaigns) are not in it.

import type { LengthDistribution } from './length-distribution.js'
import { addMoments, gammaQuantile, type Moments, momentsOf, waitingTime } from './queueing.js'
import type { StepTimes } from './roofline.js'

export interface Traffic {
  readonly inputTokens: LengthDistribution
  readonly outputTokens: LengthDistribution
  /** Tokens of each prompt that the prefix cache already holds. */
  readonly cachedTokens: number
}

export interface Replica {
  readonly steps: StepTimes
  /** Sequences the KV cache holds. */
  readonly maxSequences: number
}

/** A replica with what does not change with the rate of its traffic, computed once. */
export interface PreparedReplica {
  readonly replica: Replica
  readonly traffic: Traffic
  readonly prefill: ReturnType<typeof momentsOf>
  readonly meanSteps: number
  /** Time of a step by the number of running sequences, at their mean length. */
  readonly stepMs: (running: number) => number
  /** The largest mean number that leaves room for the busiest twentieth of the time, and its step. */
  readonly fullest: { readonly running: number; readonly stepMs: number }
  /** Of a step with one sequence, and with as many as the cache holds. */
  readonly idleMs: number
  readonly limitMs: number
}

export const prepareReplica = (replica: Replica, traffic: Traffic): PreparedReplica => {
  const output = momentsOf(traffic.outputTokens.points)
  // A sequence met at random has written, on average, E[n^2] / 2 E[n] of its answer.
  const meanContext = traffic.inputTokens.mean + output.second / (2 * output.mean)
  const decodeMs = replica.steps.decodeAt(meanContext)
  const stepMs = (running: number) => decodeMs(Math.max(1, running))
  // n + z sqrt(n) = most, solved for n.
  const running = ((Math.sqrt(busy ** 2 + 4 * replica.maxSequences) - busy) / 2) ** 2
  return {
    replica,
    traffic,
    prefill: prefillMoments(replica, traffic, traffic.inputTokens),
    meanSteps: Math.max(0, traffic.outputTokens.mean - 1),
    stepMs,
    fullest: { running, stepMs: stepMs(running) },
    idleMs: stepMs(0),
    limitMs: stepMs(replica.maxSequences),
  }
}

const prefillMoments = ({ steps }: Replica, { cachedTokens }: Traffic, { points }: LengthDistribution) =>
  momentsOf(points.map((tokens) => steps.prefillMs(tokens, Math.min(cachedTokens, Math.max(0, tokens - 1)))))

export interface SteadyState {
  /** Mean number of decoding sequences. */
  readonly running: number
  readonly tpotMs: number
  readonly stepMs: number
  /** Time per token when `running` sequences decode. */
  tpotAt(running: number): number
  readonly waiting: Moments
}

/** The 95th percentile of the standard normal: the busiest twentieth of the time. */
const busy = 1.6449

/**
 * The steady state at a rate.
 * @param requestsPerSecond arrivals at this replica
 * @param slowness factor on every time, to plan for the bad end of the prediction's range
 * @returns null when the replica cannot keep up, or its KV cache overflows more than a twentieth of the time
 */
export const steadyState = (
  prepared: PreparedReplica,
  requestsPerSecond: number,
  slowness = 1,
): SteadyState | null => {
  const { replica, prefill, stepMs, idleMs, limitMs } = prepared
  const arrivals = arrivalsAt(prepared, requestsPerSecond, slowness)
  if (!arrivals) return null
  const { promptRate, free, runningAt } = arrivals
  const running = fixedPoint((n) => runningAt(stepMs(n)), {
    limit: replica.maxSequences,
    atZero: runningAt(idleMs),
    atLimit: runningAt(limitMs),
  })
  if (running === null || running + busy * Math.sqrt(running) > replica.maxSequences) return null
  const waiting = waitingTime(promptRate, {
    mean: prefill.mean * slowness,
    second: prefill.second * slowness ** 2,
    third: prefill.third * slowness ** 3,
  })
  if (!waiting) return null
  const tpotAt = (n: number) => (slowness * stepMs(n)) / free
  return { running, tpotMs: tpotAt(running), stepMs: slowness * stepMs(running), tpotAt, waiting }
}

/** @returns null when prompts alone take more than all of the time */
const arrivalsAt = (
  { replica: { steps }, prefill, meanSteps }: PreparedReplica,
  requestsPerSecond: number,
  slowness: number,
) => {
  const rate = requestsPerSecond / 1000
  // Each attention group reads the prompts of its own share of the requests.
  const promptRate = rate / steps.attentionGroups
  const free = 1 - steps.interference * promptRate * prefill.mean * slowness
  if (promptRate * (prefill.mean * slowness) >= 1 || free <= 0) return null
  return {
    promptRate,
    /** Share of the time that steps have. */
    free,
    /** Sequences that decode where a step takes so long (Little's law). */
    runningAt: (stepMs: number) => rate * meanSteps * ((slowness * stepMs) / free),
  }
}

/** Within this of the fullest a replica is asked for its steady state, which is known within half of it. */
const doubt = 2e-3

/**
 * Whether a replica has a steady state at a rate: for less than finding it. Where more sequences would decode than
 * the fullest replica has, were it as full, the steady state is fuller still; where fewer would, it is less full.
 */
export const keepsUp = (prepared: PreparedReplica, requestsPerSecond: number, slowness = 1): boolean => {
  const { replica, fullest, limitMs } = prepared
  const limit = replica.maxSequences
  const arrivals = arrivalsAt(prepared, requestsPerSecond, slowness)
  if (!arrivals || arrivals.runningAt(limitMs) > limit) return false
  const beyond = arrivals.runningAt(fullest.stepMs) - fullest.running
  return Math.abs(beyond) > doubt * (limit + 1)
    ? beyond < 0
    : steadyState(prepared, requestsPerSecond, slowness) !== null
}

/**
 * The n in [0, limit] with n = next(n), within 0.1 %, by the Illinois variant of the false-position method; null
 * when `next` stays above n up to the limit.
 */
const fixedPoint = (
  next: (n: number) => number,
  { limit, atZero, atLimit }: { readonly limit: number; readonly atZero: number; readonly atLimit: number },
): number | null => {
  let low = 0
  let above = atZero
  let high = limit
  let below = atLimit - limit
  if (below > 0) return null
  if (above <= 0) return 0
  for (let i = 0; i < 20 && high - low > 1e-3 * (high + 1e-3); i++) {
    const middle = (low * below - high * above) / (below - above)
    const gap = next(middle) - middle
    if (Math.abs(gap) <= 1e-3 * (middle + 1e-3)) return middle
    if (gap > 0) {
      low = middle
      above = gap
      below /= 2
    } else {
      high = middle
      below = gap
      above /= 2
    }
  }
  return high
}

/** A request of given lengths at a prepared replica: what its own prompt and answer add. */
export interface PreparedRequest {
  readonly prefill: Moments
  readonly steps: Moments
}

export const prepareRequest = (
  { replica, traffic, prefill }: PreparedReplica,
  { inputTokens, outputTokens }: Pick<Traffic, 'inputTokens' | 'outputTokens'>,
): PreparedRequest => ({
  prefill: inputTokens === traffic.inputTokens ? prefill : prefillMoments(replica, traffic, inputTokens),
  steps: outputTokens.afterFirst,
})

export interface Latency {
  readonly ttftMs: number
  readonly e2eMs: number
  readonly tpotMs: number
}

/**
 * Times of a request at a quantile.
 * @param options.z the quantile of the standard normal: 1.6449 for the 95th percentile
 * @param options.platformMs time of gateway, guards and retrieval before the engine is asked, ms
 */
export const latencyAt = (
  { replica }: PreparedReplica,
  { running, stepMs, tpotMs, tpotAt, waiting }: SteadyState,
  options: { readonly z: number; readonly request: PreparedRequest; readonly platformMs: number },
): Latency => {
  const { z, request, platformMs } = options
  // The step under way when the request arrives has on average half its time left.
  const residual = { mean: stepMs / 2, variance: stepMs ** 2 / 12 }
  const first = addMoments(waiting, request.prefill, residual)
  const fixed = replica.steps.requestOverheadMs + platformMs + stepMs
  const writing = { mean: request.steps.mean * tpotMs, variance: request.steps.variance * tpotMs ** 2 }
  return {
    ttftMs: fixed + gammaQuantile(first, z),
    e2eMs: fixed + gammaQuantile(addMoments(first, writing), z),
    tpotMs: tpotAt(running + Math.max(0, z) * Math.sqrt(running)),
  }
}

/**
 * The largest rate in (0, limit] for which `holds` is true, within 1 %; 0 when it holds for none.
 * `holds` must be true below some rate and false above it.
 */
export const largestRate = (holds: (requestsPerSecond: number) => boolean, limit: number): number => {
  if (holds(limit)) return limit
  let low = limit / 4096
  if (!holds(low)) return 0
  let high = limit
  while (high / low > 1.01) {
    const middle = Math.sqrt(low * high)
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}
