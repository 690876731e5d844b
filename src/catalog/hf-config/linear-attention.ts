// Weights and state of layers whose memory of a sequence does not grow: Gated DeltaNet (arXiv 2412.06464), Kimi
// Delta Attention (arXiv 2510.26692), Mamba-2 (arXiv 2405.21060), Mamba (arXiv 2312.00752). Knows no other layer.

import type { StateCache, Weight } from '../model-shape.js'
import type { Fields } from './fields.js'
import { matrix, vector } from './weights.js'

interface LinearLayer {
  readonly weights: readonly Weight[]
  readonly cache: StateCache
}

const part = 'linear-attention'

/** Bytes of a state's value from a field such as `float32`; null = as wide as the model computes. */
const bytesOfDtype = (dtype: string | null): number | null => {
  if (dtype === null) return null
  return dtype === 'float32' ? 4 : 2
}

export const gatedDeltaNet = (f: Fields, hidden: number): LinearLayer => {
  const keyHeads = f.required('linear_num_key_heads')
  const valueHeads = f.required('linear_num_value_heads')
  const keyDim = f.required('linear_key_head_dim')
  const valueDim = f.required('linear_value_head_dim')
  const kernel = f.number('linear_conv_kernel_dim') ?? 4
  const keys = keyHeads * keyDim
  const values = valueHeads * valueDim
  const channels = 2 * keys + values
  return {
    weights: [
      ...matrix(part, 'linear_attn.in_proj_qkv', [channels, hidden]),
      ...matrix(part, 'linear_attn.in_proj_z', [values, hidden]),
      ...matrix(part, 'linear_attn.in_proj_b', [valueHeads, hidden]),
      ...matrix(part, 'linear_attn.in_proj_a', [valueHeads, hidden]),
      ...matrix(part, 'linear_attn.out_proj', [hidden, values]),
      vector(part, 'linear_attn.conv1d', channels * kernel, 'tensor'),
      vector(part, 'linear_attn.dt_bias', 2 * valueHeads, 'tensor'),
      vector('norms', 'linear_attn.norm', valueDim),
    ],
    cache: {
      kind: 'state',
      taps: kernel - 1,
      channels,
      groupChannels: 0,
      groups: 0,
      stateValues: valueHeads * keyDim * valueDim,
      stateBytes: bytesOfDtype(f.text('mamba_ssm_dtype')),
    },
  }
}

/** Kimi Delta Attention; its state is kept in 32 bits (vLLM `kda_state_dtype`). */
export const kimiDelta = (f: Fields, hidden: number): LinearLayer => {
  const settings = f.section('linear_attn_config') ?? f
  const heads = settings.required('num_heads', 'linear_num_heads')
  const dim = settings.required('linear_head_dim', 'head_dim')
  const kernel = settings.number('short_conv_kernel_size', 'linear_conv_kernel_dim') ?? 4
  const width = heads * dim
  const names = ['q_proj', 'k_proj', 'v_proj']
  return {
    weights: [
      ...names.flatMap((name) => matrix(part, `self_attn.${name}`, [width, hidden])),
      ...names.map((name) => vector(part, `self_attn.${name.charAt(0)}_conv1d`, width * kernel, 'tensor')),
      ...matrix(part, 'self_attn.f_a_proj', [dim, hidden], { split: 'replicated' }),
      ...matrix(part, 'self_attn.f_b_proj', [width, dim]),
      ...matrix(part, 'self_attn.b_proj', [heads, hidden]),
      ...(settings.flag('use_full_rank_gate')
        ? matrix(part, 'self_attn.g_proj', [width, hidden])
        : [
            ...matrix(part, 'self_attn.g_a_proj', [dim, hidden], { split: 'replicated' }),
            ...matrix(part, 'self_attn.g_b_proj', [width, dim]),
          ]),
      ...matrix(part, 'self_attn.o_proj', [hidden, width]),
      vector(part, 'self_attn.dt_bias', width + heads, 'tensor'),
      vector('norms', 'self_attn.o_norm', dim),
    ],
    cache: {
      kind: 'state',
      taps: kernel - 1,
      channels: 3 * width,
      groupChannels: 0,
      groups: 0,
      stateValues: heads * dim * dim,
      stateBytes: 4,
    },
  }
}

export const mamba2 = (f: Fields, hidden: number, prefix: string): LinearLayer => {
  const heads = f.required('mamba_num_heads', 'mamba_n_heads')
  const headDim = f.number('mamba_head_dim', 'mamba_d_head') ?? (2 * hidden) / heads
  const groups = f.number('n_groups', 'mamba_n_groups') ?? 1
  const state = f.required('ssm_state_size', 'mamba_d_state')
  const kernel = f.number('conv_kernel', 'mamba_d_conv') ?? 4
  const inner = heads * headDim
  const channels = inner + 2 * groups * state
  const bias = f.flag('use_bias') ?? f.flag('mamba_proj_bias') ?? false
  const convBias = f.flag('use_conv_bias') ?? f.flag('mamba_conv_bias') ?? true
  return {
    weights: [
      ...matrix(part, `${prefix}.in_proj`, [inner + channels + heads, hidden], { bias }),
      ...matrix(part, `${prefix}.out_proj`, [hidden, inner], { bias }),
      vector(part, `${prefix}.conv1d`, channels * (kernel + (convBias ? 1 : 0)), 'tensor'),
      vector(part, `${prefix}.A_log`, 3 * heads, 'tensor'),
      vector('norms', `${prefix}.norm`, inner),
    ],
    cache: {
      kind: 'state',
      taps: kernel - 1,
      channels: inner,
      groupChannels: 2 * groups * state,
      groups,
      stateValues: heads * headDim * state,
      stateBytes: bytesOfDtype(f.text('mamba_ssm_cache_dtype')),
    },
  }
}

/** The first Mamba, as Jamba has it (with norms of step, input and output). */
export const mamba1 = (f: Fields, hidden: number): LinearLayer => {
  const inner = (f.number('mamba_expand') ?? 2) * hidden
  const state = f.required('mamba_d_state')
  const kernel = f.required('mamba_d_conv')
  const rank = f.number('mamba_dt_rank') ?? Math.ceil(hidden / 16)
  return {
    weights: [
      ...matrix(part, 'mamba.in_proj', [2 * inner, hidden]),
      ...matrix(part, 'mamba.x_proj', [rank + 2 * state, inner]),
      ...matrix(part, 'mamba.dt_proj', [inner, rank], { bias: true }),
      ...matrix(part, 'mamba.out_proj', [hidden, inner]),
      vector(part, 'mamba.conv1d', inner * (kernel + 1), 'tensor'),
      vector(part, 'mamba.A_log', inner * (state + 1), 'tensor'),
      vector('norms', 'mamba.layernorms', rank + 2 * state),
    ],
    cache: {
      kind: 'state',
      taps: kernel - 1,
      channels: inner,
      groupChannels: 0,
      groups: 0,
      stateValues: inner * state,
      stateBytes: null,
    },
  }
}
