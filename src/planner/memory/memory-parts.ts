// Weights and KV cost of a search, each worked out once: the same model in the same precision and layout stands on many
// cards and engines. Knows no budget.

import type { Model, Precision } from '../../catalog/index.js'
import type { KvDtype } from './cache-cost.js'
import { type KvCost, kvCost } from './kv-cache.js'
import type { Sharding } from './sharding.js'
import { weightsOf } from './weights.js'

export interface MemoryParts {
  /** Bytes on the fullest accelerator. */
  weightBytes(model: Model, precision: Precision, layout: Sharding): number
  kvCost(model: Model, layout: Sharding, dtype: KvDtype): KvCost
}

/** Keeps what it works out for as long as it lives. */
export const createMemoryParts = (): MemoryParts => {
  const weights = new Map<string, number>()
  const costs = new Map<string, KvCost>()
  return {
    weightBytes: (model, precision, layout) =>
      kept(
        weights,
        `${model.name} ${precision} ${keyOf(layout)}`,
        () => weightsOf(model, { sharding: layout, precision }).perAccelerator,
      ),
    kvCost: (model, layout, dtype) =>
      kept(costs, `${model.name} ${dtype} ${keyOf(layout)}`, () =>
        kvCost(model, { sharding: layout, dtype }),
      ),
  }
}

const keyOf = ({
  tensorParallel,
  pipelineParallel,
  dataParallel,
  expertParallel,
  decodeContextParallel,
}: Sharding) =>
  [tensorParallel, pipelineParallel, dataParallel, expertParallel, decodeContextParallel].join(' ')

const kept = <T>(known: Map<string, T>, key: string, make: () => T): T => {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  known.set(key, made)
  return made
}
