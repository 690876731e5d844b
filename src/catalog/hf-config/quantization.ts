// How a checkpoint stores each weight, from `quantization_config` or `hf_quant_config.json`: what most are stored as, and
// which modules are not. Knows no architecture.

import type { StoredFormat, Weight, WeightFormat } from '../model-shape.js'
import type { Fields } from './fields.js'
import { fieldsOf, isObject } from './fields.js'
import { moduleMatcher } from './module-names.js'
import { quarkLayers, type Scheme, schemeOf, schemeOfBits } from './quantization-scheme.js'
import { fp8, mxfp4, mxfp8, nvfp4, wide } from './weight-formats.js'

export interface Quantization {
  readonly stored: StoredFormat
  /**
   * Null = as `stored.matrices` says.
   * @param names of the weight's module, `layers.3.mlp.down_proj`; several when publishers differ
   */
  formatOf(weight: Weight, names: readonly string[]): WeightFormat | null
  /** Whether some layers differ from others. */
  readonly byLayer: boolean
  /** A method that is not known here: its weights are taken as wide as its settings say, or as not quantized. */
  readonly unknown: string | null
}

const unquantized: Quantization = {
  stored: { precision: 'bf16', matrices: wide, kvCache: null },
  formatOf: () => null,
  byLayer: false,
  unknown: null,
}

export const quantizationOf = (f: Fields | null, expertDtype: string | null): Quantization => {
  if (f === null) return unquantized
  const known = schemeOf(f)
  const unknown = known === null ? f.text('quant_method') : null
  const scheme = known ?? schemeOfBits(f)
  if (scheme === null) return { ...unquantized, unknown }
  const excluded = excludedOf(f)
  const named = namedLayers(f)
  const exclusions = excluded.map(moduleMatcher)
  const isMixture = named.length > 0 && f.section('global_quant_config')?.section('weight') == null
  return {
    unknown,
    stored: { precision: scheme.precision, matrices: scheme.format, kvCache: kvCacheOf(f) },
    byLayer: [...excluded, ...named.map(({ pattern }) => pattern)].some((pattern) => /\d/.test(pattern)),
    formatOf: (weight, names) => {
      if (weight.kind !== 'matrix') return null
      if (exclusions.some((excludes) => names.some(excludes))) return wide
      const own = named.find(({ names: isNamed }) => names.some(isNamed))
      if (own) return own.format
      if (weight.component === 'experts' && expertDtype === 'fp4') return mxfp4
      return keptWide(weight, scheme, isMixture) ? wide : null
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

const excludedOf = (f: Fields): readonly string[] =>
  ['ignore', 'modules_to_not_convert', 'exclude_modules', 'exclude', 'llm_int8_skip_modules'].flatMap(
    (name) => (f.list(name) ?? []).map(String),
  )

/** ModelOpt's mixtures name each module with its algorithm, Quark's the layers that differ. */
interface NamedLayer {
  readonly pattern: string
  readonly names: (module: string) => boolean
  readonly format: WeightFormat
}

const namedLayers = (f: Fields): readonly NamedLayer[] => {
  const quark = quarkLayers(f).map(({ pattern, scheme }) => ({
    pattern,
    names: moduleMatcher(pattern),
    format: scheme?.format ?? wide,
  }))
  const layers = f.record('quantized_layers')
  if (layers === null) return quark
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
  const quark = f.record('kv_cache_quant_config')
  const name = f.text('kv_cache_quant_algo') ?? f.text('kv_cache_scheme') ?? JSON.stringify(quark ?? '')
  if (/FP4/i.test(name) || bits === 4) return 'nvfp4'
  return /FP8/i.test(name) || bits === 8 ? 'fp8' : null
}
