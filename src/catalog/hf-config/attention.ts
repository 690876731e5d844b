// Weights and cache of attention with grouped heads. Knows no file and no other part of a layer.

import type { KeyValueCache, Weight } from '../model-shape.js'
import { matrix, vector } from './weights.js'

export interface GroupedAttention {
  readonly hidden: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  /** Default `headDim`. */
  readonly valueDim?: number
  readonly queryBias?: boolean
  readonly outputBias?: boolean
  /** Norms of queries and keys: one vector for all heads, one value for every value, or one vector per head. */
  readonly norm?: 'head' | 'full' | null
  /** `query` doubles the query projection, `head` is one value a head. */
  readonly gate?: 'query' | 'head' | null
  /** A learned value a head that takes part in the softmax. */
  readonly sinks?: boolean
  /** Values are the keys: no value projection, though both are cached. */
  readonly sharedKeyValue?: boolean
  /** Keys and values of an earlier layer are used: neither projected nor cached. */
  readonly borrowsCache?: boolean
  readonly window?: { readonly kind: 'sliding' | 'chunked'; readonly tokens: number } | null
  readonly prefix?: string
}

export const groupedAttention = (shape: GroupedAttention): readonly Weight[] => {
  const { hidden, heads, kvHeads, headDim, valueDim = headDim, prefix = 'self_attn' } = shape
  const queries = heads * headDim * (shape.gate === 'query' ? 2 : 1)
  const bias = shape.queryBias ?? false
  const byHeads = { split: 'kv-heads', kvHeads, bias } as const
  const keyWeights = shape.borrowsCache
    ? []
    : [
        ...matrix('attention', `${prefix}.k_proj`, [kvHeads * headDim, hidden], byHeads),
        ...(shape.sharedKeyValue
          ? []
          : matrix('attention', `${prefix}.v_proj`, [kvHeads * valueDim, hidden], byHeads)),
      ]
  return [
    ...matrix('attention', `${prefix}.q_proj`, [queries, hidden], { bias }),
    ...keyWeights,
    ...matrix('attention', `${prefix}.o_proj`, [hidden, heads * valueDim], {
      bias: shape.outputBias ?? false,
    }),
    ...headNorms(shape, prefix),
    ...(shape.gate === 'head' ? matrix('attention', `${prefix}.g_proj`, [heads, hidden]) : []),
    ...(shape.sinks ? [vector('attention', `${prefix}.sinks`, heads, 'tensor')] : []),
  ]
}

const headNorms = ({ heads, kvHeads, headDim, norm, borrowsCache }: GroupedAttention, prefix: string) => {
  if (!norm) return []
  const [queries, keys] = norm === 'head' ? [headDim, headDim] : [heads * headDim, kvHeads * headDim]
  return [
    vector('norms', `${prefix}.q_norm`, queries),
    ...(borrowsCache ? [] : [vector('norms', `${prefix}.k_norm`, keys)]),
  ]
}

export const groupedCache = (shape: GroupedAttention): readonly KeyValueCache[] => {
  if (shape.borrowsCache) return []
  const { kvHeads, headDim, valueDim = headDim, window } = shape
  return [
    {
      kind: window ? window.kind : 'full',
      kvHeads,
      keyDim: headDim,
      valueDim,
      window: window?.tokens ?? 0,
    },
  ]
}
