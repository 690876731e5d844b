// The lines of a self-hosted candidate's bill, and the share of its answers that is good, hour by hour of the week.

import { goodShare, type TimedTarget } from '../cost/good-share.js'
import { type ServingCost, type ServingOrder, servingLines } from '../cost/self-hosted-cost.js'
import type { ReplicaStay, ServingDetail } from '../cost/serving-detail.js'
import { type PreparedReplica, steadyState } from '../speed/serving.js'
import type { DesignContext, ResolvedTarget } from './design-context.js'
import { idleRate, isOfSystem, largestPeakRate, metricOf, type Server, type Sizing } from './sizing.js'
import { meets, wantsMore } from './target.js'

interface Sized {
  readonly server: Server
  readonly sizing: Sizing
  readonly context: DesignContext
}

/** The largest rate is known to be held; a hair less is held whatever is rounded. */
const justBelow = 0.999

export const billOf = (sized: Sized, cost: ServingCost, order: ServingOrder): ServingDetail => {
  const { targets, workload } = sized.context
  const timed = targets.filter((target) => !target.cold && !isOfSystem(target))
  return {
    lines: servingLines(order, cost),
    goodShare: goodShare(
      timed.map((target) => timedTarget(sized, target)),
      workload.weekCurve,
    ),
    serving: { order, cost, stay: stayOf(sized) },
  }
}

/** At the largest rate that the targets allow, though the peak be less, and at none. */
const stayOf = ({ server, sizing: { load, saturation }, context }: Sized): ReplicaStay => {
  const { warm } = server
  const most = load > 1 ? context.enginePeak / load : largestPeakRate(server, context, saturation)
  const full = most * justBelow
  const fullInFlight = inFlightAt(warm, full)
  return {
    idleSeconds: inFlightAt(warm, idleRate) / idleRate,
    fullSeconds: fullInFlight / full,
    fullInFlight,
  }
}

/**
 * Little's law for all that comes before the second token: work of the server, the rest of the step under way, the
 * wait, the prompt, and the step that it joins. What decodes is known.
 */
const inFlightAt = (warm: PreparedReplica, requestsPerSecond: number): number => {
  const state = steadyState(warm, requestsPerSecond)
  if (!state) return 0
  const { requestOverheadMs } = warm.replica.steps
  const firstMs = requestOverheadMs + 1.5 * state.stepMs + state.waiting.mean + warm.prefill.mean
  return state.running + (requestsPerSecond * firstMs) / 1000
}

const timedTarget = ({ server, sizing, context }: Sized, target: ResolvedTarget): TimedTarget => ({
  meets: (value) => meets(target.target, target.limit, value),
  valueAt: (load, z) => {
    const running = Math.min(sizing.replicas, Math.max(1, Math.ceil(load * sizing.load - 1e-9)))
    const state = steadyState(server.warm, (load * context.enginePeak) / running)
    if (state) return metricOf(target, server.latency({ ...target, z }, state))
    return wantsMore(target.target.metric) ? 0 : Number.POSITIVE_INFINITY
  },
})
