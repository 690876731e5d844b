// Layers of architectures that fit no common form: Gemma 4, MiMo-V2, Step-3.5, MiniMax-M3, DeepSeek-V4, DeciLM.

import type { CacheShape, LayerShape, Weight } from '../model-shape.js'
import { type GroupedAttention, groupedAttention, groupedCache } from './attention.js'
import { denseFeedForward, expertLayer } from './feed-forward.js'
import { type Fields, fieldsOf, isObject } from './fields.js'
import { attentionKinds, hasExperts, numberOfExperts, windowOf } from './layer-kinds.js'
import { layersByKey } from './layers-by-key.js'
import { type Basics, sharedWidthOf } from './standard-layers.js'
import { matrix, vector } from './weights.js'

const layerOf = (attention: GroupedAttention, rest: readonly Weight[]): LayerShape => ({
  weights: [...groupedAttention(attention), ...rest],
  caches: groupedCache(attention),
})

const expertsOrDense = (f: Fields, hidden: number, i: number): readonly Weight[] => {
  const width = f.number('moe_intermediate_size') ?? f.required('intermediate_size')
  const dense = f.number('dense_intermediate_size') ?? f.required('intermediate_size')
  return [
    ...(hasExperts(f, i)
      ? expertLayer({
          hidden,
          experts: numberOfExperts(f),
          width,
          sharedWidth: sharedWidthOf(f, width),
          correction: true,
        })
      : denseFeedForward({ hidden, width: dense })),
    vector('norms', 'layernorms', 2 * hidden),
  ]
}

/** Gemma 4: full layers have other heads, and may take values from keys; experts stand beside a dense part. */
export const gemma4Layers = (f: Fields, basics: Basics): readonly LayerShape[] => {
  const { hidden, layers } = basics
  const borrowing = layers - (f.number('num_kv_shared_layers') ?? 0)
  const perLayer = f.number('hidden_size_per_layer_input') ?? 0
  const experts = f.flag('enable_moe_block') ? numberOfExperts(f) : 0
  const kinds = attentionKinds(f, layers, 6)
  const keyOf = (i: number) => `${kinds[i]} ${i >= borrowing}`
  return layersByKey(layers, keyOf, (i) => {
    const kind = kinds[i] ?? 'full'
    const full = kind === 'full'
    const shared = full && (f.flag('attention_k_eq_v') ?? false)
    const attention: GroupedAttention = {
      ...basics,
      kvHeads: shared ? (f.number('num_global_key_value_heads') ?? basics.kvHeads) : basics.kvHeads,
      headDim: full ? (f.number('global_head_dim') ?? basics.headDim) : basics.headDim,
      norm: 'head',
      sharedKeyValue: shared,
      borrowsCache: i >= borrowing,
      window: windowOf(f, kind),
    }
    const wide = i >= borrowing && f.flag('use_double_wide_mlp') ? 2 : 1
    return layerOf(attention, [
      ...denseFeedForward({ hidden, width: wide * f.required('intermediate_size') }),
      ...(experts > 0
        ? [
            ...expertLayer({
              hidden,
              experts,
              width: f.required('moe_intermediate_size'),
              prefix: 'moe',
            }),
            vector('router', 'router.scale', hidden + experts),
          ]
        : []),
      ...(perLayer > 0
        ? [
            ...matrix('feed-forward', 'per_layer_input_gate', [perLayer, hidden], { split: 'replicated' }),
            ...matrix('feed-forward', 'per_layer_projection', [hidden, perLayer], { split: 'replicated' }),
          ]
        : []),
      vector('norms', 'layernorms', (4 + (experts > 0 ? 3 : 0) + (perLayer > 0 ? 1 : 0)) * hidden),
    ])
  })
}

