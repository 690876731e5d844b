// Layers of the usual decoder: attention with grouped heads, then a feed-forward part or experts. What sets an
// architecture apart is data (`Quirks`). Knows no architecture by name.

import type { LayerShape, Weight } from '../model-shape.js'
import { type GroupedAttention, groupedAttention, groupedCache } from './attention.js'
import { denseFeedForward, expertLayer } from './feed-forward.js'
import type { Fields } from './fields.js'
import { type AttentionKind, attentionKinds, hasExperts, numberOfExperts, windowOf } from './layer-kinds.js'
import { layersByKey } from './layers-by-key.js'
import { gatedDeltaNet } from './linear-attention.js'
import { vector } from './weights.js'

/** What nearly every file holds. */
export interface Basics {
  readonly hidden: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
}

export interface Quirks {
  /** Biases of queries, keys and values, and of the output. Default: what `attention_bias` says, for all. */
  readonly bias?: 'queries' | 'all' | 'none'
  readonly norm?: 'head' | 'full'
  readonly gate?: 'query' | 'head'
  readonly sinks?: boolean
  /** Vectors of `hidden` values a layer has for norms. Default 2. */
  readonly norms?: number
  readonly gated?: boolean
  readonly mlpBias?: boolean
  readonly expertBias?: boolean
  readonly correction?: boolean
  readonly sharedGate?: boolean
  /** See `attentionKinds`. Default 0. */
  readonly period?: number
  /** What layers between the full ones are. Default `sliding`. */
  readonly others?: 'chunked'
  /** Width of the dense feed-forward part, and of all shared experts, where the file has no field for it. */
  readonly width?: number
  readonly sharedWidth?: number
}

export const standardLayers =
  (quirks: Quirks = {}) =>
  (f: Fields, basics: Basics): readonly LayerShape[] => {
    const kinds = attentionKinds(f, basics.layers, quirks.period ?? 0, quirks.others)
    const kindAt = (i: number) => kinds[i] ?? 'full'
    return layersByKey(
      basics.layers,
      (i) => `${kindAt(i)} ${hasExperts(f, i)}`,
      (i) => standardLayer({ f, basics, quirks, kind: kindAt(i), experts: hasExperts(f, i) }),
    )
  }

interface LayerOptions {
  readonly f: Fields
  readonly basics: Basics
  readonly quirks: Quirks
  readonly kind: AttentionKind
  readonly experts: boolean
}

const standardLayer = (options: LayerOptions): LayerShape => {
  const { f, basics, quirks, kind } = options
  const { hidden } = basics
  const rest: readonly Weight[] = [
    ...(options.experts ? expertsOf(options) : denseFeedForward({ ...denseOf(f, quirks), hidden })),
    vector('norms', 'layernorms', (quirks.norms ?? 2) * hidden),
  ]
  if (kind === 'linear') {
    const { weights, cache } = gatedDeltaNet(f, hidden)
    return { weights: [...weights, ...rest], caches: [cache] }
  }
  const attention = attentionOf(options)
  return { weights: [...groupedAttention(attention), ...rest], caches: groupedCache(attention) }
}

const attentionOf = ({ f, basics, quirks, kind }: LayerOptions): GroupedAttention => {
  const bias = quirks.bias ?? (f.flag('attention_bias') || f.flag('use_bias') ? 'all' : 'none')
  return {
    ...basics,
    queryBias: bias !== 'none',
    outputBias: bias === 'all',
    norm: quirks.norm ?? null,
    gate: quirks.gate ?? null,
    sinks: quirks.sinks ?? false,
    window: windowOf(f, kind),
  }
}

const denseOf = (f: Fields, quirks: Quirks) => ({
  width:
    quirks.width ??
    f.number('intermediate_size_mlp', 'dense_intermediate_size') ??
    f.required('intermediate_size', 'ffn_dim'),
  gated: quirks.gated ?? true,
  bias: quirks.mlpBias ?? f.flag('mlp_bias') ?? false,
})

const expertsOf = ({ f, basics, quirks }: LayerOptions) => {
  const width =
    f.number('moe_intermediate_size', 'expert_intermediate_size') ?? f.required('intermediate_size')
  return expertLayer({
    hidden: basics.hidden,
    experts: numberOfExperts(f),
    width,
    sharedWidth: quirks.sharedWidth ?? sharedWidthOf(f, width),
    sharedGate: quirks.sharedGate ?? false,
    bias: quirks.expertBias ?? false,
    correction: quirks.correction ?? false,
  })
}

/** Width of all shared experts together. */
export const sharedWidthOf = (f: Fields, width: number): number => {
  const whole = f.number('shared_expert_intermediate_size', 'share_expert_dim', 'shared_intermediate_size')
  return whole ?? (f.number('n_shared_experts', 'num_shared_experts') ?? 0) * width
}
