// How many replicas meet the targets. Knows no price.

import type { ErrorBand } from '../speed/coefficients.js'
import {
  type Latency,
  largestRate,
  latencyAt,
  type PreparedReplica,
  prepareReplica,
  prepareRequest,
  type Replica,
  type SteadyState,
  steadyState,
} from '../speed/serving.js'
import { type DesignContext, type ResolvedTarget, trafficOf } from './design-context.js'
import { meets } from './target.js'

/** A replica with its caches warm and cold, and how far off its predictions may be. */
export interface Server {
  readonly warm: PreparedReplica
  readonly cold: PreparedReplica
  readonly bands: { readonly tpot: ErrorBand; readonly ttft: ErrorBand }
  /** The same as if it had never been load tested. */
  readonly untestedBands: Server['bands']
  /** Times of a request of the target at a steady state. */
  latency(target: ResolvedTarget, state: SteadyState): Latency
}

export const createServer = (
  replica: Replica,
  bands: Server['bands'],
  { workload, targets, platformMs }: DesignContext,
): Server => {
  const warm = prepareReplica(replica, trafficOf(workload, false))
  const needsCold = targets.some(({ cold }) => cold)
  const cold = needsCold ? prepareReplica(replica, trafficOf(workload, true)) : warm
  const known = new Map(
    targets.map((target) => [target, prepareRequest(target.cold ? cold : warm, target.lengths)]),
  )
  return {
    warm,
    cold,
    bands,
    untestedBands: bands,
    latency: (target, state) => {
      const of = target.cold ? cold : warm
      const request = known.get(target) ?? prepareRequest(of, target.lengths)
      return latencyAt(of, state, { z: target.z, request, platformMs })
    },
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
 * the prediction's range: a replica must stay stable when every step takes as long as nine in ten runs stay below.
 * @returns null when not even one sequence can run
 */
export const sizeReplicas = (server: Server, context: DesignContext): Sizing | null => {
  const { enginePeak, requirements } = context
  const within = targetsWithinReach(server, context)
  const atPeak = within.filter((target) => !target.cold && rateOf(target) >= enginePeak)
  const ratePerReplica = largestStableRate(server, atPeak, enginePeak)
  if (ratePerReplica === 0) return null
  const needed = within
    .filter((target) => !atPeak.includes(target))
    .map((target) => {
      const rate = rateOf(target)
      const one = largestStableRate(server, [target], rate)
      return one === 0 ? 1 : rate / one
    })
  const load = atLeast(Math.max(enginePeak / ratePerReplica, ...needed), context)
  return {
    replicas: Math.max(requirements.availability.minReplicas, Math.ceil(load - 1e-9)),
    load,
    saturation: largestRate((rate) => steadyState(server.warm, rate) !== null, 64 * enginePeak),
  }
}

/** What a simulation asks for is asked for whole replicas: none of them may get more than it was simulated with. */
const atLeast = (load: number, { replicaFactor, requirements }: DesignContext): number =>
  replicaFactor === 1
    ? load
    : replicaFactor * Math.max(requirements.availability.minReplicas, Math.ceil(load - 1e-9))

/** Targets on a rate that one idle replica meets; the others no number of replicas will. */
const targetsWithinReach = (server: Server, { targets, ignored }: DesignContext) => {
  const idle = { warm: steadyState(server.warm, idleRate), cold: steadyState(server.cold, idleRate) }
  return targets.filter((target) => {
    const state = target.cold ? idle.cold : idle.warm
    if (!state || isOfSystem(target) || ignored.includes(target.target.id)) return false
    return 'requestsPerSecond' in target.load && isMet(server, target, state)
  })
}

/** The largest rate at which a group of targets of one cache state is met, and the replica stays stable if slow. */
const largestStableRate = (server: Server, group: readonly ResolvedTarget[], limit: number): number => {
  const replica = group.some(({ cold }) => cold) ? server.cold : server.warm
  return largestRate((rate) => {
    if (!steadyState(replica, rate, server.bands.tpot.high)) return false
    const state = steadyState(replica, rate)
    return state !== null && group.every((target) => isMet(server, target, state))
  }, limit)
}

const rateOf = ({ load }: ResolvedTarget) => ('requestsPerSecond' in load ? load.requestsPerSecond : 0)

const isMet = (server: Server, target: ResolvedTarget, state: SteadyState): boolean =>
  meets(target.target, target.limit, metricOf(target, server.latency(target, state)))

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
