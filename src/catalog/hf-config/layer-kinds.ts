// Which kind of attention each layer has, and which layers have experts. Knows no weights.

import type { Fields } from './fields.js'

export type AttentionKind = 'full' | 'sliding' | 'chunked' | 'linear'

const kindOfName = (name: unknown): AttentionKind => {
  const text = String(name)
  if (text.startsWith('sliding')) return 'sliding'
  if (text.startsWith('chunked')) return 'chunked'
  return /linear|mamba|conv|recurrent/.test(text) ? 'linear' : 'full'
}

/**
 * @param period without a list in the file, every `period`-th layer is full and the others slide; 1 = all full,
 *   0 = all slide when the file names a window
 */
export const attentionKinds = (
  f: Fields,
  layers: number,
  period: number,
  others: 'sliding' | 'chunked' = 'sliding',
): readonly AttentionKind[] => {
  const names = f.list('layer_types')
  const each = (kindAt: (i: number) => AttentionKind) => Array.from({ length: layers }, (_, i) => kindAt(i))
  if (names !== null) return each((i) => windowed(f, kindOfName(names[i])))
  const interval = f.number('full_attention_interval')
  if (interval !== null) return each((i) => ((i + 1) % interval === 0 ? 'full' : 'linear'))
  const pattern = f.number('sliding_window_pattern', '_sliding_window_pattern') ?? period
  const tokens = others === 'sliding' ? windowTokens(f) : (f.number('attention_chunk_size') ?? 0)
  if (tokens === 0 || pattern === 1) return each(() => 'full')
  return each((i) => (pattern > 0 && (i + 1) % pattern === 0 ? 'full' : others))
}

/** A sliding layer whose file names no window keeps everything. */
const windowed = (f: Fields, kind: AttentionKind): AttentionKind =>
  kind === 'sliding' && windowTokens(f) === 0 ? 'full' : kind

/** Tokens of the window; 0 = none, or switched off. */
export const windowTokens = (f: Fields): number =>
  f.flag('use_sliding_window') === false ? 0 : (f.number('sliding_window', 'sliding_window_size') ?? 0)

export const windowOf = (f: Fields, kind: AttentionKind) => {
  if (kind === 'sliding') return { kind, tokens: windowTokens(f) }
  return kind === 'chunked' ? { kind, tokens: f.required('attention_chunk_size') } : null
}

export const numberOfExperts = (f: Fields): number =>
  f.number('num_experts', 'num_local_experts', 'n_routed_experts', 'moe_num_experts', 'num_routed_experts') ??
  0

/** Whether layer `i` has experts, by whichever of the many ways the file says it. */
export const hasExperts = (f: Fields, i: number): boolean => {
  if (numberOfExperts(f) <= 1) return false
  const named = f.list('moe_layers') ?? listedLayers(f.text('moe_layers_enum'))
  if (named !== null) return named.includes(i)
  const flags = f.list('moe_layer_freq') ?? f.list('mlp_layer_types')
  if (flags !== null) return flags[i] === 1 || flags[i] === 'sparse'
  if (f.list('mlp_only_layers')?.includes(i)) return false
  if (i < (f.number('first_k_dense_replace', 'moe_layer_start_index') ?? 0)) return false
  const offset = f.number('expert_layer_offset')
  if (offset !== null) return i % f.required('expert_layer_period') === offset
  const step = f.number(
    'decoder_sparse_step',
    'interleave_moe_layer_step',
    'moe_layer_freq',
    'moe_layer_interval',
  )
  return step === null || step <= 1 || (i + 1) % step === 0
}

const listedLayers = (text: string | null) => (text === null ? null : text.split(',').map(Number))
