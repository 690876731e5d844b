// The block arithmetic of vLLM's pool against start-up logs that print both the bytes and the tokens.

import { describe, expect, it } from 'vitest'
import type { CacheShape, Model } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import { modelOf } from '../fit/__fixtures__/case-request.js'
import type { BlockOptions } from './block-plan.js'
import { planBlocks } from './engine-blocks.js'

const options = (changes: Partial<BlockOptions>): BlockOptions => ({
  sharding: { tensorParallel: 1, pipelineParallel: 1 },
  dtype: 'auto',
  version: 24,
  isV0: false,
  blockTokens: 16,
  maxBatchedTokens: 8192,
  prefixCaching: true,
  draftedTokens: 0,
  draftLayers: 0,
  ...changes,
})

/** A model of nothing but caches: so many layers of each. */
const ofCaches = (...parts: readonly (readonly [number, CacheShape])[]): Model => {
  const base = modelOf('meta-llama/Llama-3.1-8B-Instruct')
  const layers = parts.flatMap(([count, cache]) =>
    Array.from({ length: count }, () => ({ weights: [], caches: [cache] })),
  )
  return { ...base, layers: layers.length, shape: { ...base.shape, layers } }
}

const full = (kvHeads: number, dim: number): CacheShape => ({
  kind: 'full',
  kvHeads,
  keyDim: dim,
  valueDim: dim,
  window: 0,
})
const window = (kvHeads: number, dim: number, tokens: number): CacheShape => ({
  kind: 'sliding',
  kvHeads,
  keyDim: dim,
  valueDim: dim,
  window: tokens,
})
/** Gated delta net: `heads` states of 128 x 128 in 32 bits, and three past inputs of the convolution. */
const state = (heads: number, channels: number): CacheShape => ({
  kind: 'state',
  taps: 3,
  channels,
  groupChannels: 0,
  groups: 0,
  stateValues: heads * 128 * 128,
  stateBytes: 4,
})

const blocksIn = (gib: number, blockBytes: number) => Math.floor((gib * bytesPerGiB) / blockBytes)

