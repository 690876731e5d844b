// What is known of each architecture by its `model_type`. A table; the formulas are in the files of the layers.

import type { LayerShape, Weight } from '../model-shape.js'
import type { Fields } from './fields.js'
import { kimiLinearLayers, latentLayers } from './latent-layers.js'
import { graniteLayers, jambaLayers, nemotronLayers } from './mixed-layers.js'
import {
  deciLayers,
  deepseekV4Layers,
  gemma4Layers,
  mimoLayers,
  minimaxM3Layers,
  stepLayers,
} from './special-layers.js'
import { type Basics, type Quirks, standardLayers } from './standard-layers.js'
import { matrix, table, vector } from './weights.js'

export interface Family {
  readonly layersOf: (f: Fields, basics: Basics) => readonly LayerShape[]
  /** Whether embeddings are tied when the file does not say so. Default false. */
  readonly tied?: boolean
  /** Values of the norm behind the last layer. Default `hidden`. */
  readonly lastNorms?: number
  /** Further weights beside the layers. */
  readonly outsideOf?: (f: Fields, basics: Basics) => readonly Weight[]
  /** Fields that files of this architecture leave out, with the values they then have. */
  readonly defaults?: Readonly<Record<string, unknown>>
}

const standard = (quirks?: Quirks, rest: Omit<Family, 'layersOf'> = {}): Family => ({
  layersOf: standardLayers(quirks),
  ...rest,
})

const plain = standard()
const biasedQueries = standard({ bias: 'queries' })
const headNorms = standard({ norm: 'head', correction: false })
const deltaNet = standard({ norm: 'head', gate: 'query', sharedGate: true })
const latent: Family = { layersOf: latentLayers }
const nemotron: Family = { layersOf: nemotronLayers }
/** Defaults of `Gemma3TextConfig` (transformers 5.24.0), which the published 4B file relies on. */
const gemma3 = standard(
  { norm: 'head', norms: 4, period: 6 },
  {
    tied: true,
    defaults: { num_attention_heads: 8, num_key_value_heads: 4, head_dim: 256, vocab_size: 262208 },
  },
)

/** Falcon: one or two layer norms (with biases) before attention and feed-forward part at once; no third matrix. */
const falcon: Family = {
  tied: true,
  lastNorms: 2,
  layersOf: (f, basics) => {
    const grouped = f.flag('new_decoder_architecture') ?? false
    const kvHeads = grouped ? f.required('num_kv_heads') : f.flag('multi_query') === false ? basics.heads : 1
    const norms = grouped && f.number('num_ln_in_parallel_attn') !== 1 ? 4 : 2
    const width = f.number('ffn_hidden_size') ?? 4 * basics.hidden
    const bias = f.flag('bias') ? 'all' : 'none'
    const quirks = { gated: false, norms, bias, mlpBias: bias === 'all', width } as const
    return standardLayers(quirks)(f, { ...basics, kvHeads })
  },
}

/** GPT-2: biases everywhere, layer norms, two matrices in the feed-forward part, a table of positions. */
const gpt2: Family = {
  tied: true,
  lastNorms: 2,
  layersOf: (f, basics) => {
    const width = f.number('n_inner') ?? 4 * basics.hidden
    return standardLayers({ gated: false, norms: 4, bias: 'all', mlpBias: true, width })(f, basics)
  },
  outsideOf: (f, { hidden }) => [table('wpe', f.required('n_positions'), hidden)],
}

/** StarCoder2: biases everywhere, layer norms, two matrices in the feed-forward part. */
const starcoder2: Family = {
  tied: true,
  lastNorms: 2,
  layersOf: (f, basics) => {
    const bias = f.flag('use_bias') ?? true
    const quirks = { gated: false, norms: 4, bias: bias ? 'all' : 'none', mlpBias: bias } as const
    return standardLayers(quirks)(f, basics)
  },
}

/** Llama 4: every fourth layer sees everything, the others a piece; one shared expert as wide as the others. */
const llama4: Family = {
  layersOf: (f, basics) =>
    standardLayers({ period: 4, others: 'chunked', sharedWidth: f.required('intermediate_size') })(f, basics),
}

