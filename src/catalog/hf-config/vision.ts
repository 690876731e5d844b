// Weights of vision towers and their projectors. Knows no language model but its width.

import type { Weight } from '../model-shape.js'
import type { Fields } from './fields.js'
import { matrix, table, vector } from './weights.js'

type Tower = (vision: Fields, width: number) => readonly Weight[]

const weight = (name: string, outputs: number, inputs: number, bias = true): readonly Weight[] =>
  matrix('vision', `vision.${name}`, [outputs, inputs], { bias })
const values = (name: string, count: number): Weight => vector('vision', `vision.${name}`, count)

interface Block {
  readonly width: number
  readonly inner: number
  readonly layers: number
  /** Gate, up and down instead of two matrices. */
  readonly gated?: boolean
  readonly bias?: boolean
  /** Width of queries, keys and values. Default `width`. */
  readonly attention?: number
  /** Vectors of `width` values in a layer. Default 4: two norms with biases. */
  readonly vectors?: number
}

const blocks = ({
  width,
  inner,
  layers,
  gated = false,
  bias = true,
  vectors = 4,
  attention = width,
}: Block): readonly Weight[] => {
  const each = { count: layers, bias }
  const names = gated ? ['mlp.gate_proj', 'mlp.up_proj'] : ['mlp.fc1']
  return [
    ...matrix('vision', 'vision.blocks.attn.qkv', [3 * attention, width], each),
    ...matrix('vision', 'vision.blocks.attn.proj', [width, attention], each),
    ...names.flatMap((name) => matrix('vision', `vision.blocks.${name}`, [inner, width], each)),
    ...matrix('vision', 'vision.blocks.mlp.fc2', [width, inner], each),
    values('blocks.norms', layers * vectors * width),
  ]
}

const pixels = (v: Fields) =>
  (v.number('in_channels', 'in_chans', 'num_channels') ?? 3) * v.required('patch_size') ** 2
const square = (side: number) => side * side

/** Qwen3-VL and Qwen3.5: merges 2 x 2 patches, and feeds some layers' outputs into the language model. */
const qwen3: Tower = (v) => {
  const width = v.required('hidden_size')
  const merged = width * square(v.number('spatial_merge_size') ?? 2)
  const merge = (name: string, norms: number) => [
    ...weight(`${name}.linear_fc1`, merged, merged),
    ...weight(`${name}.linear_fc2`, v.required('out_hidden_size'), merged),
    values(`${name}.norm`, norms),
  ]
  const deep = v.list('deepstack_visual_indexes')?.length ?? 0
  return [
    ...weight('patch_embed', width, pixels(v) * (v.number('temporal_patch_size') ?? 2)),
    { ...table('vision.pos_embed', v.required('num_position_embeddings'), width), component: 'vision' },
    ...blocks({ width, inner: v.required('intermediate_size'), layers: v.required('depth') }),
    ...merge('merger', 2 * width),
    ...Array.from({ length: deep }, (_, i) => merge(`deepstack_merger_list.${i}`, 2 * merged)).flat(),
  ]
}

/** Qwen2-VL: as Qwen3-VL, without a table of positions; `hidden_size` is the language model's. */
const qwen2: Tower = (v, text) => {
  const width = v.required('embed_dim')
  const merged = width * square(v.number('spatial_merge_size') ?? 2)
  return [
    ...weight('patch_embed', width, pixels(v) * (v.number('temporal_patch_size') ?? 2), false),
    ...blocks({ width, inner: width * (v.number('mlp_ratio') ?? 4), layers: v.required('depth') }),
    ...weight('merger.mlp.0', merged, merged),
    ...weight('merger.mlp.2', v.number('hidden_size') ?? text, merged),
    values('merger.ln_q', 2 * width),
  ]
}

