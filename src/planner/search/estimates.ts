// What a number of replicas promises: each metric with the range that four in five deployments should fall into.

import { largestRate } from '../speed/serving.js'
import { bandOf } from './band-of.js'
import { type DesignContext, peakTarget, type ResolvedTarget } from './design-context.js'
import type { Candidate, Estimate, TargetEstimate } from './report.js'
import { idleRate, isOfSystem, metricOf, type Server, type Sizing } from './sizing.js'
import { meets, wantsMore } from './target.js'

interface Sized {
  readonly server: Server
  readonly sizing: Sizing
  readonly context: DesignContext
}

/** Whether the middle and the bad end of a prediction meet a target. */
export const judge = ({ target, limit }: ResolvedTarget, estimate: Estimate): TargetEstimate['met'] => {
  if (!meets(target, limit, estimate.value)) return 'no'
  const bad = wantsMore(target.metric) ? estimate.low : estimate.high
  return meets(target, limit, bad) ? 'likely' : 'possible'
}

export const estimateTarget = (sized: Sized, resolved: ResolvedTarget): TargetEstimate => {
  const { id, metric, percentile, op } = resolved.target
  const estimate = isOfSystem(resolved)
    ? systemSpeed(sized)
    : rangeOf(sized, resolved, loadOf(sized, resolved))
  const { limit, unit } = resolved
  return { id, metric, percentile, op, limit, unit, estimate, met: judge(resolved, estimate) }
}

/** Of one replica. */
interface Load {
  readonly rate: number
  /** Requests in flight; null = those that run at the rate. */
  readonly inFlight: number | null
}

/** What one replica has to do under the target's load; of a number in flight, the rate that keeps it in flight. */
const loadOf = ({ server, sizing }: Sized, target: ResolvedTarget): Load => {
  const { load, cold } = target
  if ('requestsPerSecond' in load) return { rate: load.requestsPerSecond / sizing.replicas, inFlight: null }
  const median = { ...target, z: 0 }
  const asked = load.concurrency / sizing.replicas
  const inFlight = (rate: number) => {
    const state = server.stateAt(rate, cold)
    return state ? (rate * server.latency(median, state).e2eMs) / 1000 : Number.POSITIVE_INFINITY
  }
  return { rate: largestRate((rate) => inFlight(rate) <= asked, sizing.saturation), inFlight: asked }
}

const rangeOf = ({ server }: Sized, resolved: ResolvedTarget, { rate, inFlight }: Load): Estimate => {
  const state = server.stateAt(rate, resolved.cold) ?? server.stateAt(idleRate, resolved.cold)
  if (!state) return { value: Number.POSITIVE_INFINITY, low: 0, high: Number.POSITIVE_INFINITY }
  const times = server.latency(resolved, state)
  const value = metricOf(resolved, times)
  const { low, high } = bandOf(server.bandsAt(inFlight ?? state.running), resolved, times)
  return wantsMore(resolved.target.metric)
    ? { value, low: value / high, high: value / low }
    : { value, low: value * low, high: value * high }
}

/** Output tokens/s of all replicas of all regions when they are full. */
const systemSpeed = ({ server, context, sizing }: Sized): Estimate => {
  const { regions } = context.requirements.availability
  const value = sizing.saturation * sizing.replicas * regions * context.workload.outputTokens.mean
  const { tpot } = server.bandsAt(server.warm.fullest.running)
  return { value, low: value / tpot.high, high: value / tpot.low }
}

/** 90th percentiles at the peak with warm caches, for the table that compares candidates. */
export const latencyP90 = (sized: Sized): NonNullable<Candidate['latency']> => {
  const load = { rate: sized.context.enginePeak / sized.sizing.replicas, inFlight: null }
  const estimate = (metric: 'ttft' | 'e2e' | 'tpot') =>
    rangeOf(sized, peakTarget(metric, sized.context), load)
  return { ttftP90Ms: estimate('ttft'), e2eP90Ms: estimate('e2e'), tpotP90Ms: estimate('tpot') }
}
