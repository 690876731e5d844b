// The arithmetic facts of a model from its `config.json`, as parsed JSON. Pure: knows no file, network or precision
// that an engine might choose. An architecture it does not know is bounded, with a warning.

import type { Message } from '../../core/index.js'
import { catalogError, catalogMessage, type NotAModel } from '../messages.js'
import type { Model } from '../model.js'
import type { ModelShape, Weight } from '../model-shape.js'
import { type Family, families } from './families.js'
import { type FieldProblem, type Fields, fieldsOf, isObject, mostOf } from './fields.js'
import { latentLayers } from './latent-layers.js'
import { predictionLayers } from './prediction-layers.js'
import { quantizationOf } from './quantization.js'
import { type Basics, standardLayers } from './standard-layers.js'
import { storedShape } from './stored-shape.js'
import { expertsPerTokenFields, type ModelFacts, summariseShape } from './summarise-shape.js'
import { visionOf } from './vision.js'
import { matrix, table, vector } from './weights.js'

type Json = Readonly<Record<string, unknown>>

export interface ReadConfig {
  readonly facts: ModelFacts
  readonly warnings: readonly Message[]
}

/**
 * Reads a parsed `config.json`.
 * @param json the file; `hf_quant_config.json`'s `quantization` may be put into it as `quantization_config`
 * @param file as whoever asked calls it, for errors
 * @throws `catalog.config-not-a-model` when it is something else, `catalog.config-broken` with every field that is
 * missing or holds what no model has
 */
export const readConfig = (json: unknown, file = 'config.json'): ReadConfig => {
  const problems: FieldProblem[] = []
  const broken = () => catalogError('catalog.config-broken', { file, problems })
  let read: ReadConfig
  try {
    read = readFields(asModel(json, file), problems)
  } catch (error) {
    // What stands in for a broken field may fit nothing else.
    throw problems.length > 0 ? broken() : error
  }
  if (problems.length > 0) throw broken()
  return read
}

const sections = ['text_config', 'llm_config', 'language_config'] as const

const readFields = (top: Json, problems: FieldProblem[]): ReadConfig => {
  const inner = sections.find((name) => isObject(top[name]))
  const text = (inner === undefined ? top : top[inner]) as Json
  const type = String(text.model_type ?? top.model_type ?? '')
  const family = Object.hasOwn(families, type) ? families[type] : undefined
  const file = fieldsOf(top, { problems, path: '' })
  const path = inner === undefined ? '' : `${inner}.`
  const f = fieldsOf({ ...family?.defaults, ...text }, { problems, path })
  const basics = basicsOf(f, { problems, path })
  const tied = file.flag('tie_word_embeddings') ?? f.flag('tie_word_embeddings') ?? family?.tied ?? false
  const layers = (family ?? bounded(f)).layersOf(f, basics)
  const outer = String(top.model_type ?? '')
  const vision = visionOf(file, outer, basics.hidden)
  const quantization = quantizationOf(
    file.section('quantization_config') ?? f.section('quantization_config'),
    file.text('expert_dtype'),
  )
  const plain: Omit<ModelShape, 'stored'> = {
    layers,
    outside: outsideOf({ f, basics, tied, family }),
    vision: vision.weights,
    prediction: predictionLayers(f, basics, layers),
    certainty: family && vision.exact && !quantization.unknown ? 'exact' : 'bounded',
  }
  const shape = storedShape(plain, quantization)
  const facts = summariseShape(shape, { f, basics, tied, architecture: architectureOf(top, type) })
  if (facts.expertsPerToken > facts.experts)
    problems.push({
      field: `${path}${expertsPerTokenFields.find((name) => f.number(name) !== null)}`,
      found: String(facts.expertsPerToken),
      most: facts.experts,
      divides: null,
    })
  return {
    facts,
    warnings: [
      ...(family ? [] : [catalogMessage('catalog.config-unknown-architecture', { type: type || '?' })]),
      ...(quantization.unknown
        ? [
            catalogMessage('catalog.config-unknown-quantization', {
              method: quantization.unknown,
              bits: shape.stored.matrices.bitsPerWeight,
            }),
          ]
        : []),
      ...(vision.exact ? [] : [catalogMessage('catalog.config-unknown-vision', { type: outer || type })]),
    ],
  }
}