/** Qwen2.5-VL: gated feed-forward parts with biases, norms without. */
const qwen25: Tower = (v) => {
  const width = v.required('hidden_size')
  const merged = width * square(v.number('spatial_merge_size') ?? 2)
  return [
    ...weight('patch_embed', width, pixels(v) * (v.number('temporal_patch_size') ?? 2), false),
    ...blocks({
      width,
      inner: v.required('intermediate_size'),
      layers: v.required('depth'),
      gated: true,
      vectors: 2,
    }),
    ...weight('merger.mlp.0', merged, merged),
    ...weight('merger.mlp.2', v.required('out_hidden_size'), merged),
    values('merger.ln_q', width),
  ]
}

/** SigLIP, as in Gemma 3: a position for every patch, then a projection without bias. */
const siglip: Tower = (v, text) => {
  const width = v.required('hidden_size')
  const patches = square(Math.floor(v.required('image_size') / v.required('patch_size')))
  return [
    ...weight('patch_embed', width, pixels(v)),
    { ...table('vision.pos_embed', patches, width), component: 'vision' },
    ...blocks({ width, inner: v.required('intermediate_size'), layers: v.required('num_hidden_layers') }),
    values('post_layernorm', 2 * width),
    ...weight('mm_input_projection', text, width, false),
    values('mm_soft_emb_norm', width),
  ]
}

/** Gemma 4: gated feed-forward parts, four norms, norms of queries and keys, a table of positions for each axis. */
const gemma4: Tower = (v, text) => {
  const width = v.required('hidden_size')
  const layers = v.required('num_hidden_layers')
  const positions = v.number('position_embedding_size') ?? 0
  return [
    ...weight('patch_embed', width, pixels(v), false),
    { ...table('vision.pos_embed', 2 * positions, width), component: 'vision' },
    ...blocks({
      width,
      inner: v.required('intermediate_size'),
      layers,
      gated: true,
      bias: false,
      vectors: 4,
    }),
    values('qk_norm', 2 * layers * v.required('head_dim')),
    ...weight('embedding_projection', text, width, false),
  ]
}

/** Kimi K2.5: fields that begin with `vt_`. */
const kimi: Tower = (v, text) => {
  const width = v.required('vt_hidden_size', 'hidden_size')
  const merge = v.list('merge_kernel_size') ?? [2, 2]
  const merged = width * Number(merge[0]) * Number(merge[1])
  const height = v.required('init_pos_emb_height', 'pos_emb_height')
  return [
    ...weight('patch_embed', width, pixels(v)),
    values('pos_emb', height * v.required('init_pos_emb_width', 'pos_emb_width') * width),
    ...blocks({
      width,
      inner: v.required('vt_intermediate_size', 'intermediate_size'),
      layers: v.required('vt_num_hidden_layers', 'num_hidden_layers'),
    }),
    values('norms', 4 * width),
    ...weight('mm_projector.in_proj', merged, merged),
    ...weight('mm_projector.out_proj', text, merged),
  ]
}

/** Kimi K3: as K2.5 without biases, wider attention, and a norm behind the projector. */
const kimi3: Tower = (v, text) => {
  const width = v.required('vt_hidden_size')
  const merged = 4 * width
  return [
    ...weight('patch_embed', width, pixels(v), false),
    values('pos_emb', v.required('init_pos_emb_height') * v.required('init_pos_emb_width') * width),
    ...blocks({
      width,
      inner: v.required('vt_intermediate_size'),
      layers: v.required('vt_num_hidden_layers'),
      attention: v.number('qkv_hidden_size') ?? width,
      bias: false,
      vectors: 2,
    }),
    values('norms', width + text),
    ...weight('mm_projector.linear_1', merged, merged, false),
    ...weight('mm_projector.linear_2', text, merged, false),
  ]
}

/** Pixtral, as in Mistral 3: gated, no biases, then a merger of 2 x 2 patches and two matrices. */
const pixtral: Tower = (v, text) => {
  const width = v.required('hidden_size')
  return [
    ...weight('patch_conv', width, pixels(v), false),
    ...blocks({
      width,
      inner: v.required('intermediate_size'),
      layers: v.required('num_hidden_layers'),
      gated: true,
      bias: false,
      vectors: 2,
    }),
    values('norms', 2 * width),
    ...weight('patch_merger', width, 4 * width, false),
    ...weight('linear_1', text, width, false),
    ...weight('linear_2', text, text, false),
  ]
}

