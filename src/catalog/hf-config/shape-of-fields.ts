// A shape put together from the few numbers that every model has. A bound: it knows no architecture.

import type { Model } from '../model.js'
import type { CacheShape, LayerShape, ModelShape } from '../model-shape.js'
import { matrix, table, vector } from './weights.js'

export type ShapeFields = Omit<Model, 'shape'>

export const shapeOfFields = (model: ShapeFields): ModelShape => {
  const { hidden, heads, kvHeads, headDim, vocabulary } = model
  const kinds = [
    ...Array.from({ length: model.linearLayers }, () => 'linear' as const),
    ...Array.from({ length: model.slidingLayers }, () => 'sliding' as const),
  ]
  const layers = Array.from({ length: model.layers }, (_, i): LayerShape => {
    const dense = i < model.layers - model.moeLayers || model.experts === 0
    const width = dense ? (model.feedForward ?? 4 * hidden) : model.expertFeedForward
    const experts = dense ? 1 : model.experts
    const part = dense ? 'feed-forward' : 'experts'
    const split = dense ? 'tensor' : 'experts'
    return {
      weights: [
        ...matrix('attention', 'self_attn.q_proj', [heads * headDim, hidden]),
        ...matrix('attention', 'self_attn.k_proj', [kvHeads * headDim, hidden], {
          split: 'kv-heads',
          kvHeads,
        }),
        ...matrix('attention', 'self_attn.v_proj', [kvHeads * headDim, hidden], {
          split: 'kv-heads',
          kvHeads,
        }),
        ...matrix('attention', 'self_attn.o_proj', [hidden, heads * headDim]),
        ...matrix(part, 'mlp.gate_proj', [width, hidden], { count: experts, split }),
        ...matrix(part, 'mlp.up_proj', [width, hidden], { count: experts, split }),
        ...matrix(part, 'mlp.down_proj', [hidden, width], { count: experts, split }),
        vector('norms', 'input_layernorm', hidden),
        vector('norms', 'post_attention_layernorm', hidden),
      ],
      caches: [cacheOf(kinds[i] ?? 'full', model)],
    }
  })
  return {
    layers,
    outside: [
      table('embed_tokens', vocabulary, hidden),
      vector('norms', 'norm', hidden),
      ...(model.tiedEmbeddings
        ? []
        : matrix('head', 'lm_head', [vocabulary, hidden], { split: 'vocabulary' })),
    ],
    vision: [],
    prediction: [],
    stored: {
      precision: 'bf16',
      matrices: { bitsPerWeight: 16, bytesPerRow: 0 },
      kvCache: null,
    },
    certainty: 'bounded',
  }
}

const cacheOf = (kind: 'full' | 'sliding' | 'linear', model: ShapeFields): CacheShape => {
  const { kvHeads, headDim } = model
  if (kind === 'linear')
    return {
      kind: 'state',
      taps: 3,
      channels: 2 * model.hidden,
      groupChannels: 0,
      groups: 0,
      stateValues: 2 * model.hidden * 128,
      stateBytes: 4,
    }
  if (model.attention === 'mla') return { kind: 'latent', latentDim: 512, ropeDim: 64 }
  const window = kind === 'sliding' ? model.slidingWindow : 0
  return { kind, kvHeads, keyDim: headDim, valueDim: headDim, window }
}