/** MiMo-V2: sliding layers have heads of their own, and sinks. */
export const mimoLayers = (f: Fields, basics: Basics): readonly LayerShape[] => {
  const pattern = f.list('hybrid_layer_pattern')
  const kinds = attentionKinds(f, basics.layers, 1)
  const tokens = f.number('sliding_window', 'sliding_window_size') ?? 0
  const slides = (i: number) => (pattern === null ? kinds[i] === 'sliding' : pattern[i] === 1)
  const keyOf = (i: number) => `${slides(i)} ${hasExperts(f, i)}`
  return layersByKey(basics.layers, keyOf, (i) => {
    const sliding = slides(i)
    const attention: GroupedAttention = {
      hidden: basics.hidden,
      heads: (sliding ? f.number('swa_num_attention_heads') : null) ?? basics.heads,
      kvHeads: (sliding ? f.number('swa_num_key_value_heads') : null) ?? basics.kvHeads,
      headDim: (sliding ? f.number('swa_head_dim') : null) ?? basics.headDim,
      valueDim: (sliding ? f.number('swa_v_head_dim') : null) ?? f.number('v_head_dim') ?? basics.headDim,
      sinks: f.flag(sliding ? 'add_swa_attention_sink_bias' : 'add_full_attention_sink_bias') ?? false,
      window: sliding ? { kind: 'sliding', tokens } : null,
    }
    return layerOf(attention, expertsOrDense(f, basics.hidden, i))
  })
}

/** Step-3.5 and 3.7: a gate a head; sliding layers may have more query heads. */
export const stepLayers = (f: Fields, basics: Basics): readonly LayerShape[] => {
  const other = f.section('attention_other_setting')
  const slidingHeads = other?.number('num_attention_heads') ?? f.number('num_sliding_attention_heads')
  const kinds = attentionKinds(f, basics.layers, 4)
  const keyOf = (i: number) => `${kinds[i]} ${hasExperts(f, i)}`
  return layersByKey(basics.layers, keyOf, (i) => {
    const kind = kinds[i] ?? 'full'
    const attention: GroupedAttention = {
      ...basics,
      heads: kind === 'sliding' ? (slidingHeads ?? basics.heads) : basics.heads,
      norm: 'head',
      gate: 'head',
      window: windowOf(f, kind),
    }
    return layerOf(attention, expertsOrDense(f, basics.hidden, i))
  })
}

/** MiniMax-M3: sparse layers select blocks of tokens by keys of an indexer. */
export const minimaxM3Layers = (f: Fields, basics: Basics): readonly LayerShape[] => {
  const { hidden } = basics
  const sparse = f.section('sparse_attention_config')
  const marks = sparse?.list('sparse_attention_freq') ?? []
  const keyOf = (i: number) => `${marks[i]} ${hasExperts(f, i)}`
  return layersByKey(basics.layers, keyOf, (i) => {
    const plain = layerOf({ ...basics, norm: 'head' }, expertsOrDense(f, hidden, i))
    if (sparse === null || marks[i] !== 1) return plain
    const dim = sparse.required('sparse_index_dim')
    const heads = sparse.required('sparse_num_index_heads')
    return {
      weights: [
        ...plain.weights,
        ...matrix('indexer', 'self_attn.index_q_proj', [heads * dim, hidden], { split: 'replicated' }),
        ...matrix('indexer', 'self_attn.index_k_proj', [dim, hidden], { split: 'replicated' }),
        vector('indexer', 'self_attn.index_norms', 2 * dim),
      ],
      caches: [...plain.caches, { kind: 'indexer', keyDim: dim, ratio: 1 } as const],
    }
  })
}

/**
 * DeepSeek-V4: one vector a token for keys and values; layers keep a window of them and, by `compress_ratios`, one
 * more for every 4 or 128 tokens. Four residual streams are mixed by small matrices (hyper-connections).
 */
export const deepseekV4Layers = (f: Fields, { hidden, heads, layers }: Basics): readonly LayerShape[] => {
  const dim = f.required('head_dim')
  const rank = f.required('q_lora_rank')
  const groups = f.required('o_groups') * f.required('o_lora_rank')
  const streams = f.number('hc_mult') ?? 1
  const window = f.required('sliding_window')
  const whole = { split: 'replicated' } as const
  const mixing = (2 * streams + streams * streams) * (streams * hidden + 1) + 3
  const width = f.required('moe_intermediate_size')
  const common: readonly Weight[] = [
    ...matrix('attention', 'self_attn.q_a_proj', [rank, hidden], whole),
    ...matrix('attention', 'self_attn.q_b_proj', [heads * dim, rank]),
    ...matrix('attention', 'self_attn.kv_proj', [dim, hidden], whole),
    ...matrix('attention', 'self_attn.o_a_proj', [groups, (heads * dim) / f.required('o_groups')]),
    ...matrix('attention', 'self_attn.o_b_proj', [hidden, groups]),
    vector('attention', 'self_attn.sinks', heads, 'tensor'),
    vector('norms', 'layernorms', 2 * hidden + rank + dim),
    vector('norms', 'hyper_connections', 2 * mixing),
    ...expertLayer({ hidden, experts: numberOfExperts(f), width, sharedWidth: sharedWidthOf(f, width) }),
  ]
  const keyOf = (i: number) => String(compressRatio(f, i))
  return layersByKey(layers, keyOf, (i) => {
    const ratio = compressRatio(f, i)
    const cache: CacheShape = { kind: 'compressed', entryDim: dim, ratio, window }
    if (ratio === 0) return { weights: common, caches: [cache] }
    const compressor = compressorOf(f, { hidden, ratio, dim })
    const keys = { kind: 'indexer', keyDim: f.required('index_head_dim'), ratio } as const
    return { weights: [...common, ...compressor], caches: ratio <= 4 ? [cache, keys] : [cache] }
  })
}

