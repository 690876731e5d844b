// What one replica has to move and to multiply for a token: bytes, operations and peaks, before any efficiency. Knows
// no time and no load.

import type { Accelerator, CacheShape, Component, Model, Precision, Weight } from '../../catalog/index.js'
import type { KvDtype } from '../memory/cache-cost.js'
import type { Layout } from '../memory/memory.js'
import { createMemoryParts, type MemoryParts } from '../memory/memory-parts.js'
import { isGguf } from '../memory/precision.js'
import { stagesOf } from '../memory/sharding.js'

/** In which unit of the chip a product runs. */
export type ComputeClass = 'bf16' | 'fp8' | 'fp4'

/** Matrices that are multiplied together: those of attention, of the feed-forward layers, of the experts. */
export interface MatrixFacts {
  /** Bytes on one accelerator, over all stages. */
  readonly bytes: number
  /** Parameters that a token is multiplied with, of one copy of the model. */
  readonly activeParameters: number
  readonly compute: ComputeClass
  /** Peak of that unit, operations/ms on one accelerator. */
  readonly peakPerMs: number
  /** Bits of one weight, rounded: 4, 8 or 16. */
  readonly bits: 4 | 8 | 16
}

export interface StepFacts {
  readonly attention: MatrixFacts
  readonly feedForward: MatrixFacts
  /** Null in a dense model. */
  readonly experts: MatrixFacts | null
  /** Bytes of the output head on one accelerator. */
  readonly headBytes: number
  /** KV bytes that a step reads on one accelerator for a sequence of so many tokens, over all stages. */
  readonly kvBytes: (tokens: number) => number
  /** Operations of the attention over `tokens` cached tokens for one new token, of one copy of the model. */
  readonly scoreOperations: (tokens: number) => number
  /** Operations of the attention of a prompt per pair of tokens, of one copy of the model. */
  readonly pairOperations: number
  readonly bytesPerMs: number
  readonly linkBytesPerMs: number
  readonly bf16PerMs: number
  readonly hidden: number
  readonly layers: number
  readonly expertLayers: number
  readonly linearLayers: number
  readonly latentLayers: number
  /** Experts of one layer; 0 in a dense model. */
  readonly expertCount: number
  /** Share of the experts that one token is not routed to. */
  readonly missed: number
  /** Accelerators of one stage. */
  readonly count: number
  /** Accelerators that share one attention group. */
  readonly width: number
  readonly groups: number
  readonly stages: number
  readonly expertParallel: boolean
  /** Weights are in fewer than 16 bits, and the KV cache in what the engine chooses for such a checkpoint. */
  readonly cacheChosenByEngine: boolean
}

export interface FactsOptions {
  readonly model: Model
  readonly accelerator: Accelerator
  readonly precision: Precision
  readonly layout: Layout
  /** Attention runs data-parallel over this many groups; default 1. */
  readonly attentionGroups?: number
  /** Experts are spread whole over the accelerators. */
  readonly expertParallel?: boolean
  readonly kvDtype?: KvDtype
}

/** Links of one direction where nothing faster than the host joins the accelerators, GB/s. */
const hostLinkGBps = 16

/** What the facts of several layouts, engines and accelerators are made of. */
export interface FactParts {
  readonly memory: Pick<MemoryParts, 'weights' | 'kvCost'>
  parametersOf(model: Model): Parameters
}

/**
 * @param parts what was worked out before; default: all of it anew
 * @returns null when the bandwidth or the 16-bit peak of the accelerator is not known, or it has no unit for the precision
 */
