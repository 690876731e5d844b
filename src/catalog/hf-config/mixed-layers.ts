// Layers of architectures that mix Mamba, attention and feed-forward parts: Nemotron-H, Granite 4, Jamba.

import type { LayerShape, Weight } from '../model-shape.js'
import { groupedAttention, groupedCache } from './attention.js'
import { denseFeedForward, expertLayer } from './feed-forward.js'
import type { Fields } from './fields.js'
import { attentionKinds, hasExperts, numberOfExperts } from './layer-kinds.js'
import { layersByKey } from './layers-by-key.js'
import { mamba1, mamba2 } from './linear-attention.js'
import type { Basics } from './standard-layers.js'
import { vector } from './weights.js'

/** Nemotron-H: each layer is one part: `M` Mamba-2, `*` attention, `E` experts, `-` feed-forward. */
export const nemotronLayers = (f: Fields, basics: Basics): readonly LayerShape[] => {
  const parts = partsOf(f)
  const partAt = (i: number) => parts[i] ?? '-'
  return layersByKey(parts.length, partAt, (i) => nemotronLayer(f, basics, partAt(i)))
}

const partsOf = (f: Fields): readonly string[] =>
  nemotronParts(f, 'hybrid_override_pattern', 'layers_block_type') ?? []

const partOfName: Readonly<Record<string, string>> = {
  mamba: 'M',
  linear_attention: 'M',
  attention: '*',
  full_attention: '*',
  moe: 'E',
  mlp: '-',
}

/** Parts as the file lists them, in one text or by name; null = it does not. */
export const nemotronParts = (f: Fields, pattern: string, list: string): readonly string[] | null => {
  const text = f.text(pattern)
  if (text !== null) return [...text]
  return f.list(list)?.map((name) => partOfName[String(name)] ?? '-') ?? null
}

export const nemotronLayer = (f: Fields, basics: Basics, part: string): LayerShape => {
  const { hidden } = basics
  const norm = vector('norms', 'norm', hidden)
  if (part === 'M') {
    const { weights, cache } = mamba2(f, hidden, 'mixer')
    return { weights: [...weights, norm], caches: [cache] }
  }
  if (part === '*') {
    const bias = f.flag('attention_bias') ?? false
    const attention = { ...basics, prefix: 'mixer', queryBias: bias, outputBias: bias }
    return { weights: [...groupedAttention(attention), norm], caches: groupedCache(attention) }
  }
  if (part === 'E') {
    const shared = f.number('moe_shared_expert_intermediate_size') ?? 0
    const experts = expertLayer({
      hidden,
      experts: numberOfExperts(f),
      width: f.required('moe_intermediate_size'),
      latent: f.number('moe_latent_size'),
      sharedWidth: shared * (f.number('n_shared_experts') ?? 1),
      gated: false,
      correction: true,
      prefix: 'mixer',
    })
    return { weights: [...experts, norm], caches: [] }
  }
  const width = f.required('intermediate_size')
  return {
    weights: [...denseFeedForward({ hidden, width, gated: false, prefix: 'mixer' }), norm],
    caches: [],
  }
}

/** Granite 4: Mamba-2 or attention, then experts (if any) beside a shared feed-forward part. */
export const graniteLayers = (f: Fields, basics: Basics): readonly LayerShape[] => {
  const { hidden } = basics
  const shared = f.required('shared_intermediate_size')
  const rest: readonly Weight[] = [
    ...(numberOfExperts(f) > 0
      ? expertLayer({
          hidden,
          experts: numberOfExperts(f),
          width: f.required('intermediate_size'),
          sharedWidth: shared,
        })
      : denseFeedForward({ hidden, width: shared })),
    vector('norms', 'layernorms', 2 * hidden),
  ]
  const layers = mixed(f, basics, mamba2(f, hidden, 'mamba'))
  return withRest(
    layers,
    () => rest,
    () => '',
  )
}

/** Jamba: the first Mamba or attention, then a feed-forward part or experts. */
export const jambaLayers = (f: Fields, basics: Basics): readonly LayerShape[] => {
  const { hidden } = basics
  const width = f.required('intermediate_size')
  const restOf = (i: number): readonly Weight[] => [
    ...(hasExperts(f, i)
      ? expertLayer({ hidden, experts: numberOfExperts(f), width })
      : denseFeedForward({ hidden, width })),
    vector('norms', 'layernorms', 2 * hidden),
  ]
  return withRest(mixed(f, basics, mamba1(f, hidden)), restOf, (i) => String(hasExperts(f, i)))
}

const withRest = (
  layers: readonly LayerShape[],
  restOf: (i: number) => readonly Weight[],
  keyOf: (i: number) => string,
): readonly LayerShape[] =>
  layersByKey(
    layers.length,
    (i) => `${layers.indexOf(layers[i] as LayerShape)} ${keyOf(i)}`,
    (i) => {
      const { weights, caches } = layers[i] as LayerShape
      return { weights: [...weights, ...restOf(i)], caches }
    },
  )

const mixed = (f: Fields, basics: Basics, linear: ReturnType<typeof mamba2>): readonly LayerShape[] => {
  const attention = { ...basics }
  const full: LayerShape = { weights: groupedAttention(attention), caches: groupedCache(attention) }
  const state: LayerShape = { weights: linear.weights, caches: [linear.cache] }
  return kindsOf(f, basics.layers).map((kind) => (kind === 'linear' ? state : full))
}

const kindsOf = (f: Fields, layers: number) => {
  const period = f.number('attn_layer_period')
  if (period === null) return attentionKinds(f, layers, 1)
  const offset = f.number('attn_layer_offset') ?? 0
  return Array.from({ length: layers }, (_, i) =>
    i % period === offset ? ('full' as const) : ('linear' as const),
  )
}
