// Prompts on replicas of their own, answers on others, the KV cache sent between them. Both pools are sized apart.
// It is looked at only where it can be cheaper: each pool needs a replica, and a spare where one may fail.

import { kvBytesOfSequence } from '../memory/memory.js'
import { waitingTime } from '../speed/queueing.js'
import { keepsUp, type Latency, largestRate, type SteadyState, steadyState } from '../speed/serving.js'
import type { DesignContext, ResolvedTarget } from './design-context.js'
import type { Disaggregation } from './report.js'
import type { ServingOption } from './serving-option.js'
import { isOfSystem, metricOf, type Server, type Sizing, stableState } from './sizing.js'
import { meets } from './target.js'

/** GB/s of a link between machines whose speed the catalogue does not know: 100 Gb/s, assumed. */
const assumedNetworkGBps = 12.5

export interface Pools extends Disaggregation {
  /** Times of a request of a target with both pools at the peak; null when they cannot keep up. */
  latency(target: ResolvedTarget, rate: number): Latency | null
  /** Sequences that one replica of the decode pool runs; null when it cannot keep up. */
  runningAt(rate: number): number | null
  /** By what factor the middle of the prediction is faster than what was planned on. */
  readonly slowness: number
}

/** Time that the cache of a mean prompt takes from one replica to another, each accelerator sending its part. */
export const kvTransferMs = (
  { model, supply, kvDtype, layout }: ServingOption,
  { workload }: DesignContext,
): number => {
  const bytes = kvBytesOfSequence(model, workload.inputTokens.mean, kvDtype)
  const senders = model.attention === 'mla' ? 1 : Math.min(layout.tensorParallel, model.kvHeads)
  const link = supply.accelerator.networkGBps ?? assumedNetworkGBps
  return bytes / (senders * layout.pipelineParallel * link * 1e6)
}

/**
 * The fewest replicas of both pools that meet every target on a rate, no more in all than serve it together.
 * @param together replicas that read prompts and write answers alike
 * @returns null when separate pools need as many replicas or more, spares counted
 */
export const sizePools = (
  option: ServingOption,
  options: { readonly server: Server; readonly together: Sizing },
  context: DesignContext,
): Pools | null => {
  const { server, together } = options
  const spare = context.requirements.availability.survivesReplicaLoss ? 1 : 0
  const most = together.replicas - spare
  if (most < 2 || !context.targets.some(({ target }) => target.metric !== 'systemOutputTokensPerSecond'))
    return null
  const transferMs = kvTransferMs(option, context)
  const pools = createPools(server, transferMs, context)
  if (!pools.canHold(most)) return null
  const least = pools.least()
  if (!least) return null
  let { prefill, decode } = least
  const targets = context.targets.filter((target) => !isOfSystem(target))
  const first = targets.filter(({ target }) => target.metric === 'ttft')
  const others = targets.filter(({ target }) => target.metric !== 'ttft')
  while (prefill + decode <= most) {
    const at = pools.at(prefill, decode)
    const isMissed = (target: ResolvedTarget) => {
      if (!('requestsPerSecond' in target.load)) return false
      const times = at.latency(target, target.load.requestsPerSecond)
      return !times || !meets(target.target, target.limit, metricOf(target, times))
    }
    if (first.some(isMissed)) prefill++
    else if (others.some(isMissed)) decode++
    else return at
  }
  return null
}

const createPools = (server: Server, transferMs: number, context: DesignContext) => {
  const { enginePeak } = context
  const { warm, bandsAt } = server
  const decoder = {
    ...warm,
    prefill: { mean: 0, second: 0, third: 0, variance: 0 },
    replica: { ...warm.replica, steps: { ...warm.replica.steps, interference: 0 } },
  }
  const known = new Map<number, SteadyState | null>()
  const writingAt = (rate: number): SteadyState | null => {
    const found = known.get(rate)
    if (found !== undefined) return found
    const made = steadyState(decoder, rate)
    known.set(rate, made)
    return made
  }
  const slownessAt = (rate: number) => bandsAt((writingAt(rate) ?? warm.fullest).running).tpot.high
  return {
    /** Whether so many replicas are enough to keep both stable at the middle of the prediction: for less than `least`. */
    canHold: (replicas: number): boolean => {
      const prefill = Math.floor((enginePeak * warm.prefill.mean) / 1000) + 1
      return prefill < replicas && keepsUp(decoder, enginePeak / (replicas - prefill))
    },
    /** What keeps both stable at the slow end. */
    least: () => {
      const rate = largestRate(
        (each) => stableState(decoder, each, { stateAt: writingAt, bandsAt }) !== null,
        enginePeak,
      )
      if (rate === 0) return null
      const prefill = Math.floor((enginePeak * warm.prefill.mean * slownessAt(rate)) / 1000) + 1
      return { prefill, decode: Math.ceil(enginePeak / rate - 1e-9) }
    },
    at: (prefillReplicas: number, decodeReplicas: number): Pools => ({
      prefillReplicas,
      decodeReplicas,
      kvTransferMs: transferMs,
      latency: (target, rate) => {
        const of = target.cold ? server.cold : warm
        const queue = waitingTime(rate / prefillReplicas / 1000, of.prefill)
        const writing = writingAt(rate / decodeReplicas)
        if (!queue || !writing) return null
        return server.latency(target, { ...writing, waiting: queue }, transferMs)
      },
      runningAt: (rate) => writingAt(rate / decodeReplicas)?.running ?? null,
      slowness: slownessAt(enginePeak / decodeReplicas),
    }),
  }
}
