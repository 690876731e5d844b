// How `quantization_config` says that most matrices are stored: by ModelOpt, compressed-tensors, AWQ, GPTQ, bitsandbytes,
// Quark, torchao and HQQ. Knows no module.

import type { WeightFormat } from '../model-shape.js'
import type { Precision } from '../precision.js'
import { type Fields, fieldsOf, isObject } from './fields.js'
import { formatOfBits, fp8, fp8Blocks, fp8Rows, mxfp4, nvfp4 } from './weight-formats.js'

export interface Scheme {
  readonly precision: Precision
  readonly format: WeightFormat
}

/**
 * How most matrices are stored.
 * @returns null where nothing is quantized, or by a method that is not known here
 */
export const schemeOf = (f: Fields): Scheme | null => {
  const algorithm = f.text('quant_algo')
  if (algorithm !== null) return modelOptScheme(algorithm)
  const method = f.text('quant_method') ?? ''
  if (method === 'mxfp4') return { precision: 'mxfp4', format: mxfp4 }
  if (method === 'fp8' || method === 'fbgemm_fp8')
    return {
      precision: 'fp8',
      format: f.list('weight_block_size') ? fp8Blocks(blockWidthOf(f, 'weight_block_size')) : fp8,
    }
  if (/awq|gptq|auto[-_]round/.test(method))
    return integerScheme(f.number('bits') ?? 4, f.number('group_size') ?? 128, !method.includes('round'))
  if (method === 'bitsandbytes') return bitsAndBytesScheme(f)
  if (method === 'torchao') return torchAoScheme(f)
  if (method === 'hqq') return hqqScheme(f)
  return method === 'quark' ? quarkScheme(f) : compressedScheme(f)
}

const modelOptScheme = (algorithm: string): Scheme | null => {
  if (/MIXED|NVFP4/.test(algorithm)) return { precision: 'nvfp4', format: nvfp4 }
  if (/MXFP4/.test(algorithm)) return { precision: 'mxfp4', format: mxfp4 }
  if (/FP8/.test(algorithm)) return { precision: 'fp8', format: fp8 }
  return /W4A16|INT4/.test(algorithm) ? integerScheme(4, 128, false) : { precision: 'int8', format: fp8Rows }
}

/** A 16-bit scale for every group, and a zero point as wide as the weights where the format has one. */
const integerScheme = (bits: number, group: number, zeros: boolean): Scheme => {
  if (group <= 0) return { precision: bits > 4 ? 'int8' : 'int4', format: formatOfBits(bits, 2) }
  const scales = (16 + (zeros ? bits : 0)) / group
  return {
    precision: bits > 4 ? 'int8' : 'int4',
    format: { ...formatOfBits(bits + scales), blockWidth: group },
  }
}

/** The groups of compressed-tensors: the first says how linear layers are stored. */
const compressedScheme = (f: Fields): Scheme | null => {
  const group = f.section('config_groups')?.section('group_0')
  const weights = group?.section('weights') ?? null
  if (weights === null) return null
  const bits = weights.number('num_bits') ?? 8
  const size = weights.number('group_size')
  if (weights.text('type') !== 'float')
    return integerScheme(bits, size ?? -1, weights.flag('symmetric') === false)
  if (bits === 4) {
    const isMx = /mxfp4/.test(`${f.text('format')} ${group?.text('format')}`)
    return isMx ? { precision: 'mxfp4', format: mxfp4 } : { precision: 'nvfp4', format: nvfp4 }
  }
  if (weights.text('strategy') === 'block')
    return { precision: 'fp8', format: fp8Blocks(blockWidthOf(weights, 'block_structure')) }
  return { precision: 'fp8', format: weights.text('strategy') === 'channel' ? fp8Rows : fp8 }
}

/** Blocks are square in every published checkpoint; where no size is written they are 128 wide (DeepSeek-V3). */
const blockWidthOf = (f: Fields, name: string): number => {
  const width = Number(f.list(name)?.[0] ?? 128)
  return Number.isSafeInteger(width) && width > 0 ? width : 128
}

/**
 * 4 bits: blocks of 64 weights share a 32-bit scale, or one of 8 bits where the scales are quantized in turn (a 32-bit
 * scale for 256 of them). 8 bits: a 32-bit scale a row. (bitsandbytes 0.48, functional.py: `quantize_4bit`.)
 */
const bitsAndBytesScheme = (f: Fields): Scheme | null => {
  if (f.flag('load_in_8bit')) return { precision: 'int8', format: formatOfBits(8, 4) }
  if (!f.flag('load_in_4bit')) return null
  const scales = f.flag('bnb_4bit_use_double_quant') ? 8 / 64 + 32 / (64 * 256) : 32 / 64
  return { precision: 'int4', format: formatOfBits(4 + scales) }
}

/** The type is a name, `int4_weight_only`, or an object that names one, `{"default": {"_type": "Int4WeightOnlyConfig"}}`. */
const torchAoScheme = (f: Fields): Scheme | null => {
  const named = f.section('quant_type')?.section('default')
  const type = f.text('quant_type') ?? named?.text('_type') ?? ''
  const group = (f.section('quant_type_kwargs') ?? named?.section('_data'))?.number('group_size') ?? 128
  if (/nvfp4/i.test(type)) return { precision: 'nvfp4', format: nvfp4 }
  if (/int4/i.test(type)) return integerScheme(4, group, true)
  if (/int8/i.test(type)) return { precision: 'int8', format: fp8Rows }
  return /float8|fp8/i.test(type) ? { precision: 'fp8', format: fp8Rows } : null
}

const hqqScheme = (f: Fields): Scheme | null => {
  const weights = f.section('quant_config')?.section('weight_quant_params')
  return weights
    ? integerScheme(weights.number('nbits') ?? 4, weights.number('group_size') ?? 64, true)
    : null
}

/** What AMD's Quark does to all linear layers; where it names layers alone, what it does to the first of them. */
const quarkScheme = (f: Fields): Scheme | null => {
  const whole = f.section('global_quant_config')?.section('weight')
  const [first] = quarkLayers(f)
  return whole ? quarkWeights(whole) : (first?.scheme ?? null)
}

export interface NamedScheme {
  readonly pattern: string
  readonly scheme: Scheme | null
}

export const quarkLayers = (f: Fields): readonly NamedScheme[] =>
  Object.entries(f.record('layer_quant_config') ?? {}).map(([pattern, settings]) => {
    const weights = isObject(settings) ? fieldsOf(settings).section('weight') : null
    return { pattern, scheme: weights && quarkWeights(weights) }
  })

const quarkWeights = (weights: Fields): Scheme | null => {
  const type = weights.text('dtype') ?? ''
  if (/fp4|mxfp4/.test(type)) return { precision: 'mxfp4', format: mxfp4 }
  if (/fp8/.test(type))
    return { precision: 'fp8', format: weights.text('qscheme') === 'per_channel' ? fp8Rows : fp8 }
  const group = weights.number('group_size') ?? -1
  if (/int4/.test(type)) return integerScheme(4, group, type.startsWith('u'))
  return /int8/.test(type) ? { precision: 'int8', format: fp8Rows } : null
}

/** A method that is not known here, by the bits that its settings name. */
export const schemeOfBits = (f: Fields): Scheme | null => {
  const bits = f.number('bits', 'nbits', 'w_bit', 'weight_bits')
  return bits === null || bits >= 16 ? null : integerScheme(bits, f.number('group_size') ?? 128, true)
}
