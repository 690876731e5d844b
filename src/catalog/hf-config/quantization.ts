// How a checkpoint stores each weight, from `quantization_config` or `hf_quant_config.json`: fp8 (whole or in
// blocks), compressed-tensors, AWQ, GPTQ, ModelOpt, MXFP4. Knows no architecture.

import type { StoredFormat, Weight, WeightFormat } from '../model-shape.js'
import type { Precision } from '../precision.js'
import type { Fields } from './fields.js'
import { fieldsOf, isObject } from './fields.js'
import { moduleMatcher } from './module-names.js'

export interface Quantization {
  readonly stored: StoredFormat
  /**
   * Null = as `stored.matrices` says.
   * @param names of the weight's module, `layers.3.mlp.down_proj`; several when publishers differ
   */
  formatOf(weight: Weight, names: readonly string[]): WeightFormat | null
  /** Whether some layers differ from others. */
  readonly byLayer: boolean
}

const wide: WeightFormat = { bitsPerWeight: 16, bytesPerRow: 0 }
const formatOfBits = (bits: number, bytesPerRow = 0): WeightFormat => ({ bitsPerWeight: bits, bytesPerRow })

/** Bits with scales: NVFP4 an 8-bit scale per 16, MXFP4 and MXFP8 per 32; FP8 in square blocks a 32-bit scale each. */
const nvfp4 = formatOfBits(4.5)
const mxfp4 = formatOfBits(4.25)
const mxfp8 = formatOfBits(8.25)
const fp8Blocks = (blockWidth: number): WeightFormat => ({
  ...formatOfBits(8 + 32 / blockWidth ** 2),
  blockWidth,
})
const fp8 = formatOfBits(8)
const fp8Rows = formatOfBits(8, 2)

const unquantized: Quantization = {
  stored: { precision: 'bf16', matrices: wide, kvCache: null },
  formatOf: () => null,
  byLayer: false,
}

export const quantizationOf = (f: Fields | null, expertDtype: string | null): Quantization => {
  if (f === null) return unquantized
  const scheme = schemeOf(f)
  if (scheme === null) return unquantized
  const excluded = excludedOf(f)
  const named = namedLayers(f)
  const exclusions = excluded.map(moduleMatcher)
  return {
    stored: { precision: scheme.precision, matrices: scheme.format, kvCache: kvCacheOf(f) },
    byLayer: [...excluded, ...named.map(({ pattern }) => pattern)].some((pattern) => /\d/.test(pattern)),
    formatOf: (weight, names) => {
      if (weight.kind !== 'matrix') return null
      if (exclusions.some((excludes) => names.some(excludes))) return wide
      const own = named.find(({ names: isNamed }) => names.some(isNamed))
      if (own) return own.format
      if (weight.component === 'experts' && expertDtype === 'fp4') return mxfp4
      return keptWide(weight, scheme, named.length > 0) ? wide : null
    },
  }
}

/**
 * What stays wide though no list names it: the router (no tool quantizes it), the head unless the scheme is a mixture
 * that names it, vision towers (MXFP4 and block-wise FP8 builds leave them alone), and all but experts in MXFP4.
 */
const keptWide = ({ component }: Weight, { precision }: Scheme, mixture: boolean): boolean => {
  if (component === 'router' || component === 'head' || component === 'vision') return true
  return mixture || (precision === 'mxfp4' && component !== 'experts')
}

interface Scheme {
  readonly precision: Precision
  readonly format: WeightFormat
}

const schemeOf = (f: Fields): Scheme | null => {
  const algorithm = f.text('quant_algo')
  if (algorithm !== null) return modelOptScheme(algorithm)
  const method = f.text('quant_method')
  if (method === 'mxfp4') return { precision: 'mxfp4', format: mxfp4 }
  if (method === 'fp8' || method === 'fbgemm_fp8')
    return {
      precision: 'fp8',
      format: f.list('weight_block_size') ? fp8Blocks(blockWidthOf(f, 'weight_block_size')) : fp8,
    }
  if (method === 'awq' || method === 'gptq' || method === 'awq_marlin' || method === 'auto-round')
    return integerScheme(f.number('bits') ?? 4, f.number('group_size') ?? 128, method !== 'auto-round')
  return compressedScheme(f)
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

const excludedOf = (f: Fields): readonly string[] =>
  ['ignore', 'modules_to_not_convert', 'exclude_modules'].flatMap((name) => (f.list(name) ?? []).map(String))

/** ModelOpt's mixtures name each module with its algorithm. */
interface NamedLayer {
  readonly pattern: string
  readonly names: (module: string) => boolean
  readonly format: WeightFormat
}

const namedLayers = (f: Fields): readonly NamedLayer[] => {
  const layers = f.record('quantized_layers')
  if (layers === null) return []
  return Object.entries(layers).map(([pattern, settings]) => {
    const algorithm = isObject(settings) ? (fieldsOf(settings).text('quant_algo') ?? '') : ''
    return { pattern, names: moduleMatcher(pattern), format: formatNamed(algorithm) }
  })
}

const formatNamed = (algorithm: string): WeightFormat => {
  if (/MXFP8/.test(algorithm)) return mxfp8
  if (/NVFP4/.test(algorithm)) return nvfp4
  return /FP8/.test(algorithm) ? fp8 : wide
}

const kvCacheOf = (f: Fields): StoredFormat['kvCache'] => {
  const scheme = f.section('kv_cache_scheme')
  const bits = scheme?.number('num_bits') ?? null
  const name = f.text('kv_cache_quant_algo') ?? f.text('kv_cache_scheme') ?? ''
  if (/FP4/.test(name) || bits === 4) return 'nvfp4'
  return /FP8/.test(name) || bits === 8 ? 'fp8' : null
}
