// One way to start the engine: the memory it leaves and the cache in it, for a longest request.

import { type EngineMemory, engineMemory } from '../memory/engine-memory.js'
import { createMemoryParts, type MemoryParts } from '../memory/memory-parts.js'
import type { Sharding } from '../memory/sharding.js'
import { adapterBytes } from './adapter-bytes.js'
import { type CachePool, cachePool } from './cache-pool.js'
import type { FitRequest } from './fit-request.js'
import { draftCost } from './speculation.js'

export interface Start {
  readonly maxModelLen: number
  readonly memory: EngineMemory
  readonly pool: CachePool
  /** The asker sets the cache's size, not the engine. */
  readonly isFixed: boolean
}

export const shardingOf = (request: FitRequest): Sharding => ({
  tensorParallel: request.tensorParallel,
  pipelineParallel: request.pipelineParallel,
  ...(request.model.experts > 0
    ? { dataParallel: request.dataParallel, expertParallel: request.expertParallel }
    : {}),
  decodeContextParallel: request.decodeContextParallel,
})

/** @param parts what was worked out before; default: all of it anew */
export const startAt = (
  request: FitRequest,
  sharding: Sharding,
  maxModelLen: number,
  parts: MemoryParts = createMemoryParts(),
): Start => {
  const draft = draftCost(request.model, request.speculation, request.tensorParallel)
  const options = {
    engine: request.engine,
    version: request.engineVersion,
    card: request.card,
    sharding,
    precision: request.precision,
    maxModelLen,
    utilisation: request.gpuMemoryUtilization,
    maxBatchedTokens: request.maxNumBatchedTokens,
    maxSequences: request.maxNumSeqs,
    chunkedPrefill: request.chunkedPrefill,
    enforceEager: request.enforceEager,
    vision: !request.languageModelOnly,
    extraBytes: draft.bytes + adapterBytes(request.model, request),
    prediction: draft.prediction,
    kvCacheBytes: request.kvCacheMemoryBytes,
  }
  const memory = engineMemory(request.model, options, parts)
  const pool = cachePool(request, { memory, sharding, draftLayers: draft.layers, parts })
  return { maxModelLen, memory, pool, isFixed: request.kvCacheMemoryBytes !== undefined }
}
