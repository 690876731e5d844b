// The lines of a self-hosted candidate's bill, and the share of its answers that is good, hour by hour of the week.

import { goodShare, type TimedTarget } from '../cost/good-share.js'
import { type ServingCost, type ServingOrder, servingLines } from '../cost/self-hosted-cost.js'
import type { ServingDetail } from '../cost/serving-detail.js'
import { steadyState } from '../speed/serving.js'
import type { DesignContext, ResolvedTarget } from './design-context.js'
import { isOfSystem, metricOf, type Server, type Sizing } from './sizing.js'
import { meets, wantsMore } from './target.js'

interface Sized {
  readonly server: Server
  readonly sizing: Sizing
  readonly context: DesignContext
}

export const billOf = (sized: Sized, cost: ServingCost, order: ServingOrder): ServingDetail => {
  const { targets, workload } = sized.context
  const timed = targets.filter((target) => !target.cold && !isOfSystem(target))
  return {
    lines: servingLines(order, cost),
    goodShare: goodShare(
      timed.map((target) => timedTarget(sized, target)),
      workload.weekCurve,
    ),
    serving: { order, cost, inFlight: inFlightOf(sized) },
  }
}

/**
 * Little's law for all that comes before the second token: work of the server, the rest of the step under way, the
 * wait, the prompt, and the step that it joins. What decodes is known.
 */
const inFlightOf = ({ server: { warm }, sizing: { replicas }, context }: Sized): number => {
  const rate = context.enginePeak / replicas
  const state = steadyState(warm, rate)
  if (!state) return 0
  const { requestOverheadMs } = warm.replica.steps
  const firstMs = requestOverheadMs + 1.5 * state.stepMs + state.waiting.mean + warm.prefill.mean
  return replicas * (state.running + (rate * firstMs) / 1000)
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