/** Small weights of Gemma 4's embeddings per layer. */
const gemma4Outside = (f: Fields, { hidden, layers }: Basics): readonly Weight[] => {
  const width = f.number('hidden_size_per_layer_input') ?? 0
  if (width === 0) return []
  return [
    table('embed_tokens_per_layer', f.required('vocab_size_per_layer_input'), layers * width),
    ...matrix('embeddings', 'per_layer_model_projection', [layers * width, hidden], { split: 'replicated' }),
    vector('norms', 'per_layer_projection_norm', width),
  ]
}

const deepseekV4Outside = (f: Fields, { hidden }: Basics): readonly Weight[] => {
  const streams = f.number('hc_mult') ?? 1
  return [vector('norms', 'hc_head', streams * (streams * hidden + 1) + 1)]
}

/** Every architecture whose weights and caches are counted exactly. */
export const families: Readonly<Record<string, Family>> = {
  llama: plain,
  mistral: plain,
  ministral: plain,
  ministral3: plain,
  mixtral: plain,
  granite: plain,
  smollm3: plain,
  phi3: standard({ bias: 'none' }),
  qwen2: biasedQueries,
  qwen2_vl: biasedQueries,
  qwen2_5_vl: biasedQueries,
  qwen2_vl_text: biasedQueries,
  qwen2_5_vl_text: biasedQueries,
  mimo: biasedQueries,
  seed_oss: biasedQueries,
  qwen2_moe: standard({ bias: 'queries', sharedGate: true }),
  qwen3: headNorms,
  qwen3_moe: headNorms,
  qwen3_vl_text: headNorms,
  qwen3_vl_moe_text: headNorms,
  qwen3_next: deltaNet,
  qwen3_5_text: standard({ norm: 'head', gate: 'query' }),
  qwen3_5_moe_text: deltaNet,
  gemma: standard({}, { tied: true }),
  gemma2: standard({ norms: 4, period: 2 }, { tied: true }),
  gemma3_text: gemma3,
  gemma4_text: {
    layersOf: gemma4Layers,
    tied: true,
    outsideOf: gemma4Outside,
    // Default of `Gemma4TextConfig` (transformers 5.24.0).
    defaults: { global_head_dim: 512 },
  },
  gpt_oss: standard({ bias: 'all', sinks: true, expertBias: true, period: 2 }),
  deepseek_v2: latent,
  deepseek_v3: latent,
  deepseek_v32: latent,
  kimi_k2: latent,
  glm_moe_dsa: latent,
  glm4_moe_lite: latent,
  kimi_linear: { layersOf: kimiLinearLayers },
  deepseek_v4: { layersOf: deepseekV4Layers, outsideOf: deepseekV4Outside },
  deepseek_ref: { layersOf: deepseekV4Layers, outsideOf: deepseekV4Outside },
  glm4: standard({ bias: 'queries', norms: 4 }),
  glm4_moe: {
    layersOf: (f, basics) => {
      const norm = f.flag('use_qk_norm') ? ({ norm: 'head' } as const) : {}
      const bias = f.flag('attention_bias') ? 'queries' : 'none'
      return standardLayers({ ...norm, bias, correction: true })(f, basics)
    },
  },
  minimax_m2: standard({ norm: 'full', correction: true }),
  minimax_m3: { layersOf: minimaxM3Layers },
  minimax_m3_vl: { layersOf: minimaxM3Layers },
  minimax_m3_vl_text: { layersOf: minimaxM3Layers },
  nemotron_h: nemotron,
  llama4_text: llama4,
  step3p5: { layersOf: stepLayers },
  step3p7: { layersOf: stepLayers },
  mimo_v2_flash: { layersOf: mimoLayers },
  'nemotron-nas': { layersOf: deciLayers },
  falcon,
  gpt2,
  starcoder2,
  cohere: standard({ norms: 1 }, { tied: true }),
  cohere2: standard({ norms: 1, period: 4 }, { tied: true }),
  olmo2: standard({ norm: 'full' }),
  olmo3: standard({ norm: 'full', period: 4 }),
  granitemoehybrid: { layersOf: graniteLayers },
  jamba: { layersOf: jambaLayers },
}
