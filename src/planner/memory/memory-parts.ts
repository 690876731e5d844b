// Parts of memory plans, each worked out once: the same model in the same precision and layout stands on many cards and
// engines. Knows no budget.

import type { Model } from '../../catalog/index.js'
import type { BlockOptions, BlockPlan } from './block-plan.js'
import type { KvDtype } from './cache-cost.js'
import { planBlocks } from './engine-blocks.js'
import { type KvCost, kvCost } from './kv-cache.js'
import type { Sharding } from './sharding.js'
import { type WeightBytes, type WeightOptions, weightsOf } from './weights.js'

export interface MemoryParts {
  weights(model: Model, options: Omit<WeightOptions, 'stage'>): WeightBytes
  kvCost(model: Model, layout: Sharding, dtype: KvDtype): KvCost
  blocks(model: Model, options: BlockOptions): BlockPlan
}

/** Keeps what it works out for as long as it lives. */
export const createMemoryParts = (): MemoryParts => {
  const weights = new Map<string, WeightBytes>()
  const costs = new Map<string, KvCost>()
  const plans = new Map<string, BlockPlan>()
  return {
    weights: (model, options) => kept(weights, keyOf(model, options), () => weightsOf(model, options)),
    kvCost: (model, sharding, dtype) =>
      kept(costs, keyOf(model, { sharding, dtype }), () => kvCost(model, { sharding, dtype })),
    blocks: (model, options) => kept(plans, keyOf(model, options), () => planBlocks(model, options)),
  }
}

const keyOf = <Options extends { readonly sharding: Sharding }>(
  { name }: Model,
  { sharding, ...options }: Options,
): string => {
  const { tensorParallel, pipelineParallel, dataParallel, expertParallel, decodeContextParallel } = sharding
  const layout = [tensorParallel, pipelineParallel, dataParallel, expertParallel, decodeContextParallel]
  return `${name} ${layout.join(' ')} ${Object.values(options).join(' ')}`
}

const kept = <T>(known: Map<string, T>, key: string, make: () => T): T => {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  known.set(key, made)
  return made
}
