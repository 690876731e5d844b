// The arithmetic facts of a model from its `config.json`, as parsed JSON. Pure: knows no file, network or precision
// that an engine might choose. An architecture it does not know is bounded, with a warning.

import type { Message } from '../../core/index.js'
import { catalogError, catalogMessage } from '../messages.js'
import type { Model } from '../model.js'
import type { ModelShape, Weight } from '../model-shape.js'
import { type Family, families } from './families.js'
import { type Fields, fieldsOf, isObject } from './fields.js'
import { latentLayers } from './latent-layers.js'
import { predictionLayers } from './prediction-layers.js'
import { quantizationOf } from './quantization.js'
import { type Basics, standardLayers } from './standard-layers.js'
import { storedShape } from './stored-shape.js'
import { type ModelFacts, summariseShape } from './summarise-shape.js'
import { visionOf } from './vision.js'
import { matrix, table, vector } from './weights.js'

export interface ReadConfig {
  readonly facts: ModelFacts
  readonly warnings: readonly Message[]
}

/**
 * Reads a parsed `config.json`.
 * @param json the file; `hf_quant_config.json`'s `quantization` may be put into it as `quantization_config`
 * @throws `catalog.config-not-a-model` when it is something else, `catalog.config-incomplete` when a number is missing
 */
export const readConfig = (json: unknown): ReadConfig => {
  const top = asModel(json)
  const inner = ['text_config', 'llm_config', 'language_config'].map((name) => top[name]).find(isObject)
  const text = inner ?? top
  const type = String(text.model_type ?? top.model_type ?? '')
  const family = families[type]
  const file = fieldsOf(top)
  const f = fieldsOf({ ...family?.defaults, ...text })
  const basics = basicsOf(f)
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
  return {
    facts: summariseShape(shape, { f, basics, tied, architecture: architectureOf(top, type) }),
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

const asModel = (json: unknown): Readonly<Record<string, unknown>> => {
  const refuse = (reason: string) => catalogError('catalog.config-not-a-model', { reason })
  if (!isObject(json)) throw refuse('not a JSON object')
  if ('peft_type' in json) throw refuse('adapter (peft_type)')
  if ('tokenizer_class' in json && !('model_type' in json)) throw refuse('tokenizer_class')
  if ('dim' in json && 'n_layers' in json) throw refuse('params.json (dim, n_layers)')
  if (json.is_encoder_decoder === true) throw refuse('is_encoder_decoder')
  const inner = ['text_config', 'llm_config', 'language_config'].some((name) => isObject(json[name]))
  if (!inner && !('hidden_size' in json)) throw refuse('hidden_size?')
  return json
}

/** No model comes near these; a file beyond them is broken, and would be counted layer by layer. */
const most = { layers: 2000, heads: 10_000, hidden: 1_000_000 }

const basicsOf = (f: Fields): Basics => {
  const hidden = within('hidden_size', f.required('hidden_size'), most.hidden)
  const heads = within('num_attention_heads', f.required('num_attention_heads'), most.heads)
  const layers =
    f.number('num_hidden_layers') ?? f.list('layers_block_type')?.length ?? f.required('num_hidden_layers')
  return {
    hidden,
    layers: within('num_hidden_layers', layers, most.layers),
    heads,
    kvHeads: f.number('num_key_value_heads', 'num_attention_groups', 'num_kv_heads') ?? heads,
    headDim: f.number('head_dim', 'attention_head_dim') ?? hidden / heads,
  }
}

const within = (name: string, value: number, limit: number): number => {
  if (Number.isInteger(value) && value >= 1 && value <= limit) return value
  throw catalogError('catalog.config-not-a-model', { reason: `${name} = ${value}` })
}

/** An architecture that is not in the table: latent attention when the file has its ranks, else the usual decoder. */
const bounded = (f: Fields): Family =>
  f.number('kv_lora_rank') === null ? { layersOf: standardLayers({ period: 1 }) } : { layersOf: latentLayers }

const architectureOf = (top: Readonly<Record<string, unknown>>, type: string): string => {
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
