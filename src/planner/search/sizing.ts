// How many replicas meet the targets. Knows no price.

import {
  keepsUp,
  type Latency,
  largestRate,
  latencyAt,
  type PreparedReplica,
  type PreparedRequest,
  prepareReplica,
  prepareRequest,
  type Replica,
  type SteadyState,
  steadyState,
} from '../speed/serving.js'
import { bandOf } from './band-of.js'
import type { BandsAt, Ranges } from './bands-at.js'
import { type DesignContext, type ResolvedTarget, trafficOf } from './design-context.js'
import { meets, wantsMore } from './target.js'

/** A replica with its caches warm and cold, and how far off its predictions may be. */
export interface Server extends Ranges {
  readonly warm: PreparedReplica
  readonly cold: PreparedReplica
  /** At a rate with warm or cold caches; null when it does not keep up. */
  stateAt(requestsPerSecond: number, cold: boolean): SteadyState | null
  /**
   * Times of a request of the target at a steady state.
   * @param extraMs before the engine is asked, beside what the platform takes
   */
  latency(target: ResolvedTarget, state: SteadyState, extraMs?: number): Latency
}

export const createServer = (
  replica: Replica,
  ranges: Ranges,
  { workload, targets, platformMs }: DesignContext,
): Server => {
  const warm = prepareReplica(replica, trafficOf(workload, false))
  const needsCold = targets.some(({ cold }) => cold)
  const cold = needsCold ? prepareReplica(replica, trafficOf(workload, true)) : warm
  return {
    warm,
    cold,
    ...ranges,
    stateAt: createStateAt({ warm, cold }),
    latency: createLatency({ warm, cold }, platformMs),
  }
}

type Replicas = Pick<Server, 'warm' | 'cold'>

/** Remembers requests by their lengths, and the last times: first tokens and whole answers of a load are asked together. */
const createLatency = ({ warm, cold }: Replicas, platformMs: number): Server['latency'] => {
  const known: {
    readonly of: PreparedReplica
    readonly lengths: Lengths
    readonly request: PreparedRequest
  }[] = []
  const requestOf = (of: PreparedReplica, lengths: Lengths): PreparedRequest => {
    for (const each of known) if (each.of === of && isSame(each.lengths, lengths)) return each.request
    const request = prepareRequest(of, lengths)
    known.push({ of, lengths, request })
    return request
  }
  let last: Told | null = null
  return ({ z, cold: isCold, lengths }, state, extraMs = 0) => {
    const of = isCold ? cold : warm
    const request = requestOf(of, lengths)
    if (last?.state !== state || last.request !== request || last.z !== z || last.extraMs !== extraMs) {
      const times = latencyAt(of, state, { z, request, platformMs: platformMs + extraMs })
      last = { state, request, z, extraMs, times }
    }
    return last.times
  }
}

type Lengths = ResolvedTarget['lengths']

const isSame = (a: Lengths, b: Lengths): boolean =>
  a.inputTokens === b.inputTokens && a.outputTokens === b.outputTokens

interface Told {
  readonly state: SteadyState
  readonly request: PreparedRequest
  readonly z: number
  readonly extraMs: number
  readonly times: Latency
}

interface Asked {
  readonly of: PreparedReplica
  readonly rate: number
  readonly state: SteadyState | null
}

/** Remembers the last answer: every target of a load asks for the same. */
const createStateAt = ({ warm, cold }: Replicas): Server['stateAt'] => {
  let last: Asked | null = null
  return (rate, isCold) => {
    const of = isCold ? cold : warm
    if (last?.of !== of || last.rate !== rate) last = { of, rate, state: steadyState(of, rate) }
    return last.state
  }
}

export interface Sizing {
  /** Replicas in one region. */
  readonly replicas: number
  /** The peak's share of what one replica carries under the strictest of the targets: `replicas` before rounding up. */
  readonly load: number
  /** Rate at which one replica saturates, requests/s. */
  readonly saturation: number
}

/** A request every twelve days: what a replica does with nothing else to do. */
export const idleRate = 1e-6

export const isOfSystem = ({ target }: ResolvedTarget): boolean =>
  target.metric === 'systemOutputTokensPerSecond'

/**
 * The fewest replicas that meet every target within reach of one idle replica. Capacity is planned on the bad end of
 * the prediction's range at the replica's load, below which nine in ten runs stay: it must be stable when every step
 * takes that long, and meet its targets there, where an idle one does; the others are met by the middle.
 * @returns null when not even one sequence can run
 */
