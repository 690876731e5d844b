// What the planner says of a replica's memory: how it is spread, its parameters, and the plan of one accelerator.

import type { Component, Model } from '../../catalog/index.js'
import type { KvDtype } from './cache-cost.js'
import { kvCost } from './kv-cache.js'
import type { Sharding } from './sharding.js'
import { weightsOf } from './weights.js'

/** How one replica is spread. */
export type Layout = Sharding

export const acceleratorsOf = ({ tensorParallel, pipelineParallel, dataParallel = 1 }: Layout): number =>
  tensorParallel * pipelineParallel * dataParallel

/** One accelerator that holds everything. */
const whole: Layout = { tensorParallel: 1, pipelineParallel: 1 }

/** Parameters in billions: those of the experts, of the two embedding tables, and the rest. */
export interface ParameterSplit {
  readonly experts: number
  readonly embeddings: number
  readonly dense: number
  readonly active: number
}

/**
 * The parameters of a model, those of a vision tower and of everything that is neither expert nor embedding in `dense`.
 * @returns null when the catalogue does not know how many parameters it has
 */
export const splitParameters = (model: Model): ParameterSplit | null => {
  if (model.parametersB === null) return null
  const { byComponent } = weightsOf(model, { sharding: whole, precision: 'bf16' })
  const billions = (component: Component) => (byComponent[component] ?? 0) / 2e9
  const experts = billions('experts')
  const embeddings = billions('embeddings') + billions('head')
  return {
    experts,
    embeddings,
    dense: model.parametersB - experts - embeddings,
    active: model.activeParametersB ?? model.parametersB,
  }
}

/** KV bytes of one sequence of `tokens` over the whole replica. */
export const kvBytesOfSequence = (model: Model, tokens: number, dtype: KvDtype = 'auto'): number =>
  kvCost(model, { sharding: whole, dtype }).bytesOf(tokens)

/** The memory of one accelerator of a replica, by the engine's own rules, under the settings it is started with. */
export interface MemoryPlan {
  /** What the driver reports as total. */
  readonly totalGiB: number
  readonly weightsGiB: number
  /** Set aside for the widest step. */
  readonly stepGiB: number
  /** Context, runtime and reserved graphs, as far as the engine's budget counts them. */
  readonly heldGiB: number
  /** Left for the KV cache; negative when the weights do not fit. */
  readonly kvPoolGiB: number
  /** Of the pool, what a sequence of the mean length takes. */
  readonly kvGiBPerSequence: number
  /** Of the whole replica. */
  readonly maxSequences: number
  readonly settings: PlannedSettings
}

/** What a launch command sets, so that the engine lays its memory out as planned. */
export interface PlannedSettings {
  /** Share of the memory that the engine plans with. */
  readonly utilisation: number
  /** Tokens of one step. */
  readonly maxBatchedTokens: number
  /** Of one attention group. */
  readonly maxSequences: number
  /** What the engine would run at most, whatever its cache holds. */
  readonly sequencesLimit: number
  /** Longest request, tokens. */
  readonly maxModelLen: number
}
