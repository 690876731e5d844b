// What one cache of one layer costs on one accelerator. Knows no other layer.

import type { CacheShape, StateCache } from '../../catalog/index.js'
import type { Sharding } from './sharding.js'

/** `fp8_ds_mla` = vLLM's layout for sparse latent attention: 512 bytes in fp8, four scales, 64 rope values in 16 bits. */
export type KvDtype = 'auto' | 'bf16' | 'fp8' | 'fp8_ds_mla' | 'nvfp4' | GgmlKvDtype

/** Of llama.cpp. */
export type GgmlKvDtype = 'q8_0' | 'q4_0'

export interface CacheCost {
  readonly bytesPerToken: number
  readonly bytesPerSequence: number
  readonly window: { readonly tokens: number; readonly bytesPerToken: number } | null
}

export interface CacheOptions {
  readonly sharding: Sharding
  readonly dtype?: KvDtype
  readonly freesWindows?: boolean
}

/** Bytes of a cached value. NVFP4: 4 bits and an 8-bit scale for 16 values; ggml's q8_0 and q4_0: a 16-bit one for 32. */
const valueBytes = (dtype: KvDtype): number => {
  switch (dtype) {
    case 'auto':
    case 'bf16':
      return 2
    case 'fp8':
    case 'fp8_ds_mla':
      return 1
    case 'nvfp4':
      return 0.5 + 1 / 16
    case 'q8_0':
      return 34 / 32
    case 'q4_0':
      return 18 / 32
  }
}

export const cacheCost = (cache: CacheShape, options: CacheOptions): CacheCost => {
  const { sharding, dtype = 'auto', freesWindows = true } = options
  const group = sharding.tensorParallel
  const byTokens = sharding.decodeContextParallel ?? 1
  const everyToken = (bytes: number): CacheCost => ({
    bytesPerToken: bytes / byTokens,
    bytesPerSequence: 0,
    window: null,
  })
  switch (cache.kind) {
    case 'full':
    case 'sliding':
    case 'chunked': {
      const heads = Math.max(1, cache.kvHeads / group)
      const bytes = heads * (cache.keyDim + cache.valueDim) * valueBytes(dtype)
      if (cache.kind === 'full' || !freesWindows) return everyToken(bytes)
      return {
        bytesPerToken: 0,
        bytesPerSequence: 0,
        window: { tokens: cache.window, bytesPerToken: bytes / byTokens },
      }
    }
    case 'latent':
      return everyToken(latentBytes(cache.latentDim, cache.ropeDim, dtype))
    case 'indexer':
      return everyToken(indexerBytes(cache.keyDim) / cache.ratio)
    case 'compressed': {
      const bytes = entryBytes(cache.entryDim, dtype)
      return {
        bytesPerToken: cache.ratio === 0 ? 0 : bytes / cache.ratio / byTokens,
        bytesPerSequence: 0,
        window: { tokens: cache.window, bytesPerToken: bytes },
      }
    }
    case 'state':
      return { bytesPerToken: 0, bytesPerSequence: stateBytes(cache, group), window: null }
  }
}

/** `fp8_ds_mla`: a byte a latent value, a 4-byte scale for every 128, the rope part in 16 bits: 656 bytes for 512 + 64. */
const latentBytes = (latentDim: number, ropeDim: number, dtype: KvDtype): number =>
  dtype === 'fp8_ds_mla'
    ? latentDim + (4 * latentDim) / 128 + 2 * ropeDim
    : (latentDim + ropeDim) * valueBytes(dtype)

/** `fp8_ds_mla` of DeepSeek-V4: 448 values of a byte, 64 rope values in 16 bits, 8 bytes of scales: 584 for 512 (vLLM v0.33). */
const entryBytes = (entryDim: number, dtype: KvDtype): number =>
  dtype === 'fp8_ds_mla' ? entryDim - 64 + 2 * 64 + 8 : entryDim * valueBytes(dtype)

/** Keys of the DSA indexer: always a byte a value and a 4-byte scale for every 128 (vLLM `DeepseekV32IndexerCache`). */
const indexerBytes = (keyDim: number): number => keyDim + (4 * keyDim) / 128

const stateBytes = (cache: StateCache, group: number): number => {
  const copies = cache.groups > 0 ? Math.max(cache.groups, group) / cache.groups : 1
  const channels = (cache.channels + cache.groupChannels * copies) / group
  return cache.taps * channels * 2 + (cache.stateValues / group) * (cache.stateBytes ?? 2)
}
