// Writes src/catalog/data/model-configs.json: what the models' configuration files say, cut to the fields that
// src/catalog/hf-config reads. One model a line. Models come from models.csv, in its order; where no configuration
// file is found, the row itself is written as one. Hand-kept additions stand in model-config-additions.json.
//
// Usage: node scripts/build-model-configs.mjs FOLDER-OF-MODELS.CSV FOLDER-OF-CONFIGS SOURCE DATE
//   FOLDER-OF-CONFIGS holds PUBLISHER--NAME_config.json and, beside some, PUBLISHER--NAME_hf_quant_config.json

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv, exit, stderr } from 'node:process'
import { readCsv } from './read-csv.mjs'

const [, , folder, configs, origin, date] = argv
if (!folder || !configs || !origin || !date) {
  stderr.write('Usage: node scripts/build-model-configs.mjs FOLDER CONFIGS SOURCE DATE\n')
  exit(2)
}

/** Everything that says nothing of weights, caches and context. */
const dropped =
  /^(_|bos_|eos_|pad_|boi_|eoi_|boa_|eoa_|image_token|video_|vision_(start|end|soft)|audio_token|media_|ignore_index|rope|rotary|partial_rot|initializer|attention_dropout|hidden_(act|dropout|activation)|mlp_hidden_act|mamba_hidden_act|rms_norm|layer_norm_eps|norm_eps|layernorm_eps|use_cache|transformers_version|auto_map|torch_dtype|dtype|output_|return_|id2label|label2id|pretraining|ep_size|routed_scaling|norm_topk|topk_group|n_group$|router_aux|aux_loss|seq_aux|num_logits|time_step|rescale|residual_in|scale_fmt|hc_(eps|sink)|swiglu|swa_rope|attention_value|final_logit|chunk_size|qk_norm_type|activation|tie_encoder|tf_|temperature|top_[kp]$|typical|diversity|do_sample|early|encoder_|exponential|finetuning|forced|is_decoder|length_penalty|max_length$|min_length|no_repeat|num_beam|num_return|prefix|problem|pruned|remove_invalid|repetition|sep_token|suppress|task_|tokenizer|torchscript|use_bfloat|add_cross|bad_words|begin_|cross_att|decoder_start|chunk_|index_(topk|skip|share)|indexer_rope|standardize|projector_(hidden|ln)|query_pre|layer_scalar|image_placeholder|compress_rope|producer|quantization_status|global_compression|gate_lower|mlp_type|norm_type|pos_emb_(inter|type)|merge_type|mm_hidden|mm_proj|vt_num_att|default_output|pooling)/

const keep = (value) => {
  if (Array.isArray(value)) return compact(value.map(keep))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => !dropped.test(name) && inner !== null && inner !== false)
      .concat(
        Object.entries(value).filter(
          ([name, inner]) =>
            inner === false && /tie_word|multi_query|use_sliding|use_conv_bias|use_bias|symmetric/.test(name),
        ),
      )
      .map(([name, inner]) => [name, keep(inner)]),
  )
}

/** Long lists with a period are written `{"cycle": [...], "length": N}`, others as runs of equal values. */
const compact = (list) => {
  if (list.length <= 8 || list.some((item) => typeof item === 'object')) return runsOf(list)
  for (let period = 1; period <= 12; period++)
    if (list.every((item, i) => item === list[i % period]))
      return { cycle: list.slice(0, period), length: list.length }
  return runsOf(list)
}
const runsOf = (list) => {
  const runs = []
  for (const item of list) {
    const last = runs.at(-1)
    if (last && JSON.stringify(last[0]) === JSON.stringify(item)) last[1]++
    else runs.push([item, 1])
  }
  return runs.length * 2 < list.length ? { runs } : list
}

/** Patterns that name every layer are written once, with `*`. */
const collapse = (names) => {
  const groups = new Map()
  for (const name of names) {
    const key = name.replace(/layers\.\d+/, 'layers.*').replace(/experts\.\d+\./, 'experts.')
    if (!/(norm|e_score_correction_bias|conv1d|k_norm\.bias)$/.test(key))
      groups.set(key, [...(groups.get(key) ?? []), name])
  }
  return [...groups].flatMap(([key, all]) => (all.length > 12 ? [key] : all))
}

