// The few numbers of a model that most arithmetic needs, from its shape. Knows no file but the fields it is given.

import type { Attention, Model } from '../model.js'
import type { CacheShape, Component, KeyValueCache, ModelShape, Weight } from '../model-shape.js'
import { contextLength } from './context-length.js'
import type { Fields } from './fields.js'
import { numberOfExperts } from './layer-kinds.js'
import type { Basics } from './standard-layers.js'

/** What a configuration file says of a model; the rest of `Model` is known of it from elsewhere. */
export type ModelFacts = Omit<
  Model,
  | 'name'
  | 'aliases'
  | 'checkpoint'
  | 'precision'
  | 'variantOf'
  | 'licence'
  | 'reasoning'
  | 'use'
  | 'quality'
  | 'source'
>

/** How many experts a token has, by architecture. */
export const expertsPerTokenFields = [
  'num_experts_per_tok',
  'num_experts_per_token',
  'top_k_experts',
  'moe_top_k',
] as const

interface Context {
  readonly f: Fields
  readonly basics: Basics
  readonly tied: boolean
  readonly architecture: string
}

export const summariseShape = (shape: ModelShape, { f, basics, tied, architecture }: Context): ModelFacts => {
  const caches = shape.layers.flatMap((layer) => layer.caches)
  const experts = numberOfExperts(f)
  const perToken = f.number(...expertsPerTokenFields) ?? 0
  const ofExperts = countOf(shape, (component) => component === 'experts')
  const total = countOf(shape, () => true)
  const vision = sum(shape.vision)
  const idle = experts > 0 ? ofExperts * (1 - perToken / experts) : 0
  const moeLayers = shape.layers.filter(({ weights }) => weights.some(isExpert)).length
  const windows = caches.filter(isWindowed)
  return {
    architecture,
    attention: attentionOf(caches),
    layers: shape.layers.length,
    hidden: basics.hidden,
    heads: basics.heads,
    kvHeads: kvHeadsOf(caches, basics),
    headDim: headDimOf(caches, f, basics),
    feedForward: f.number('intermediate_size_mlp', 'dense_intermediate_size', 'intermediate_size'),
    vocabulary: f.required('vocab_size'),
    tiedEmbeddings: tied,
    experts: moeLayers > 0 ? experts : 0,
    expertsPerToken: moeLayers > 0 ? perToken : 0,
    expertFeedForward:
      moeLayers > 0 ? (f.number('moe_intermediate_size') ?? f.number('intermediate_size') ?? 0) : 0,
    moeLayers,
    slidingWindow: Math.max(0, ...windows.map((cache) => cache.window)),
    fullAttentionLayers: caches.filter(isFull).length,
    slidingLayers: windows.length,
    linearLayers: caches.filter(({ kind }) => kind === 'state').length,
    maxContext: contextLength(f),
    parametersB: total / 1e9,
    activeParametersB: (total - idle - vision) / 1e9,
    parametersFrom: 'config',
    kvBytesPerToken: caches.reduce((bytes, cache) => bytes + bytesPerToken(cache), 0),
    shape,
  }
}

const sum = (weights: readonly Weight[]): number => weights.reduce((n, { parameters }) => n + parameters, 0)
const isExpert = ({ component }: Weight) => component === 'experts'

/** Weights a published total counts: all but those of drafting layers. */
const countOf = (shape: ModelShape, wanted: (component: Component) => boolean): number =>
  [...shape.layers.flatMap(({ weights }) => weights), ...shape.outside, ...shape.vision].reduce(
    (n, { component, parameters }) => n + (wanted(component) ? parameters : 0),
    0,
  )

const isWindowed = (cache: CacheShape): cache is KeyValueCache =>
  cache.kind === 'sliding' || cache.kind === 'chunked'
const isFull = ({ kind }: CacheShape) => kind === 'full' || kind === 'latent' || kind === 'compressed'

const attentionOf = (caches: readonly CacheShape[]): Attention => {
  const has = (...kinds: readonly string[]) => caches.some(({ kind }) => kinds.includes(kind))
  if (has('state')) return 'hybrid'
  if (has('latent', 'compressed')) return 'mla'
  return has('sliding', 'chunked') ? 'sliding' : 'grouped'
}

const kvHeadsOf = (caches: readonly CacheShape[], basics: Basics): number => {
  const own =
    caches.find((cache) => cache.kind === 'full') ?? caches.find((cache) => cache.kind === 'sliding')
  return own && 'kvHeads' in own ? own.kvHeads : basics.kvHeads
}

/** The mean width of keys and values of a head, by which scores and sums are multiplied. */
const headDimOf = (caches: readonly CacheShape[], f: Fields, basics: Basics): number => {
  const nope = f.number('qk_nope_head_dim')
  if (nope !== null) return (nope + (f.number('qk_rope_head_dim') ?? 0) + f.required('v_head_dim')) / 2
  const own = caches.find((cache) => cache.kind === 'full')
  return own && 'keyDim' in own && 'valueDim' in own ? (own.keyDim + own.valueDim) / 2 : basics.headDim
}

/** In 16 bits; keys of an indexer as they are kept, a byte a value with a 4-byte scale for 128. */
const bytesPerToken = (cache: CacheShape): number => {
  switch (cache.kind) {
    case 'full':
      return 2 * cache.kvHeads * (cache.keyDim + cache.valueDim)
    case 'latent':
      return 2 * (cache.latentDim + cache.ropeDim)
    case 'indexer':
      return (cache.keyDim * (1 + 4 / 128)) / cache.ratio
    case 'compressed':
      return cache.ratio === 0 ? 0 : (2 * cache.entryDim) / cache.ratio
    case 'sliding':
    case 'chunked':
    case 'state':
      return 0
  }
}
