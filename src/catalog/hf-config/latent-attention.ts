// Weights and caches of multi-head latent attention (DeepSeek-V2, arXiv 2405.04434) and of its sparse indexer
// (DeepSeek-V3.2). Knows no other part of a layer.

import type { CacheShape, Weight } from '../model-shape.js'
import type { Fields } from './fields.js'
import { matrix, vector } from './weights.js'

export const latentAttention = (f: Fields, hidden: number): readonly Weight[] => {
  const heads = f.required('num_attention_heads')
  const { latent, rope } = latentDims(f)
  const nope = f.required('qk_nope_head_dim')
  const value = f.required('v_head_dim')
  const rank = f.number('q_lora_rank')
  const queries = heads * (nope + rope)
  const bias = f.flag('attention_bias') ?? false
  const name = (part: string) => `self_attn.${part}`
  return [
    ...(rank === null || rank === 0
      ? matrix('attention', name('q_proj'), [queries, hidden])
      : [
          ...matrix('attention', name('q_a_proj'), [rank, hidden], { split: 'replicated', bias }),
          vector('norms', name('q_a_layernorm'), rank),
          ...matrix('attention', name('q_b_proj'), [queries, rank]),
        ]),
    ...matrix('attention', name('kv_a_proj_with_mqa'), [latent + rope, hidden], {
      split: 'replicated',
      bias,
    }),
    vector('norms', name('kv_a_layernorm'), latent),
    ...matrix('attention', name('kv_b_proj'), [heads * (nope + value), latent]),
    ...matrix('attention', name('o_proj'), [hidden, heads * value], { bias }),
  ]
}

const latentDims = (f: Fields) => ({
  latent: f.required('kv_lora_rank'),
  rope: f.number('qk_rope_head_dim') ?? 0,
})

export const latentCache = (f: Fields): CacheShape => {
  const { latent, rope } = latentDims(f)
  return { kind: 'latent', latentDim: latent, ropeDim: rope }
}

/** The lightning indexer: queries from the query's latent vector, one key a token. */
export const sparseIndexer = (f: Fields, hidden: number): readonly Weight[] => {
  const heads = f.required('index_n_heads')
  const dim = f.required('index_head_dim')
  const rank = f.number('q_lora_rank') ?? hidden
  const whole = { split: 'replicated' } as const
  return [
    ...matrix('indexer', 'self_attn.indexer.wq_b', [heads * dim, rank], whole),
    ...matrix('indexer', 'self_attn.indexer.wk', [dim, hidden], whole),
    ...matrix('indexer', 'self_attn.indexer.weights_proj', [heads, hidden], whole),
    vector('indexer', 'self_attn.indexer.k_norm', 2 * dim),
  ]
}

export const indexerCache = (f: Fields): CacheShape => ({
  kind: 'indexer',
  keyDim: f.required('index_head_dim'),
  ratio: 1,
})