const quantizationOf = (config, path) => {
  const own = config.quantization_config ?? config.text_config?.quantization_config ?? null
  const beside = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).quantization : null
  const from = beside?.quantized_layers ? beside : (own ?? beside)
  if (from === null) return null
  const { quantized_layers: layers, ...rest } = from
  for (const name of ['ignore', 'modules_to_not_convert', 'exclude_modules'])
    if (Array.isArray(rest[name])) rest[name] = collapse(rest[name])
  for (const group of Object.values(rest.config_groups ?? {})) delete group.targets
  const named = {}
  for (const key of collapse(Object.keys(layers ?? {}))) {
    const example =
      Object.keys(layers).find((name) => name === key) ??
      Object.keys(layers).find(
        (name) =>
          collapse([name])[0] === key ||
          name.replace(/layers\.\d+/, 'layers.*').replace(/experts\.\d+\./, 'experts.') === key,
      )
    named[key] = { quant_algo: layers[example].quant_algo }
  }
  return { ...keep(rest), ...(layers ? { quantized_layers: named } : {}) }
}

const configOfFile = (path) => {
  const config = JSON.parse(readFileSync(path, 'utf8').replace(/(?<=[[,:]\s*)-?Infinity/g, 'null'))
  const quantization = quantizationOf(config, path.replace(/_config\.json$/, '_hf_quant_config.json'))
  delete config.quantization_config
  if (config.text_config) delete config.text_config.quantization_config
  return { ...keep(config), ...(quantization ? { quantization_config: quantization } : {}) }
}

const types = {
  Qwen2ForCausalLM: { model_type: 'qwen2' },
  Phi3ForCausalLM: { model_type: 'phi3' },
  Glm4MoeForCausalLM: { model_type: 'glm4_moe', attention_bias: true },
  MistralForCausalLM: { model_type: 'mistral' },
  Gemma3ForCausalLM: { model_type: 'gemma3_text' },
  Qwen3NextForCausalLM: { model_type: 'qwen3_next', full_attention_interval: 4 },
}
const fields = {
  num_hidden_layers: 'layers',
  hidden_size: 'hidden',
  num_attention_heads: 'heads',
  num_key_value_heads: 'kv_heads',
  head_dim: 'head_dim',
  intermediate_size: 'ffn',
  vocab_size: 'vocab',
  max_position_embeddings: 'max_context',
  sliding_window: 'sliding_window',
  num_experts: 'experts',
  num_experts_per_tok: 'experts_per_tok',
  n_shared_experts: 'shared_experts',
  moe_intermediate_size: 'moe_ffn',
  first_k_dense_replace: 'dense_layers',
}
const configOfRow = (row) => ({
  architectures: [row.arch],
  ...types[row.arch],
  ...Object.fromEntries(
    Object.entries(fields)
      .filter(([, column]) => row[column] !== '')
      .map(([field, column]) => [field, Number(row[column])]),
  ),
  tie_word_embeddings: row.tie_embeddings === 'True',
})

const files = new Set(
  readdirSync(configs).filter((name) => /_config\.json$/.test(name) && !/_hf_quant_/.test(name)),
)
const fileOf = (model) => `${model.replace('/', '--')}_config.json`
const entry = (model, source, config) => `  ${JSON.stringify(model)}: ${JSON.stringify({ source, config })}`
const ofFile = (model) =>
  entry(model, [`${origin}/${fileOf(model)}`, date], configOfFile(join(configs, fileOf(model))))

const rows = readCsv(join(folder, 'models.csv'))
const lines = rows.map((row) => {
  if (files.has(fileOf(row.model))) return ofFile(row.model)
  const config = configOfRow(row)
  if (config.num_experts === undefined) delete config.first_k_dense_replace
  return entry(row.model, [row.source, '2026-11-23'], config)
})
// Files of models that the list does not name come last.
const listed = new Set(rows.map(({ model }) => fileOf(model)))
for (const file of [...files].sort())
  if (!listed.has(file)) lines.push(ofFile(file.replace(/_config\.json$/, '').replace('--', '/')))
const output = join(import.meta.dirname, '..', 'src', 'catalog', 'data', 'model-configs.json')
writeFileSync(output, `{\n${lines.join(',\n')}\n}\n`)
stderr.write(`model-configs.json: ${lines.length} models\n`)