const asModel = (json: unknown, file: string): Json => {
  const refuse = (reason: NotAModel) => catalogError('catalog.config-not-a-model', { file, reason })
  if (!isObject(json)) throw refuse('not-an-object')
  if ('peft_type' in json) throw refuse('adapter')
  if ('tokenizer_class' in json && !('model_type' in json)) throw refuse('tokenizer')
  if ('dim' in json && 'n_layers' in json) throw refuse('params')
  if (json.is_encoder_decoder === true) throw refuse('encoder-decoder')
  const isModel = ['model_type', 'hidden_size', 'num_hidden_layers', ...sections].some((name) => name in json)
  if (!isModel) throw refuse('no-field')
  return json
}

const basicsOf = (f: Fields, { problems, path }: { problems: FieldProblem[]; path: string }): Basics => {
  const hidden = f.required('hidden_size', 'n_embd')
  const heads = f.required('num_attention_heads', 'n_head')
  const blocks = f.list('layers_block_type')?.length
  const layers = f.count('num_hidden_layers', 'n_layer') ?? blocks ?? f.required('num_hidden_layers')
  const kvFields = ['num_key_value_heads', 'num_attention_groups', 'num_kv_heads'] as const
  const kvHeads = f.count(...kvFields) ?? heads
  const headDim = f.count('head_dim', 'attention_head_dim')
  const isLatent = f.number('kv_lora_rank', 'qk_nope_head_dim') !== null
  // Nothing follows from a number that stands in for a broken one.
  if (problems.length === 0 && headDim === null && !isLatent && hidden % heads !== 0)
    problems.push({
      field: `${path}num_attention_heads`,
      found: String(heads),
      most: mostOf('num_attention_heads'),
      divides: 'hidden_size',
    })
  if (problems.length === 0 && !isLatent && heads % kvHeads !== 0)
    problems.push({
      field: `${path}${kvFields.find((name) => f.number(name) !== null)}`,
      found: String(kvHeads),
      most: heads,
      divides: 'num_attention_heads',
    })
  return {
    hidden,
    layers: Math.min(layers, mostOf('num_hidden_layers')),
    heads,
    kvHeads,
    headDim: headDim ?? hidden / heads,
  }
}

/** An architecture that is not in the table: latent attention when the file has its ranks, else the usual decoder. */
const bounded = (f: Fields): Family =>
  f.number('kv_lora_rank') === null ? { layersOf: standardLayers({ period: 1 }) } : { layersOf: latentLayers }

const architectureOf = (top: Json, type: string): string => {
  const named = top.architectures
  return Array.isArray(named) && typeof named[0] === 'string' ? named[0] : type
}

interface OutsideOptions {
  readonly f: Fields
  readonly basics: Basics
  readonly tied: boolean
  readonly family: Family | undefined
}

const outsideOf = ({ f, basics, tied, family }: OutsideOptions): readonly Weight[] => {
  const { hidden } = basics
  const vocabulary = f.required('vocab_size')
  return [
    table('embed_tokens', vocabulary, hidden),
    vector('norms', 'norm', hidden * (family?.lastNorms ?? 1)),
    ...(family?.outsideOf?.(f, basics) ?? []),
    ...(tied ? [] : matrix('head', 'lm_head', [vocabulary, hidden], { split: 'vocabulary' })),
  ]
}

/** The facts as a model of the catalogue, for a file that belongs to none. */
export const modelOfConfig = (
  { facts }: ReadConfig,
  { name, date }: { readonly name: string; readonly date: string },
): Model => ({
  ...facts,
  name,
  aliases: [],
  checkpoint: name,
  precision: facts.shape.stored.precision,
  variantOf: null,
  licence: null,
  reasoning: 'optional',
  use: 'chat',
  quality: null,
  source: { origin: name, date },
})
