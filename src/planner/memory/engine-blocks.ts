// How vLLM cuts its pool into blocks, and what it prints about them. One pool serves groups of layers of one kind;
// every group takes blocks of its own, all of the same bytes. Knows no budget.
// After vLLM v1/core/kv_cache_utils.py (2026-02) and the release notes of its start-up log.

import type { CacheShape, LayerShape, Model } from '../../catalog/index.js'
import type { BlockOptions, BlockPlan } from './block-plan.js'
import { cacheCost } from './cache-cost.js'
import { compressedBlocks, hasCompressedLayers } from './compressed-blocks.js'
import { stagesOf } from './sharding.js'

/** Layers of one kind: all keep every token, or the last of a window, or one state. */
interface LayerKind {
  readonly kind: 'full' | 'window' | 'state'
  readonly layers: number
  /** Of one layer: a token, or a state. */
  readonly bytes: number
  readonly window: number
}

/** Hybrid models got groups in 0.9.2; before, and in V0, every layer kept every token. */
const hasGroups = ({ version, isV0 }: BlockOptions) => !isV0 && version >= 9.002
/** Since 0.21 the printed tokens are concurrency x length; before, blocks / groups x tokens of a block. */
const printsConcurrency = ({ version, isV0 }: BlockOptions) => !isV0 && version >= 21

export const planBlocks = (model: Model, options: BlockOptions): BlockPlan => {
  if (hasCompressedLayers(model)) return compressedBlocks(model, options)
  const kinds = kindsOf(model, options)
  const uniform = hasGroups(options)
    ? kinds
    : kinds.map((one) => (one.kind === 'window' ? { ...one, kind: 'full' as const } : one))
  return uniform.every(({ kind }) => kind === 'full')
    ? onePool(uniform, options)
    : pooledGroups(uniform, options)
}

const cp = ({ sharding }: BlockOptions) => sharding.decodeContextParallel ?? 1

/** All layers keep every token: blocks are as long as asked for, and count for all layers. */
const onePool = (kinds: readonly LayerKind[], options: BlockOptions): BlockPlan => {
  const perToken = kinds.reduce((sum, { layers, bytes }) => sum + layers * bytes, 0)
  const { blockTokens } = options
  // Cutting by tokens leaves each accelerator blocks of the same bytes, which hold as many tokens as there are parts.
  const tokens = blockTokens * cp(options)
  return {
    blockBytes: perToken * blockTokens,
    groups: 1,
    hasStates: false,
    blockTokens: tokens,
    blocksOf: (length) => Math.ceil(length / tokens),
    printedTokens: (blocks) => blocks * tokens,
  }
}

const pooledGroups = (kinds: readonly LayerKind[], options: BlockOptions): BlockPlan => {
  const counts = kinds.map(({ layers }) => layers)
  const least = Math.min(...counts)
  const most = Math.max(...counts)
  const size = most < least * 1.5 ? most : least
  const page = pageBytes(kinds, options)
  const groups = kinds.map((one) => ({
    ...one,
    groups: Math.ceil(one.layers / size),
    tokens: tokensOf(one, page),
  }))
  const count = groups.reduce((sum, one) => sum + one.groups, 0)
  const shortest = Math.min(...groups.filter(({ kind }) => kind !== 'state').map(({ tokens }) => tokens))
  const blocksOf = (length: number) =>
    groups.reduce((sum, one) => sum + one.groups * blocksOfGroup(one, length, options), 0)
  return {
    blockBytes: page * size,
    groups: count,
    hasStates: groups.some(({ kind }) => kind === 'state'),
    blockTokens: shortest,
    blocksOf,
    printedTokens: (blocks, maxModelLen) =>
      printsConcurrency(options)
        ? Math.floor((blocks / blocksOf(maxModelLen)) * maxModelLen)
        : Math.floor(blocks / count) * shortest * cp(options),
  }
}

/** The page of every layer: the largest, a state's after the others grew to it in steps of 16 tokens. */
const pageBytes = (kinds: readonly LayerKind[], options: BlockOptions): number => {
  const byToken = kinds.filter(({ kind }) => kind !== 'state')
  const state = Math.max(0, ...kinds.filter(({ kind }) => kind === 'state').map(({ bytes }) => bytes))
  const widest = Math.max(...byToken.map(({ bytes }) => bytes))
  const aligned = Math.ceil(state / (widest * 16)) * 16
  return widest * Math.max(options.blockTokens, aligned)
}

