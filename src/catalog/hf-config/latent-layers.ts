// Layers with multi-head latent attention: DeepSeek-V2, V3, V3.2, Kimi K2 and K3, GLM-5. Knows no vision tower.

import type { LayerShape, Weight } from '../model-shape.js'
import { denseFeedForward, expertLayer } from './feed-forward.js'
import type { Fields } from './fields.js'
import { indexerCache, latentAttention, latentCache, sparseIndexer } from './latent-attention.js'
import { attentionKinds, hasExperts, numberOfExperts } from './layer-kinds.js'
import { layersByKey } from './layers-by-key.js'
import { kimiDelta } from './linear-attention.js'
import { type Basics, sharedWidthOf } from './standard-layers.js'
import { matrix, vector } from './weights.js'

export const latentLayers = (f: Fields, { hidden, layers }: Basics): readonly LayerShape[] => {
  const plain = latentAttention(f, hidden)
  return layersByKey(
    layers,
    (i) => `${hasExperts(f, i)} ${indexes(f, i)}`,
    (i) => ({
      weights: [...plain, ...restOf(f, hidden, i), ...(indexes(f, i) ? sparseIndexer(f, hidden) : [])],
      caches: [latentCache(f), ...(indexes(f, i) ? [indexerCache(f)] : [])],
    }),
  )
}

/** Layers marked `shared` select the tokens that the indexer of an earlier layer selected (GLM-5.2). */
const indexes = (f: Fields, i: number): boolean => {
  if (f.number('index_n_heads') === null) return false
  const kinds = f.list('indexer_types')
  return kinds === null || kinds[i] === 'full'
}

const restOf = (f: Fields, hidden: number, i: number): readonly Weight[] => {
  const width = f.number('moe_intermediate_size') ?? 0
  return [
    ...(hasExperts(f, i)
      ? expertLayer({
          hidden,
          experts: numberOfExperts(f),
          width,
          latent: f.number('routed_expert_hidden_size'),
          sharedWidth: sharedWidthOf(f, width),
          correction: f.text('topk_method') === 'noaux_tc' || f.text('scoring_func') === 'sigmoid',
        })
      : denseFeedForward({ hidden, width: f.required('intermediate_size') })),
    vector('norms', 'layernorms', 2 * hidden),
  ]
}

/** Kimi Linear: most layers keep a state (KDA), the others a latent cache. Layers are numbered from 1. */
export const kimiLinearLayers = (f: Fields, basics: Basics): readonly LayerShape[] => {
  const { hidden } = basics
  const numbered = f.section('linear_attn_config')?.list('kda_layers') ?? null
  const kinds = attentionKinds(f, basics.layers, 1)
  const isLinear = (i: number) => numbered?.includes(i + 1) ?? kinds[i] === 'linear'
  const gate = f.flag('mla_use_output_gate')
    ? matrix('attention', 'self_attn.g_proj', [
        f.required('num_attention_heads') * f.required('v_head_dim'),
        hidden,
      ])
    : []
  const delta = kimiDelta(f, hidden)
  const latent = latentAttention(f, hidden)
  // Kimi K3: a norm and a row of weights before each half that mixes earlier blocks in, and a norm of latent experts.
  const mixing = f.number('attn_res_block_size') === null ? 0 : 4 * hidden
  const latentNorm = f.flag('latent_moe_use_norm') ? f.required('routed_expert_hidden_size') : 0
  const more = mixing + latentNorm > 0 ? [vector('norms', 'residual_mixing', mixing + latentNorm)] : []
  return layersByKey(
    basics.layers,
    (i) => `${hasExperts(f, i)} ${isLinear(i)}`,
    (i) =>
      isLinear(i)
        ? { weights: [...delta.weights, ...more, ...restOf(f, hidden, i)], caches: [delta.cache] }
        : { weights: [...latent, ...gate, ...more, ...restOf(f, hidden, i)], caches: [latentCache(f)] },
  )
}
