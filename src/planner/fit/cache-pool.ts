// The cache that an engine lays out in what its budget leaves: tokens as it prints them, and what requests take of it.

import type { BlockPlan } from '../memory/block-plan.js'
import type { EngineMemory } from '../memory/engine-memory.js'
import { type KvCost, kvCost } from '../memory/kv-cache.js'
import type { MemoryParts } from '../memory/memory-parts.js'
import type { Sharding } from '../memory/sharding.js'
import type { FitRequest } from './fit-request.js'
import { cachedModel } from './latent-heads.js'

export interface CachePool {
  /** Tokens as the start-up log prints them. */
  printedTokens(maxModelLen: number): number
  /** Requests of this length that are held at once; a fraction. */
  concurrencyAt(tokens: number): number
  /** Bytes on each accelerator that one request of this length takes. */
  bytesOf(tokens: number): number
  readonly bytes: number
  /** Blocks of which each running sequence takes one for its state; null = no layer keeps a state, or no blocks. */
  readonly stateBlocks: number | null
}

interface PoolFacts {
  readonly memory: EngineMemory
  readonly sharding: Sharding
  readonly draftLayers: number
  readonly parts: MemoryParts
}

export const cachePool = (request: FitRequest, facts: PoolFacts): CachePool => {
  const bytes = Math.max(0, facts.memory.kvBytes)
  if (request.engine === 'vllm') return blockPool(bytes, planOf(request, facts), enginesOf(request, facts))
  const kept = cachedModel(request)
  const cost =
    kept === request.model
      ? facts.parts.kvCost(kept, facts.sharding, request.kvDtype)
      : kvCost(kept, { sharding: facts.sharding, dtype: request.kvDtype })
  return request.engine === 'sglang' ? sglangPool(bytes, cost) : plainPool(bytes, cost)
}

const planOf = (request: FitRequest, { memory, sharding, draftLayers, parts }: PoolFacts): BlockPlan =>
  parts.blocks(request.model, {
    sharding,
    dtype: request.kvDtype,
    version: memory.version,
    isV0: memory.isV0,
    blockTokens: request.blockSize ?? 16,
    maxBatchedTokens: memory.settings.maxBatchedTokens,
    prefixCaching: request.prefixCaching,
    draftedTokens: request.speculation && draftLayers > 0 ? request.speculation.tokens : 0,
    draftLayers,
  })

/**
 * V0 had as many schedulers as stages, and a request only its scheduler's blocks: `max_seq_len = block_size *
 * (num_gpu_blocks // pipeline_parallel_size)` in `raise_if_cache_size_invalid`, vllm/worker/worker.py.
 */
const enginesOf = ({ pipelineParallel }: FitRequest, { memory }: PoolFacts): number =>
  memory.isV0 ? pipelineParallel : 1

const blockPool = (bytes: number, plan: BlockPlan, engines: number): CachePool => {
  const blocks = Math.floor(bytes / plan.blockBytes)
  const ofOne = (tokens: number) => Math.floor(blocks / engines) / plan.blocksOf(tokens)
  return {
    bytes,
    stateBlocks: plan.hasStates ? blocks : null,
    printedTokens: (maxModelLen) => plan.printedTokens(blocks, maxModelLen),
    concurrencyAt: (tokens) => (ofOne(tokens) < 1 ? ofOne(tokens) : blocks / plan.blocksOf(tokens)),
    bytesOf: (tokens) => plan.blocksOf(tokens) * plan.blockBytes,
  }
}

/** One pool cut by request: llama.cpp, TGI, TensorRT-LLM. */
const plainPool = (bytes: number, cost: KvCost): CachePool => {
  const concurrencyAt = (tokens: number) => bytes / cost.bytesOf(tokens)
  return {
    bytes,
    stateBlocks: null,
    bytesOf: cost.bytesOf,
    concurrencyAt,
    printedTokens: (maxModelLen) => Math.floor(concurrencyAt(maxModelLen) * maxModelLen),
  }
}

/**
 * SGLang keeps layers of different kinds in pools of their own: windowed layers hold 0.8 tokens for each token of the
 * others (`swa_full_tokens_ratio`), states get 0.9 bytes for each byte of the rest (`mamba_full_memory_ratio`).
 */
const sglangPool = (bytes: number, cost: KvCost): CachePool => {
  const windowBytes = cost.windows.reduce((sum, { bytesPerToken }) => sum + bytesPerToken, 0)
  const hasState = cost.bytesPerSequence > 0
  const forTokens = hasState ? bytes / 1.9 : bytes
  const perToken = cost.bytesPerToken + 0.8 * windowBytes
  const tokens = Math.floor(forTokens / perToken)
  const slots = hasState ? Math.floor((bytes - forTokens) / cost.bytesPerSequence) : Number.POSITIVE_INFINITY
  return {
    bytes,
    stateBlocks: null,
    bytesOf: cost.bytesOf,
    printedTokens: () => tokens,
    concurrencyAt: (length) => Math.min(tokens / length, slots),
  }
}
