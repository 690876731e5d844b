// Small models on the accelerators of the chat model: memory and time add up. Interference is assumed to be time slicing:
// while a small model computes, the chat model waits, so each of its steps lasts 1 / (1 - share) as long; that both
// also read the same memory at once is not in it.

import type { Accelerator } from '../../catalog/index.js'
import { tokensPerSecondOfAccelerator } from '../cost/encoder.js'
import type { StepModel } from '../speed/roofline.js'
import type { Stage, StageId } from './stages.js'

export interface Packing {
  readonly stages: readonly StageId[]
  /** On each accelerator of a replica, GiB. */
  readonly memoryGiB: number
  /** Shares of an accelerator's memory, as vLLM takes them (`--gpu-memory-utilization`): of each stage ... */
  readonly shares: Readonly<Partial<Record<StageId, number>>>
  /** ... and of the chat model; together what it would take alone. */
  readonly chatShare: number
  /** Of the time of a replica at the peak. */
  readonly timeShare: number
  /** What they would cost on hardware of their own. */
  readonly savedUsdPerMonth: number
}

/** Above this share a card of their own is the better neighbour: assumed. */
const mostShare = 0.5

/**
 * All stages beside the chat model of each replica.
 * @param replicas of one region that share the peak
 * @returns null when there is nothing to pack, the chip's rate is unknown, or they would take half of its time
 */
export const packStages = (
  stages: readonly Stage[],
  options: {
    readonly accelerator: Accelerator
    /** Of the accelerator, GiB. */
    readonly totalGiB: number
    /** What the chat model's engine would take alone. */
    readonly utilisation: number
    readonly replicas: number
    readonly efficiency: number
  },
): Packing | null => {
  const { accelerator, totalGiB, utilisation, replicas, efficiency } = options
  if (stages.length === 0) return null
  let timeShare = 0
  for (const { parametersB, tokensPerSecond } of stages) {
    const speed = tokensPerSecondOfAccelerator(parametersB, accelerator, efficiency)
    if (speed === null) return null
    timeShare += tokensPerSecond / speed / replicas
  }
  if (timeShare >= mostShare) return null
  const thousandths = stages.map(({ memoryGiB }) => Math.ceil((memoryGiB / totalGiB) * 1000))
  const left = Math.floor(utilisation * 1000 + 1e-6) - thousandths.reduce((sum, one) => sum + one, 0)
  if (left <= 0) return null
  return {
    stages: stages.map(({ id }) => id),
    shares: Object.fromEntries(stages.map(({ id }, i) => [id, (thousandths[i] ?? 0) / 1000])),
    chatShare: left / 1000,
    memoryGiB: stages.reduce((sum, { memoryGiB }) => sum + memoryGiB, 0),
    timeShare,
    savedUsdPerMonth: stages.reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0),
  }
}

/** A step model beside others that hold its accelerators for a share of the time. */
export const sharedSteps = (steps: StepModel, { timeShare }: Packing): StepModel => {
  const slower = 1 / (1 - timeShare)
  return {
    ...steps,
    decodeAt: (context) => {
      const alone = steps.decodeAt(context)
      return (batch) => alone(batch) * slower
    },
    prefillMs: (tokens, cached) => steps.prefillMs(tokens, cached) * slower,
  }
}
