// Bytes that a running request costs one accelerator: so much a token, so much whatever its length, and so much
// for each token that still lies in a window. Knows no pool, no budget and no other request.

import type { LayerShape, Model } from '../../catalog/index.js'
import { cacheCost, type KvDtype } from './cache-cost.js'
import { type Sharding, stagesOf } from './sharding.js'

export interface KvCost {
  readonly bytesPerToken: number
  /** Whatever the length: states of linear and Mamba layers. */
  readonly bytesPerSequence: number
  /** For each of the last `tokens` tokens at most. */
  readonly windows: readonly { readonly tokens: number; readonly bytesPerToken: number }[]
  /** @param tokens length of the sequence, prompt and answer */
  bytesOf(tokens: number): number
}

export interface KvOptions {
  readonly sharding: Sharding
  /** `auto` = 16 bits, or what the checkpoint was scaled for when `published` says so to the engine. Default `auto`. */
  readonly dtype?: KvDtype
  /** Whether windowed layers give back what left the window (vLLM's hybrid KV cache manager). Default true. */
  readonly freesWindows?: boolean
  /** Tokens of a block; a sequence takes whole blocks. Default 1. */
  readonly blockTokens?: number
  /** Layers of this pipeline stage only; default the stage that needs most. */
  readonly stage?: number
}

/**
 * KV cost of one request on one accelerator of the stage that needs most.
 * Grouped heads are divided by min(tensorParallel, kvHeads); a latent (MLA) cache and the keys of a sparse
 * attention are on every accelerator of the group; decode context parallelism divides what is kept by token.
 */
export const kvCost = (model: Model, options: KvOptions): KvCost => {
  const stages = stagesOf(model.shape.layers, options.sharding.pipelineParallel)
  const chosen = options.stage === undefined ? stages : stages.slice(options.stage, options.stage + 1)
  const costs = chosen.map((layers) => sumOf(layers, options))
  return costs.reduce((most, cost) => (cost.bytesOf(longTokens) > most.bytesOf(longTokens) ? cost : most))
}

/** Stages are compared at this length. */
const longTokens = 8192

const sumOf = (layers: ReadonlyMap<LayerShape, number>, options: KvOptions): KvCost => {
  const parts = [...layers].flatMap(([{ caches }, count]) =>
    caches.map((cache) => ({ count, ...cacheCost(cache, options) })),
  )
  const bytesPerToken = parts.reduce((sum, part) => sum + part.count * part.bytesPerToken, 0)
  const bytesPerSequence = parts.reduce((sum, part) => sum + part.count * part.bytesPerSequence, 0)
  const byWindow = new Map<number, number>()
  for (const { window, count } of parts)
    if (window) byWindow.set(window.tokens, (byWindow.get(window.tokens) ?? 0) + count * window.bytesPerToken)
  const windows = [...byWindow].map(([tokens, perToken]) => ({ tokens, bytesPerToken: perToken }))
  const block = options.blockTokens ?? 1
  const whole = (tokens: number) => Math.ceil(tokens / block) * block
  return {
    bytesPerToken,
    bytesPerSequence,
    windows,
    bytesOf: (tokens) =>
      bytesPerSequence +
      bytesPerToken * whole(tokens) +
      windows.reduce(
        (sum, window) => sum + window.bytesPerToken * Math.min(whole(tokens), whole(window.tokens)),
        0,
      ),
  }
}
