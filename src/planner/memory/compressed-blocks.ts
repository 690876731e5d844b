// How vLLM cuts its pool for models that keep one entry for several tokens (DeepSeek-V4): compressed entries and the
// keys of their indexer in one group, the windows in others, and in two more what a compressor has not finished yet.
// Those are windows of a few tokens in tiny blocks, so a step's tokens take thousands of blocks. Knows no budget.

import type { CacheShape, LayerShape, Model } from '../../catalog/index.js'
import type { BlockOptions, BlockPlan } from './block-plan.js'
import { cacheCost } from './cache-cost.js'
import { stagesOf } from './sharding.js'

/** Tokens of a block of compressed entries unless told otherwise, of a window, and of a compressor's state by its ratio. */
const entryTokens = 256
const windowTokens = 64
const stateTokens = (ratio: number): number => (ratio <= 4 ? 4 : 8)
/** Layers of a group of windows (22 and 21 of 43 + 1 layers). */
const windowGroupLayers = 22
/** Pages start at multiples of this many bytes. */
const alignment = 576

type Compressed = Extract<CacheShape, { kind: 'compressed' }>

const isCompressed = (cache: CacheShape): cache is Compressed => cache.kind === 'compressed'

export const hasCompressedLayers = ({ shape }: Model): boolean =>
  shape.layers.some(({ caches }) => caches.some(isCompressed))

/**
 * Groups and pages as vLLM 0.28 printed them for DeepSeek-V4-Flash (issue 54703, 2026-09-06): 62 entries and indexers of
 * 1,002,240 bytes and 256 tokens, 43 windows in two groups of 64 tokens, 42 states of 4 tokens and 20 of 8. All groups
 * take blocks of the largest page out of one pool.
 */
export const compressedBlocks = (model: Model, options: BlockOptions): BlockPlan => {
  const stages = stagesOf(model.shape.layers, options.sharding.pipelineParallel)
  const pages = stages.map((layers) => pageOf(layers, options))
  const page = Math.max(...pages)
  const layers = stages[pages.indexOf(page)] ?? new Map<LayerShape, number>()
  const windows = windowsOf(layers)
  const ratios = new Set([...layers.keys()].flatMap(({ caches }) => ratiosOf(caches)))
  const step = options.maxBatchedTokens
  const blockTokens = Math.max(entryTokens, options.blockTokens)
  const blocksOf = (length: number): number => {
    const held = (window: number, tokens: number) =>
      Math.ceil(Math.min(window - 1 + step, length) / tokens) + 1
    const states = [...ratios].reduce((sum, ratio) => sum + held(2 * ratio, stateTokens(ratio)), 0)
    return Math.ceil(length / blockTokens) + windows.groups * held(windows.window, windowTokens) + states
  }
  return {
    blockBytes: page,
    groups: 1 + windows.groups + ratios.size,
    hasStates: false,
    blockTokens,
    blocksOf,
    printedTokens: (blocks, maxModelLen) => Math.floor((blocks / blocksOf(maxModelLen)) * maxModelLen),
  }
}

const ratiosOf = (caches: readonly CacheShape[]): readonly number[] =>
  caches.filter(isCompressed).flatMap(({ ratio }) => (ratio > 0 ? [ratio] : []))

/** Bytes of a block over the layers of a stage. */
const pageOf = (layers: ReadonlyMap<LayerShape, number>, options: BlockOptions): number => {
  const sharding = { ...options.sharding, decodeContextParallel: 1 }
  const tokens = Math.max(entryTokens, options.blockTokens)
  const bytesOf = (cache: CacheShape) =>
    cacheCost(cache, { sharding, dtype: options.dtype }).bytesPerToken * tokens
  let bytes = 0
  for (const [{ caches }, count] of layers)
    for (const cache of caches)
      if (isCompressed(cache) || cache.kind === 'indexer')
        bytes += count * Math.ceil(bytesOf(cache) / alignment) * alignment
  return bytes
}

const windowsOf = (layers: ReadonlyMap<LayerShape, number>) => {
  let [count, window] = [0, 0]
  for (const [{ caches }, times] of layers)
    for (const cache of caches)
      if (isCompressed(cache)) [count, window] = [count + times, Math.max(window, cache.window)]
  return { groups: Math.ceil(count / windowGroupLayers), window }
}