export const stepFacts = (
  options: FactsOptions,
  { memory, parametersOf }: FactParts = { memory: createMemoryParts(), parametersOf: countParameters },
): StepFacts | null => {
  const { model, accelerator, precision, layout, attentionGroups = 1, expertParallel = false } = options
  const { bandwidthGBps, bf16Tflops } = accelerator
  if (bandwidthGBps === null || bf16Tflops === null || !hasUnit(accelerator, precision)) return null
  const count = layout.tensorParallel
  const width = Math.max(1, count / attentionGroups)
  const sharding = {
    tensorParallel: width,
    pipelineParallel: 1,
    dataParallel: attentionGroups,
    expertParallel,
  }
  const { byComponent } = memory.weights(model, { sharding, precision, vision: false })
  const { held, active } = parametersOf(model)
  const matrices = (components: readonly Component[]): MatrixFacts => {
    const bytes = sum(components.map((component) => byComponent[component] ?? 0))
    const heldOnes = sum(components.map((component) => held[component] ?? 0))
    const share = components.includes('experts') ? count : width
    const activeOnes = sum(components.map((component) => active[component] ?? 0))
    return {
      bytes,
      activeParameters: activeOnes,
      ...unitOf((8 * bytes * share) / Math.max(1, heldOnes), accelerator, precision),
    }
  }
  const caches = model.shape.layers.flatMap((layer) => layer.caches)
  const scores = scoreTerms(caches, model.heads)
  return {
    attention: matrices(['attention', 'linear-attention', 'indexer']),
    feedForward: matrices(['feed-forward', 'shared-experts', 'router', 'norms']),
    experts: model.experts > 0 ? matrices(['experts']) : null,
    headBytes: byComponent.head ?? (model.tiedEmbeddings ? (byComponent.embeddings ?? 0) : 0),
    kvBytes: memory.kvCost(model, sharding, options.kvDtype ?? 'auto').bytesOf,
    scoreOperations: (tokens) =>
      scores.reduce((total, { perToken, window }) => total + perToken * Math.min(tokens, window), 0),
    pairOperations: sum(scores.map(({ perToken }) => perToken)),
    bytesPerMs: bandwidthGBps * 1e6,
    linkBytesPerMs: (accelerator.linkGBps ?? accelerator.pcieGBps ?? hostLinkGBps) * 1e6,
    bf16PerMs: bf16Tflops * 1e9,
    hidden: model.hidden,
    layers: model.layers,
    expertLayers: model.experts > 0 ? model.moeLayers : 0,
    linearLayers: caches.filter(({ kind }) => kind === 'state').length,
    latentLayers: caches.filter(({ kind }) => kind === 'latent').length,
    expertCount: model.experts,
    missed: model.experts > 0 ? 1 - model.expertsPerToken / model.experts : 0,
    count,
    width,
    groups: attentionGroups,
    stages: layout.pipelineParallel,
    expertParallel,
    cacheChosenByEngine: precision !== 'bf16' && !isGguf(precision) && (options.kvDtype ?? 'auto') === 'auto',
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** Parameters by what they belong to: those held, and the matrices that one token is multiplied with. */
interface Parameters {
  readonly held: Readonly<Partial<Record<Component, number>>>
  readonly active: Readonly<Partial<Record<Component, number>>>
}

export const countParameters = ({ shape, experts, expertsPerToken }: Model): Parameters => {
  const held: Partial<Record<Component, number>> = {}
  const active: Partial<Record<Component, number>> = {}
  const add = ({ component, kind, parameters }: Weight, count: number) => {
    held[component] = (held[component] ?? 0) + count * parameters
    if (kind !== 'matrix') return
    const share = component === 'experts' ? expertsPerToken / Math.max(1, experts) : 1
    active[component] = (active[component] ?? 0) + count * share * parameters
  }
  for (const stage of stagesOf(shape.layers, 1))
    for (const [{ weights }, count] of stage) for (const weight of weights) add(weight, count)
  for (const weight of shape.outside) add(weight, 1)
  return { held, active }
}

/** Four bits are multiplied as such only in formats that the chip has a unit for; else they are widened. */
const unitOf = (
  bits: number,
  { fp4Tflops, fp8Tflops, bf16Tflops }: Accelerator,
  precision: Precision,
): Pick<MatrixFacts, 'bits' | 'compute' | 'peakPerMs'> => {
  const width = bits < 6 ? 4 : bits < 12 ? 8 : 16
  const wide = { bits: width, compute: 'bf16', peakPerMs: (bf16Tflops ?? 0) * 1e9 } as const
  if (isGguf(precision)) return wide
  const floating = precision === 'nvfp4' || precision === 'mxfp4'
  if (width === 4 && floating && fp4Tflops !== null)
    return { bits: 4, compute: 'fp4', peakPerMs: fp4Tflops * 1e9 }
  if (width === 8 && fp8Tflops !== null) return { bits: 8, compute: 'fp8', peakPerMs: fp8Tflops * 1e9 }
  return wide
}

const hasUnit = ({ fp8Tflops, fp4Tflops, int8Tops }: Accelerator, precision: Precision): boolean => {
  if (precision === 'fp8') return fp8Tflops !== null
  if (precision === 'nvfp4') return fp4Tflops !== null
  return precision !== 'int8' || int8Tops !== null
}

/**
 * Operations of scores and weighted values of one new token, for each cached token that it meets: two for every head
 * and dimension; layers of one window together. Latent attention multiplies in the latent space (absorbed projections).
 */
const scoreTerms = (caches: readonly CacheShape[], heads: number) => {
  const byWindow = new Map<number, number>()
  for (const cache of caches) {
    const dimensions = dimensionsOf(cache)
    if (dimensions === 0) continue
    const window = 'window' in cache && cache.window > 0 ? cache.window : Number.POSITIVE_INFINITY
    byWindow.set(window, (byWindow.get(window) ?? 0) + 2 * heads * dimensions)
  }
  return [...byWindow].map(([window, perToken]) => ({ window, perToken }))
}

const dimensionsOf = (cache: CacheShape): number => {
  if (cache.kind === 'latent') return 2 * cache.latentDim + cache.ropeDim
  return cache.kind === 'state' || cache.kind === 'indexer' || cache.kind === 'compressed'
    ? 0
    : cache.keyDim + cache.valueDim
}
