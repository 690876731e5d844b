// A candidate whose prompts and answers run on replicas of their own, out of the one that serves them together.

import { servingLines } from '../cost/self-hosted-cost.js'
import { bandOf } from './band-of.js'
import { type DesignContext, peakTarget, type ResolvedTarget } from './design-context.js'
import { designMessage } from './design-messages.js'
import { type Pools, sizePools } from './disaggregated.js'
import { judge } from './estimates.js'
import { priceCandidate } from './price-candidate.js'
import type { Candidate, Estimate, TargetEstimate } from './report.js'
import type { ServingOption } from './serving-option.js'
import { isOfSystem, metricOf, type Server, type Sizing } from './sizing.js'
import { wantsMore } from './target.js'

interface Together {
  readonly server: Server
  readonly sizing: Sizing
  readonly together: Candidate
}

/** @returns null when separate pools would need as many accelerators or more, or miss what together is met */
export const evaluateDisaggregated = (
  option: ServingOption,
  { server, sizing, together }: Together,
  context: DesignContext,
): Candidate | null => {
  if (together.violations.some(({ constraint }) => constraint !== 'budget.monthlyUsd')) return null
  // Nobody tested the pools: only steps, and the fit knows aggregated serving only.
  const apart = { ...server, bandsAt: server.untestedBandsAt }
  const pools = sizePools(option, { server: apart, together: sizing }, context)
  if (!pools) return null
  const { survivesReplicaLoss, regions } = context.requirements.availability
  const spare = survivesReplicaLoss ? 2 : 0
  const { prefillReplicas, decodeReplicas, kvTransferMs } = pools
  const estimate = (target: ResolvedTarget) => rangeOf(target, pools, { server: apart, context })
  const system = (target: ResolvedTarget) =>
    together.targets.find(({ id }) => id === target.target.id)?.estimate
  const candidate: Candidate = {
    ...together,
    id: `${together.id} pd${prefillReplicas}+${decodeReplicas}`,
    disaggregation: { prefillReplicas, decodeReplicas, kvTransferMs },
    replicas: { serving: prefillReplicas + decodeReplicas, spare, regions },
    latency: {
      ttftP90Ms: estimate(peakTarget('ttft', context)),
      e2eP90Ms: estimate(peakTarget('e2e', context)),
      tpotP90Ms: estimate(peakTarget('tpot', context)),
    },
    targets: context.targets.map((target): TargetEstimate => {
      const { id, metric, percentile, op } = target.target
      const found = (isOfSystem(target) ? system(target) : null) ?? estimate(target)
      const { limit, unit } = target
      return { id, metric, percentile, op, limit, unit, estimate: found, met: judge(target, found) }
    }),
    basis: together.basis === 'assumed' ? 'assumed' : 'similar',
  }
  const { bill: _, ...unbilled } = candidate
  const priced = priceCandidate(option, context, {
    candidate: unbilled,
    pools: [prefillReplicas, decodeReplicas].map((replicas) => ({ load: replicas, replicas })),
    slowness: pools.slowness,
  })
  const judged = withRouter(option, priced.candidate)
  if (!context.itemised) return judged
  const lines = priced.bought.flatMap(({ order, cost }) => servingLines(order, cost))
  // How much of the answers is good is not known for pools hour by hour.
  return { ...judged, bill: { lines, goodShare: null, serving: null } }
}

/**
 * SGLang has a router that sends each request to one replica of each pool. vLLM documents only a proxy out of its tests
 * (docs.vllm.ai, nixl_connector_usage), and the others are planned without separate pools: shown, not chosen.
 */
const withRouter = ({ engine }: ServingOption, candidate: Candidate): Candidate =>
  engine === 'sglang'
    ? candidate
    : {
        ...candidate,
        violations: [
          ...candidate.violations,
          {
            constraint: 'disaggregation',
            reason: designMessage('planner.no-pool-router', { engine }),
            relaxable: false,
          },
        ],
      }

const rangeOf = (
  target: ResolvedTarget,
  pools: Pools,
  { server, context }: { readonly server: Server; readonly context: DesignContext },
): Estimate => {
  const rate = 'requestsPerSecond' in target.load ? target.load.requestsPerSecond : context.enginePeak
  const times = pools.latency(target, rate)
  const running = pools.runningAt(rate)
  if (!times || running === null)
    return { value: Number.POSITIVE_INFINITY, low: 0, high: Number.POSITIVE_INFINITY }
  const value = metricOf(target, times)
  const { low, high } = bandOf(server.bandsAt(running), target, times)
  return wantsMore(target.target.metric)
    ? { value, low: value / high, high: value / low }
    : { value, low: value * low, high: value * high }
}