/** Tokens that one compressed vector stands for; 0 = the layer has only its window. */
const compressRatio = (f: Fields, i: number): number => {
  const ratios = f.list('compress_ratios')
  if (ratios !== null) return Number(ratios[i] ?? 0)
  const kind = String(f.list('layer_types')?.[i])
  return f.section('compress_rates')?.number(kind) ?? 0
}

/** Overlapping compression (ratio 4) has twice the width, and an indexer. */
const compressorOf = (
  f: Fields,
  shape: { hidden: number; ratio: number; dim: number },
): readonly Weight[] => {
  const { hidden, ratio, dim } = shape
  const whole = { split: 'replicated' } as const
  const overlap = ratio <= 4 ? 2 : 1
  const name = (part: string) => `self_attn.compressor.${part}`
  const pooling = (prefix: string, width: number): readonly Weight[] => [
    ...matrix('attention', `${prefix}kv_proj`, [overlap * width, hidden], whole),
    ...matrix('attention', `${prefix}gate_proj`, [overlap * width, hidden], whole),
    vector('attention', `${prefix}position_bias`, ratio * overlap * width + width),
  ]
  if (ratio > 4) return pooling(name(''), dim)
  const keyDim = f.required('index_head_dim')
  const indexHeads = f.required('index_n_heads')
  return [
    ...pooling(name(''), dim),
    ...pooling(name('indexer.'), keyDim),
    ...matrix('indexer', name('indexer.q_b_proj'), [indexHeads * keyDim, f.required('q_lora_rank')], whole),
    ...matrix('indexer', name('indexer.weights_proj'), [indexHeads, hidden], whole),
  ]
}

/** DeciLM (Nemotron NAS): every layer says whether it has attention, and how wide its feed-forward part is. */
export const deciLayers = (f: Fields, basics: Basics): readonly LayerShape[] => {
  const { hidden, heads } = basics
  const blocks = f.list('block_configs') ?? []
  const keyOf = (i: number) => JSON.stringify(blocks[i])
  return layersByKey(blocks.length, keyOf, (i) => {
    const block = blocks[i]
    const settings = fieldsOf(isObject(block) ? block : {})
    const attention = settings.section('attention')
    const feedForward = settings.section('ffn')
    const group = attention?.number('n_heads_in_group') ?? null
    const replaced = attention?.flag('replace_with_linear') ? hidden * hidden : 0
    const ratio = feedForward?.number('ffn_mult') ?? 0
    const width = Math.ceil(Math.trunc((2 * ratio * hidden) / 3) / 256) * 256
    const kept = group === null ? null : layerOf({ ...basics, kvHeads: heads / group }, [])
    return {
      weights: [
        ...(kept?.weights ?? []),
        ...(replaced > 0 ? matrix('attention', 'self_attn.linear_attn', [hidden, hidden]) : []),
        ...(kept || replaced > 0 ? [vector('norms', 'input_layernorm', hidden)] : []),
        ...(width > 0
          ? [...denseFeedForward({ hidden, width }), vector('norms', 'post_attention_layernorm', hidden)]
          : []),
        ...(feedForward?.flag('replace_with_linear')
          ? [
              ...matrix('feed-forward', 'mlp.linear_mlp', [hidden, hidden]),
              vector('norms', 'post_attention_layernorm', hidden),
            ]
          : []),
      ],
      caches: kept?.caches ?? [],
    }
  })
}