export const sizeReplicas = (server: Server, context: DesignContext): Sizing | null => {
  const { enginePeak, requirements } = context
  const within = targetsWithinReach(server, context)
  const atPeak = within.filter((planned) => isAtPeak(planned, context))
  const ratePerReplica = largestStableRate(server, atPeak, enginePeak)
  if (ratePerReplica === 0) return null
  const needed = within
    .filter((planned) => !atPeak.includes(planned))
    .map((planned) => {
      const rate = rateOf(planned.target)
      const one = largestStableRate(server, [planned], rate)
      return one === 0 ? 1 : rate / one
    })
  const load = atLeast(Math.max(enginePeak / ratePerReplica, ...needed), context)
  return {
    replicas: Math.max(requirements.availability.minReplicas, Math.ceil(load - 1e-9)),
    load,
    saturation: largestRate((rate) => keepsUp(server.warm, rate), 64 * enginePeak),
  }
}

const isAtPeak = ({ target }: PlannedTarget, { enginePeak }: DesignContext): boolean =>
  !target.cold && rateOf(target) >= enginePeak

/** What one replica carries under the targets of the peak, up to a limit that may be above it, requests/s. */
export const largestPeakRate = (server: Server, context: DesignContext, limit: number): number =>
  largestStableRate(
    server,
    targetsWithinReach(server, context).filter((planned) => isAtPeak(planned, context)),
    limit,
  )

/** What a simulation asks for is asked for whole replicas: none of them may get more than it was simulated with. */
const atLeast = (load: number, { replicaFactor, requirements }: DesignContext): number =>
  replicaFactor === 1
    ? load
    : replicaFactor * Math.max(requirements.availability.minReplicas, Math.ceil(load - 1e-9))
interface PlannedTarget {
  readonly target: ResolvedTarget
  /** The end of the prediction that has to meet it. */
  readonly by: 'bad-end' | 'middle'
}

/** Targets on a rate that one idle replica meets; the others no number of replicas will. */
const targetsWithinReach = (server: Server, { targets, ignored }: DesignContext) => {
  const idle = { warm: server.stateAt(idleRate, false), cold: server.stateAt(idleRate, true) }
  return targets.flatMap((target): PlannedTarget[] => {
    const state = target.cold ? idle.cold : idle.warm
    if (!state || isOfSystem(target) || ignored.includes(target.target.id)) return []
    if (!('requestsPerSecond' in target.load)) return []
    if (isMet(server, { target, by: 'bad-end' }, state)) return [{ target, by: 'bad-end' }]
    return isMet(server, { target, by: 'middle' }, state) ? [{ target, by: 'middle' }] : []
  })
}

/** The largest rate at which a group of targets of one cache state is met, and the replica stays stable if slow. */
const largestStableRate = (server: Server, group: readonly PlannedTarget[], limit: number): number => {
  const cold = group.some(({ target }) => target.cold)
  const replica = cold ? server.cold : server.warm
  return largestRate((rate) => {
    const state = stableState(replica, rate, {
      stateAt: (each) => server.stateAt(each, cold),
      bandsAt: server.bandsAt,
    })
    return state !== null && group.every((planned) => isMet(server, planned, state))
  }, limit)
}

/** The state at a rate, where the replica also keeps up when every step takes as long as at the bad end of the range. */
export const stableState = (
  replica: PreparedReplica,
  rate: number,
  { stateAt, bandsAt }: { stateAt(rate: number): SteadyState | null; readonly bandsAt: BandsAt },
): SteadyState | null => {
  const state = keepsUp(replica, rate) ? stateAt(rate) : null
  return state && keepsUp(replica, rate, bandsAt(state.running).tpot.high) ? state : null
}

/** By what factor the middle of the prediction at a rate is faster than the end that capacity is planned on. */
export const peakSlowness = ({ stateAt, bandsAt, warm }: Server, rate: number): number =>
  bandsAt((stateAt(rate, false) ?? warm.fullest).running).tpot.high

const rateOf = ({ load }: ResolvedTarget) => ('requestsPerSecond' in load ? load.requestsPerSecond : 0)

const isMet = (server: Server, { target, by }: PlannedTarget, state: SteadyState): boolean => {
  const times = server.latency(target, state)
  const value = metricOf(target, times)
  const { high } = by === 'bad-end' ? bandOf(server.bandsAt(state.running), target, times) : { high: 1 }
  return meets(target.target, target.limit, wantsMore(target.target.metric) ? value / high : value * high)
}

/** The target's own metric out of the three times, in its unit. */
export const metricOf = ({ target: { metric } }: ResolvedTarget, times: Latency): number => {
  switch (metric) {
    case 'ttft':
      return times.ttftMs
    case 'e2e':
      return times.e2eMs
    case 'tpot':
      return times.tpotMs
    default:
      return 1000 / times.tpotMs
  }
}
