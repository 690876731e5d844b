import { describe, expect, it } from 'vitest'
import { type ArchitectError, createRenderer, languages } from '../../core/index.js'
import { loadCatalogue, requireModel } from '../catalogue.js'
import { catalogMessages } from '../messages.js'
import { readModelConfigs } from '../model-configs.js'
import { readConfigText } from './parse-config.js'
import { readConfig } from './read-model-config.js'

const llama = {
  model_type: 'llama',
  hidden_size: 4096,
  intermediate_size: 14336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128256,
}
const formatsOf = (quantization_config: object, config: object = llama) => {
  const { shape } = readConfig({ ...config, quantization_config }).facts
  const bits = (module: string) => {
    const weights = [...(shape.layers[0]?.weights ?? []), ...shape.outside]
    const weight = weights.find((each) => each.module === module)
    return (
      weight?.format?.bitsPerWeight ?? (weight?.kind === 'matrix' ? shape.stored.matrices.bitsPerWeight : 16)
    )
  }
  return { bits, stored: shape.stored }
}

describe('reading config.json', () => {
  it('reads every file of the catalogue without a warning', () => {
    const warned = readModelConfigs().filter(({ config }) => readConfig(config).warnings.length > 0)
    expect(warned.map(({ name }) => name)).toEqual([])
  })

  it('bounds a vision tower it does not know, and says so', () => {
    const vision_config = { hidden_size: 1024, num_hidden_layers: 24 }
    const { facts, warnings } = readConfig({ model_type: 'seer', text_config: llama, vision_config })
    expect(warnings.map(({ code }) => code)).toEqual(['catalog.config-unknown-vision'])
    expect(facts.shape.vision.length).toBeGreaterThan(0)
  })

  it('bounds an architecture it does not know, and says so', () => {
    const { facts, warnings } = readConfig({ ...llama, model_type: 'llama9' })
    expect(warnings.map(({ code }) => code)).toEqual(['catalog.config-unknown-architecture'])
    expect(facts.shape.certainty).toBe('bounded')
    expect(facts.parametersB).toBeCloseTo(8.03, 2)
  })

  it.each([
    ['yarn', { factor: 4, original_max_position_embeddings: 32768 }, 131_072],
    ['yarn', { factor: 4 }, 131_072],
    ['linear', { factor: 2 }, 65_536],
    ['dynamic', { factor: 2.5 }, 81_920],
    ['llama3', { factor: 8, original_max_position_embeddings: 8192 }, 32_768],
    ['longrope', { factor: 32, original_max_position_embeddings: 4096 }, 32_768],
    ['mrope', { mrope_section: [16, 24, 24] }, 32_768],
  ])('reads as many tokens under %s %o as vLLM derives', (type, rope, most) => {
    const read = (fields: object) =>
      readConfig({ ...llama, max_position_embeddings: 32_768, ...fields }).facts.maxContext
    expect(read({ rope_scaling: { type, ...rope } })).toBe(most)
    expect(read({ rope_scaling: { rope_type: type, ...rope } })).toBe(most)
    const kinds = {
      sliding_attention: { rope_type: 'default' },
      full_attention: { rope_type: type, ...rope },
    }
    expect(read({ rope_parameters: kinds })).toBe(most)
    expect(read({ model_type: 'gemma3_text', rope_scaling: { type, ...rope } })).toBe(32_768)
  })

  it('reads GPT-2, whose fields have names of their own', () => {
    const gpt2 = { n_embd: 768, n_head: 12, n_layer: 12, n_positions: 1024, vocab_size: 50257 }
    const { facts, warnings } = readConfig({ model_type: 'gpt2', ...gpt2 })
    expect(warnings).toEqual([])
    expect(facts).toMatchObject({ hidden: 768, layers: 12, maxContext: 1024 })
    // As published: 124,439,808.
    expect(facts.parametersB).toBeCloseTo(0.124439808, 9)
  })

  it('takes the values that Python writes and JSON does not know', () => {
    const text = JSON.stringify({ ...llama, time_step_limit: ['@'] }).replace('"@"', '0.0, Infinity')
    expect(readConfigText(text).facts.layers).toBe(32)
  })

  it.each([
    ['{', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['{"name": "a-package", "version": "1.0.0"}', 'neither `model_type` nor `hidden_size`'],
    ['{"peft_type": "LORA", "r": 8}', 'peft_type'],
    ['{"tokenizer_class": "LlamaTokenizer"}', 'tokenizer_class'],
    ['{"dim": 4096, "n_layers": 32}', 'params.json'],
    ['{"bos_token_id": 1}', 'hidden_size'],
    [JSON.stringify({ ...llama, vocab_size: undefined }), '`vocab_size` is missing'],
    [JSON.stringify({ ...llama, num_hidden_layers: 1e12 }), '`num_hidden_layers` is 1000000000000'],
    [JSON.stringify({ ...llama, num_attention_heads: 0 }), '`num_attention_heads` is 0'],
    [JSON.stringify({ ...llama, num_attention_heads: 48 }), 'a divisor of `hidden_size`'],
    [JSON.stringify({ ...llama, num_key_value_heads: 64 }), 'a divisor of `num_attention_heads`)'],
    [JSON.stringify({ ...llama, num_key_value_heads: 7 }), '`num_key_value_heads` is 7'],
    [
      JSON.stringify({ ...llama, model_type: 'mixtral', num_local_experts: 8, num_experts_per_tok: 9 }),
      '`num_experts_per_tok` is 9 (expected: a whole number from 1 to 8)',
    ],
    [JSON.stringify({ ...llama, num_key_value_heads: '8' }), '`num_key_value_heads` is "8"'],
    [JSON.stringify({ ...llama, num_nextn_predict_layers: 1e9 }), '`num_nextn_predict_layers` is 1000000000'],
    [JSON.stringify({ ...llama, max_position_embeddings: -1 }), '`max_position_embeddings` is -1'],
    [JSON.stringify({ model_type: 'constructor' }), '`hidden_size` is missing'],
  ])('refuses %s, naming %s', (text, named) => {
    expect(() => readConfigText(text)).toThrow(named)
  })

  it('names the file and every broken field at once, in both languages', () => {
    const text_config = { ...llama, hidden_size: '4096', vocab_size: 1e18, num_hidden_layers: undefined }
    const failed = (() => {
      try {
        return readConfigText(JSON.stringify({ model_type: 'seer', text_config }), './config.json')
      } catch (error) {
        return error as ArchitectError
      }
    })() as ArchitectError
    const render = createRenderer(catalogMessages)
    for (const language of languages) {
      const said = render(failed, language)
      for (const part of [
        './config.json',
        'text_config.hidden_size` ',
        '"4096"',
        '1,000,000',
        'text_config.vocab_size',
        'text_config.num_hidden_layers',
      ])
        expect(said).toContain(part)
    }
    expect(failed.params.problems).toHaveLength(3)
    expect(render(failed, 'zh-TW')).not.toMatch(/missing|expected|whole/)
  })
})

describe('quantized checkpoints', () => {
  it('in blocks of fp8 have a 32-bit scale for 128 x 128 weights', () => {
    const { bits, stored } = formatsOf({ quant_method: 'fp8', weight_block_size: [128, 128] })
    expect(stored.precision).toBe('fp8')
    expect(bits('mlp.down_proj')).toBe(8 + 32 / 16384)
    expect([bits('lm_head'), bits('embed_tokens'), bits('layernorms')]).toEqual([16, 16, 16])
  })

  it('in AWQ and GPTQ have a 16-bit scale and a zero point for each group', () => {
    expect(formatsOf({ quant_method: 'awq', bits: 4, group_size: 128 }).bits('mlp.up_proj')).toBe(
      4 + 20 / 128,
    )
    expect(formatsOf({ quant_method: 'gptq', bits: 8, group_size: 32 }).bits('mlp.up_proj')).toBe(8 + 24 / 32)
  })

  it('leave alone what a list names, by layer, by pattern or by class of the wrapping model', () => {
    const ignore = ['model.language_model.layers.0.self_attn*', 're:.*mlp\\.gate_proj.*']
    const { bits } = formatsOf({ quant_algo: 'NVFP4', ignore })
    expect([bits('self_attn.q_proj'), bits('mlp.gate_proj'), bits('mlp.up_proj')]).toEqual([16, 16, 4.5])
  })

  it('in a mixture have the format each module is named with', () => {
    const { bits, stored } = formatsOf({
      quant_algo: 'MIXED_PRECISION',
      kv_cache_quant_algo: 'FP8',
      quantized_layers: {
        'model.layers.*.mlp.up_proj': { quant_algo: 'NVFP4' },
        'model.layers.*.self_attn.q_proj': { quant_algo: 'FP8' },
        lm_head: { quant_algo: 'NVFP4' },
      },
    })
    expect([bits('mlp.up_proj'), bits('self_attn.q_proj'), bits('lm_head')]).toEqual([4.5, 8, 4.5])
    expect(bits('mlp.down_proj')).toBe(16)
    expect(stored.kvCache).toBe('fp8')
  })

  it.each([
    [{ quant_method: 'bitsandbytes', load_in_4bit: true }, 'int4', 4.5],
    [
      { quant_method: 'bitsandbytes', load_in_4bit: true, bnb_4bit_use_double_quant: true },
      'int4',
      4 + 8 / 64 + 32 / (64 * 256),
    ],
    [{ quant_method: 'bitsandbytes', load_in_8bit: true }, 'int8', 8],
    [
      { quant_method: 'torchao', quant_type: 'int4_weight_only', quant_type_kwargs: { group_size: 32 } },
      'int4',
      4 + 20 / 32,
    ],
    [{ quant_method: 'torchao', quant_type: { default: { _type: 'Float8WeightOnlyConfig' } } }, 'fp8', 8],
    [
      { quant_method: 'hqq', quant_config: { weight_quant_params: { nbits: 4, group_size: 64 } } },
      'int4',
      4 + 20 / 64,
    ],
    [
      {
        quant_method: 'quark',
        global_quant_config: { weight: { dtype: 'fp8_e4m3', qscheme: 'per_tensor' } },
      },
      'fp8',
      8,
    ],
    [
      {
        quant_method: 'quark',
        global_quant_config: { weight: { dtype: 'fp8_e4m3' } },
        exclude: ['*up_proj'],
      },
      'fp8',
      16,
    ],
    [{ quant_method: 'new', bits: 3, group_size: 64 }, 'int4', 3 + 19 / 64],
  ])('stored as %j are counted with their scales', (config, precision, bits) => {
    const read = formatsOf(config)
    expect(read.stored.precision).toBe(precision)
    expect(read.bits('mlp.up_proj')).toBe(bits)
    expect(read.bits('lm_head')).toBe(16)
  })

  it('of Quark that name layers alone leave the others as they are', () => {
    const weight = { dtype: 'fp4', qscheme: 'per_group', group_size: 32 }
    const { bits } = formatsOf({
      quant_method: 'quark',
      global_quant_config: {},
      layer_quant_config: { '*mlp.up_proj': { weight } },
      kv_cache_quant_config: { '*k_proj': { output_tensors: { dtype: 'fp8_e4m3' } } },
    })
    expect([bits('mlp.up_proj'), bits('mlp.down_proj')]).toEqual([4.25, 16])
  })

  it('of a method that is not known are bounded, and it is told', () => {
    const config = { ...llama, quantization_config: { quant_method: 'vptq' } }
    const { facts, warnings } = readConfigText(JSON.stringify(config))
    expect(facts.shape.certainty).toBe('bounded')
    expect(warnings).toMatchObject([
      { code: 'catalog.config-unknown-quantization', params: { method: 'vptq', bits: 16 } },
    ])
    expect(readConfigText(JSON.stringify(llama)).warnings).toEqual([])
  })

  it('in MXFP4 pack only experts', () => {
    const oss = requireModel(loadCatalogue(), 'gpt-oss-20b')
    const matrices = oss.shape.layers[0]?.weights.filter(({ kind }) => kind === 'matrix') ?? []
    const kinds = new Map(matrices.map(({ module, format }) => [module, format?.bitsPerWeight]))
    expect(kinds.get('self_attn.q_proj')).toBe(16)
    expect(kinds.get('mlp.experts.up_proj')).toBeUndefined()
    expect(oss.shape.stored.matrices.bitsPerWeight).toBe(4.25)
  })
})