const tokensOf = ({ kind, bytes }: LayerKind, page: number): number =>
  kind === 'state' ? Number.POSITIVE_INFINITY : Math.floor(page / bytes)

const blocksOfGroup = (
  group: LayerKind & { readonly tokens: number },
  length: number,
  options: BlockOptions,
): number => {
  // With prefix caching a request holds the state it writes and the one it may be resumed from.
  if (group.kind === 'state') return (options.prefixCaching ? 2 : 1) + options.draftedTokens
  if (group.kind === 'full') return Math.ceil(length / (group.tokens * cp(options)))
  const held = Math.min(group.window - 1 + options.maxBatchedTokens, length)
  return Math.min(Math.ceil(held / group.tokens) + 1, Math.ceil(length / group.tokens) + 1)
}

/** The kinds of layers of the stage that holds most. */
const kindsOf = (model: Model, options: BlockOptions): readonly LayerKind[] => {
  const stages = stagesOf(model.shape.layers, options.sharding.pipelineParallel)
  const all = stages.map((layers) => kindsOfLayers(layers, model, options))
  const weight = (kinds: readonly LayerKind[]) =>
    kinds.reduce((sum, { layers, bytes }) => sum + layers * bytes, 0)
  const most = all.reduce((best, kinds) => (weight(kinds) > weight(best) ? kinds : best))
  const full = most.find(({ kind }) => kind === 'full')
  return most.map((one) => (one === full ? { ...one, layers: one.layers + options.draftLayers } : one))
}

const kindsOfLayers = (
  layers: ReadonlyMap<LayerShape, number>,
  model: Model,
  options: BlockOptions,
): readonly LayerKind[] => {
  const kinds = new Map<string, LayerKind>()
  for (const [{ caches }, count] of layers) {
    const one = kindOf(caches.map(expandLatent(model, options)), options)
    if (!one) continue
    const key = `${one.kind} ${one.bytes} ${one.window}`
    kinds.set(key, { ...one, layers: (kinds.get(key)?.layers ?? 0) + count })
  }
  return [...kinds.values()]
}

/** Before 0.7 vLLM kept keys and values of every head for latent attention too, both padded to 256. */
const expandLatent =
  (model: Model, { version }: BlockOptions) =>
  (cache: CacheShape): CacheShape =>
    cache.kind === 'latent' && version < 7
      ? { kind: 'full', kvHeads: model.heads, keyDim: 256, valueDim: 256, window: 0 }
      : cache

/** What one layer keeps; windows in chunks (Llama 4) are kept whole, as vLLM does by default. */
const kindOf = (caches: readonly CacheShape[], options: BlockOptions): LayerKind | null => {
  const sharding = { ...options.sharding, decodeContextParallel: 1 }
  const costs = caches.map((cache) =>
    cacheCost(cache.kind === 'chunked' ? { ...cache, kind: 'full', window: 0 } : cache, {
      sharding,
      dtype: options.dtype,
    }),
  )
  const perToken = costs.reduce((sum, { bytesPerToken }) => sum + bytesPerToken, 0)
  const perWindow = costs.reduce((sum, { window }) => sum + (window?.bytesPerToken ?? 0), 0)
  const state = costs.reduce((sum, { bytesPerSequence }) => sum + bytesPerSequence, 0)
  const window = Math.max(0, ...costs.map((cost) => cost.window?.tokens ?? 0))
  if (state > 0) return { kind: 'state', layers: 1, bytes: state + draftedTaps(caches, options), window: 0 }
  if (perToken > 0) return { kind: 'full', layers: 1, bytes: perToken, window: 0 }
  return perWindow > 0 ? { kind: 'window', layers: 1, bytes: perWindow, window } : null
}

/** The convolution keeps one more input for every token drafted ahead. */
const draftedTaps = (caches: readonly CacheShape[], { draftedTokens, sharding }: BlockOptions): number =>
  caches.reduce(
    (sum, cache) =>
      cache.kind === 'state'
        ? sum + (draftedTokens * (cache.channels + cache.groupChannels) * 2) / sharding.tensorParallel
        : sum,
    0,
  )