/** MiniMax-M3: a CLIP tower, then two pairs of matrices. */
const minimax: Tower = (v, text) => {
  const width = v.required('hidden_size')
  const merged = square(v.number('spatial_merge_size') ?? 2) * text
  return [
    ...weight('patch_embed', width, pixels(v) * (v.number('temporal_patch_size') ?? 2), false),
    ...blocks({ width, inner: v.required('intermediate_size'), layers: v.required('num_hidden_layers') }),
    values('pre_layernorm', 2 * width),
    ...weight('projector.linear_1', text, width),
    ...weight('projector.linear_2', text, text),
    ...weight('projector.merge_linear_1', text, merged),
    ...weight('projector.merge_linear_2', text, text),
  ]
}

/** Step-3.7: layers with two scales each, then two convolutions of 3 x 3 that halve each side and double the width. */
const step: Tower = (v, text) => {
  const width = v.required('hidden_size')
  const patches = square(Math.floor(v.required('image_size') / v.required('patch_size')))
  return [
    ...weight('patch_embedding', width, pixels(v), false),
    { ...table('vision.pos_embed', patches, width), component: 'vision' },
    ...blocks({
      width,
      inner: v.required('intermediate_size'),
      layers: v.required('num_hidden_layers'),
      vectors: 6,
    }),
    values('pre_layernorm', 2 * width),
    ...weight('downsampler1', 2 * width, 9 * width),
    ...weight('downsampler2', 4 * width, 9 * 2 * width),
    ...weight('projector', text, 4 * width, false),
  ]
}

/** Llama 4: a class token, then a shuffle of pixels and three matrices. */
const llama4: Tower = (v, text) => {
  const width = v.required('hidden_size')
  const patches = square(Math.floor(v.required('image_size') / v.required('patch_size'))) + 1
  const inner = v.required('projector_input_dim')
  const output = v.required('projector_output_dim')
  const shuffled = v.required('intermediate_size')
  return [
    ...weight('patch_embedding', width, pixels(v), false),
    values('class_and_positions', (patches + 1) * width + 4 * width),
    ...blocks({ width, inner: v.required('intermediate_size'), layers: v.required('num_hidden_layers') }),
    ...weight('adapter.fc1', inner, shuffled, false),
    ...weight('adapter.fc2', output, inner, false),
    ...weight('projector', text, v.required('vision_output_dim'), false),
  ]
}

const towers: Readonly<Record<string, Tower>> = {
  qwen3_vl: qwen3,
  qwen3_vl_moe: qwen3,
  qwen3_5: qwen3,
  qwen3_5_moe: qwen3,
  qwen2_vl: qwen2,
  qwen2_5_vl: qwen25,
  gemma3: siglip,
  gemma4,
  kimi_k25: kimi,
  kimi_k3: kimi3,
  mistral3: pixtral,
  minimax_m3_vl: minimax,
  llama4,
  step3p7: step,
}

/** A tower that is not known: the usual blocks and two matrices behind them. */
const bounded: Tower = (v, text) => {
  const width = v.required('hidden_size', 'embed_dim', 'vt_hidden_size')
  return [
    ...blocks({
      width,
      inner: v.number('intermediate_size', 'vt_intermediate_size') ?? 4 * width,
      layers: v.required('num_hidden_layers', 'depth', 'vt_num_hidden_layers'),
    }),
    ...weight('projector.1', text, 4 * width),
    ...weight('projector.2', text, text),
  ]
}

/** @returns the weights, and whether the tower is one that is counted exactly */
export const visionOf = (
  file: Fields,
  modelType: string,
  width: number,
): { readonly weights: readonly Weight[]; readonly exact: boolean } => {
  const vision = file.section('vision_config')
  if (vision === null) return { weights: [], exact: true }
  const tower = towers[modelType]
  return { weights: (tower ?? bounded)(vision, width), exact: tower !== undefined }
}
