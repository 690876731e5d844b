// What a model is made of, layer by layer: its weights, and what each layer keeps of a sequence. Knows no
// accelerator, no engine and no layout; of formats only how the published checkpoint stores each weight.

import type { Precision } from './precision.js'

/** What a weight belongs to. `prediction` = layers that draft tokens (MTP); `vision` = every encoder and its projector. */
export type Component =
  | 'embeddings'
  | 'head'
  | 'attention'
  | 'linear-attention'
  | 'indexer'
  | 'feed-forward'
  | 'experts'
  | 'shared-experts'
  | 'router'
  | 'norms'
  | 'vision'
  | 'prediction'

/**
 * How tensor parallelism divides a weight: `vocabulary` and `tensor` evenly, `kv-heads` over at most as many
 * accelerators as there are KV heads, `experts` evenly or expert by expert, `replicated` not at all.
 */
export type Split = 'vocabulary' | 'tensor' | 'kv-heads' | 'experts' | 'replicated'

/** Weights of one kind; `parameters` counts all of them. */
export interface Weight {
  readonly component: Component
  /** As checkpoints name it, without the layer's number: `self_attn.q_proj`, `mlp.experts.down_proj`. */
  readonly module: string
  readonly parameters: number
  /** Output rows of the matrices, for scales that formats keep by row; 0 for vectors. */
  readonly rows: number
  /** `matrix` = a linear layer, which formats quantize; `table` = embeddings; `vector` = norms, biases, convolutions. */
  readonly kind: 'matrix' | 'table' | 'vector'
  readonly split: Split
  /** KV heads of a weight that is split by them. */
  readonly kvHeads?: number
  /** How the published checkpoint stores it where that is not `stored.matrices`, or for vectors and tables 16 bits. */
  readonly format?: WeightFormat
}

/** Keys and values of every token (`full`), of the last `window` (`sliding`), of the last begun piece (`chunked`). */
export interface KeyValueCache {
  readonly kind: 'full' | 'sliding' | 'chunked'
  readonly kvHeads: number
  readonly keyDim: number
  readonly valueDim: number
  /** Tokens; 0 for `full`. */
  readonly window: number
}

/** Multi-head latent attention: one vector a token for all heads. */
export interface LatentCache {
  readonly kind: 'latent'
  readonly latentDim: number
  readonly ropeDim: number
}

/** Keys that a sparse attention selects tokens by, one vector for every `ratio` tokens. */
export interface IndexerCache {
  readonly kind: 'indexer'
  readonly keyDim: number
  readonly ratio: number
}

/** One vector for every `ratio` tokens, and one for each of the last `window` (DeepSeek-V4). */
export interface CompressedCache {
  readonly kind: 'compressed'
  readonly entryDim: number
  readonly ratio: number
  readonly window: number
}

/** What a linear-attention or Mamba layer keeps of a sequence, whatever its length. */
export interface StateCache {
  readonly kind: 'state'
  /** Past inputs of the convolution that are kept; `groupChannels` come in `groups`, which are copied above tensor parallelism of `groups`. */
  readonly taps: number
  readonly channels: number
  readonly groupChannels: number
  readonly groups: number
  /** Values of the recurrent state over all heads. */
  readonly stateValues: number
  /** Bytes of one such value; null = as wide as the model computes. */
  readonly stateBytes: number | null
}

export type CacheShape = KeyValueCache | LatentCache | IndexerCache | CompressedCache | StateCache

export interface LayerShape {
  readonly weights: readonly Weight[]
  readonly caches: readonly CacheShape[]
}

/** Bits of a weight, its share of group scales and zero points included, and bytes of scales for each output row. */
export interface WeightFormat {
  readonly bitsPerWeight: number
  readonly bytesPerRow: number
  /** Weights that share one scale: of fp8 in either direction, of integers along the inputs. Engines do not cut them. */
  readonly blockWidth?: number
}

/** How a published checkpoint stores its weights. */
export interface StoredFormat {
  readonly precision: Precision
  /** Of matrices that carry no format of their own. */
  readonly matrices: WeightFormat
  /** The precision its maker scaled the KV cache for; null = not quantized. */
  readonly kvCache: 'fp8' | 'nvfp4' | null
}

export interface ModelShape {
  readonly layers: readonly LayerShape[]
  /** Embeddings, head and what stands before or after the layers. */
  readonly outside: readonly Weight[]
  readonly vision: readonly Weight[]
  /** Loaded only when the model drafts its own tokens. */
  readonly prediction: readonly LayerShape[]
  readonly stored: StoredFormat
  /** `exact` = the architecture is known; `bounded` = put together from standard fields. */
  readonly certainty: 'exact' | 'bounded'
}