describe('planBlocks', () => {
  it('prints blocks x 16 tokens where all layers keep every token', () => {
    // Llama-3.1-8B: 32 layers x 2 x 8 heads x 128 x 2 bytes = 131,072 a token; 58.11 GiB = 476,0xx tokens.
    const plan = planBlocks(modelOf('meta-llama/Llama-3.1-8B-Instruct'), options({ version: 19 }))
    expect(plan.blockBytes).toBe(131_072 * 16)
    expect(plan.printedTokens(blocksIn(58.11, plan.blockBytes), 8192)).toBeGreaterThan(475_900)
    expect(plan.printedTokens(blocksIn(58.11, plan.blockBytes), 8192)).toBeLessThan(476_100)
  })

  it('matches a hybrid on one RTX 5090 to the token (noonghunna/club-3090 issues 612 and 652, vLLM 0.24)', () => {
    // 10 layers of 2 heads x 256 in fp8 = 1,024 bytes a token, 30 states of 32 x 128 x 128 x 4 + 3 x 8,192 x 2 =
    // 2,146,304 bytes = 2,096 tokens a page; 5.98 GiB / (10 pages) = 299 blocks; a request of 131,072 takes
    // ceil(131,072 / 2,096) = 63 and 3 groups x 2 = 69; 299 / 69 x 131,072 = 567,978.
    const plan = planBlocks(ofCaches([10, full(2, 256)], [30, state(32, 8192)]), options({ dtype: 'fp8' }))
    expect(plan.blockTokens).toBe(2096)
    expect(plan.blocksOf(131_072)).toBe(69)
    expect(plan.printedTokens(blocksIn(5.98, plan.blockBytes), 131_072)).toBe(567_978)
    expect(plan.printedTokens(blocksIn(6.01, plan.blockBytes), 131_072)).toBe(569_878)
  })

  it('matches a hybrid over two RTX 3090 (mitchross/talos-argocd-proxmox pull 1995)', () => {
    // 16 layers of 4 heads x 256 over 2 cards in fp8 = 1,024; states of 48 heads over 2; 1,568 tokens a page.
    const plan = planBlocks(
      ofCaches([16, full(4, 256)], [48, state(48, 10_240)]),
      options({ dtype: 'fp8', sharding: { tensorParallel: 2, pipelineParallel: 1 } }),
    )
    expect(plan.blockTokens).toBe(1568)
    expect(plan.printedTokens(blocksIn(4.99, plan.blockBytes), 131_072)).toBe(302_921)
  })

  it('matches a hybrid that drafts, printed by an older release (482,080 tokens, 6.42x of 262,144)', () => {
    // One drafting layer more: 13 full, 36 states with a fourth tap: 4,292,608 / 1,024 = 4,192 tokens a page;
    // 24.05 GiB hold 462 blocks, 462 / 4 groups = 115 x 4,192; a request takes 63 and 3 x (2 + 1).
    const plan = planBlocks(
      ofCaches([12, full(2, 256)], [36, state(64, 12_288)]),
      options({ dtype: 'fp8', version: 19, draftedTokens: 1, draftLayers: 1 }),
    )
    const blocks = blocksIn(24.05, plan.blockBytes)
    expect(plan.printedTokens(blocks, 262_144)).toBe(482_080)
    expect(blocks / plan.blocksOf(262_144)).toBeCloseTo(6.42, 2)
  })

  it('charges a windowed layer for its window and a step, and an old release for every token', () => {
    const model = ofCaches([10, full(8, 128)], [50, window(8, 128, 1024)])
    const now = planBlocks(model, options({ version: 24, maxBatchedTokens: 2048 }))
    const old = planBlocks(model, options({ version: 8 }))
    const length = 131_072
    // 10 full layers for all tokens, 5 groups of 10 for 1,024 - 1 + 2,048 tokens and a block.
    expect(now.blocksOf(length)).toBe(length / 16 + 5 * (Math.ceil((1023 + 2048) / 16) + 1))
    // All 60 layers for all tokens: six times the bytes of the ten.
    expect(old.blocksOf(length) * old.blockBytes).toBe(length * 60 * 4096)
  })

  it('divides a latent cache by decode context parallelism, not by tensor parallelism', () => {
    const latent: CacheShape = { kind: 'latent', latentDim: 512, ropeDim: 64 }
    const model = { ...ofCaches([61, latent]), attention: 'mla' as const }
    const bytes = (tensorParallel: number, decodeContextParallel: number) => {
      const plan = planBlocks(
        model,
        options({ sharding: { tensorParallel, pipelineParallel: 1, decodeContextParallel } }),
      )
      return plan.blocksOf(131_072) * plan.blockBytes
    }
    // 61 layers x 576 values x 2 bytes = 70,272 a token, on one card or on each of eight.
    expect(bytes(1, 1)).toBe(70_272 * 131_072)
    expect(bytes(8, 1)).toBe(bytes(1, 1))
    expect(bytes(8, 8)).toBe(bytes(1, 1) / 8)
  })

  it('cuts a compressed cache into entries, windows and what a compressor has not finished', () => {
    // DeepSeek-V4-Flash (vLLM issue 54703): a page of 1,002,240 bytes and 256 tokens over 41 layers of entries and 21 of
    // indexers; a step of 8,192 tokens takes blocks of two groups of windows of 64 and of states of 4 and of 8 tokens.
    const plan = planBlocks(
      modelOf('deepseek-ai/DeepSeek-V4-Flash'),
      options({ dtype: 'fp8_ds_mla', version: 28, sharding: { tensorParallel: 2, pipelineParallel: 1 } }),
    )
    expect(plan.blockBytes).toBe(1_002_240)
    expect(plan.groups).toBe(5)
    const length = 131_072
    const held = (window: number, tokens: number) => Math.ceil((window - 1 + 8192) / tokens) + 1
    expect(plan.blocksOf(length)).toBe(length / 256 + 2 * held(128, 64) + held(8, 4) + held(256, 8))
  })
})
