// An open-weight model as arithmetic needs it. Knows no accelerator and no price.

import type { ModelShape } from './model-shape.js'
import type { Precision } from './precision.js'
import type { Source } from './table.js'

/** How the KV cache grows: `grouped` per head group, `mla` latent, `sliding` partly in a window, `hybrid` partly constant. */
export type Attention = 'grouped' | 'mla' | 'sliding' | 'hybrid'

/** A score that somebody published; `mode` says whether the model reasoned before it answered. */
export interface PublishedQuality {
  readonly metric: 'MMLU-Pro'
  /** Percent. */
  readonly value: number
  readonly mode: 'direct' | 'reasoning'
  readonly source: string
}

export interface Model {
  readonly name: string
  readonly aliases: readonly string[]
  /** The checkpoint to serve: of a base model, its instruction-tuned sibling of the same shape. */
  readonly checkpoint: string
  /** Precision the checkpoint is published in. */
  readonly precision: Precision
  /** The catalogue's name of the model this is another precision of. */
  readonly variantOf: string | null
  /** SPDX identifier or the licence's usual name; null = not known here. */
  readonly licence: string | null
  /** Whether it writes hidden tokens before the answer. */
  readonly reasoning: 'none' | 'optional' | 'always'
  readonly use: 'chat' | 'vision' | 'base'
  readonly quality: PublishedQuality | null

  readonly architecture: string
  readonly attention: Attention
  readonly layers: number
  readonly hidden: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly feedForward: number | null
  readonly vocabulary: number
  readonly tiedEmbeddings: boolean
  /** 0 when dense, and so are the next three. */
  readonly experts: number
  readonly expertsPerToken: number
  readonly expertFeedForward: number
  readonly moeLayers: number
  /** Tokens; 0 = none. */
  readonly slidingWindow: number
  readonly fullAttentionLayers: number
  readonly slidingLayers: number
  readonly linearLayers: number
  readonly maxContext: number | null
  /** Billions of parameters; null when not known. */
  readonly parametersB: number | null
  readonly activeParametersB: number | null
  /** `config` = computed from the configuration, `name` = taken from the model's name. */
  readonly parametersFrom: 'config' | 'name' | 'unknown'
  /** Bytes per token of the layers that keep every token, in bf16. */
  readonly kvBytesPerToken: number
  /** Every weight and every cache, layer by layer: what exact bytes are counted from. */
  readonly shape: ModelShape
  readonly source: Source
}
