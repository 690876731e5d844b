// Bytes: weights, KV cache and what an engine leaves for it. Knows no time and no money.

import type { Accelerator, EngineName, Model, Precision } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import { bytesPerWeight, embeddingBytes } from './precision.js'

/**
 * How one replica is spread: tensor parallel within an attention group, pipeline stages after one another.
 * `dataParallel` attention groups share one set of experts, each with the other weights and a KV cache of its own;
 * `expertParallel` keeps experts whole instead of cutting each.
 */
export interface Layout {
  readonly tensorParallel: number
  readonly pipelineParallel: number
  readonly dataParallel?: number
  readonly expertParallel?: boolean
}

export const acceleratorsOf = ({ tensorParallel, pipelineParallel, dataParallel = 1 }: Layout): number =>
  tensorParallel * pipelineParallel * dataParallel

/** Values of the KV cache in 16 bits, or in one byte. States of linear layers stay as they are. */
export type KvDtype = 'auto' | 'fp8'

/** Parameters in billions: those of the experts, of the two embedding tables, and the rest. */
export interface ParameterSplit {
  readonly experts: number
  readonly embeddings: number
  readonly dense: number
  readonly active: number
}

/** A count taken from a name is rounded, and leaves out vision tower and prediction heads: 5 % more are planned for. */
const unnamedShare = 1.05

/**
 * Splits the parameters of a model. Experts: three matrices hidden x ffn each (gate, up, down).
 * @returns null when the catalogue does not know how many parameters it has
 */
export const splitParameters = (model: Model): ParameterSplit | null => {
  if (model.parametersB === null) return null
  const experts = (model.experts * 3 * model.hidden * model.expertFeedForward * model.moeLayers) / 1e9
  const embeddings = (model.vocabulary * model.hidden * (model.tiedEmbeddings ? 1 : 2)) / 1e9
  const total = model.parametersB * (model.parametersFrom === 'name' ? unnamedShare : 1)
  return {
    experts: Math.min(experts, total),
    embeddings,
    dense: Math.max(0, total - experts - embeddings),
    active: model.activeParametersB ?? model.parametersB,
  }
}

/** Bytes of all weights of a replica. Embeddings and head stay in 16 bits unless the format quantizes them. */
export const weightBytes = (split: ParameterSplit, precision: Precision): number =>
  ((split.dense + split.experts) * bytesPerWeight(precision) + split.embeddings * embeddingBytes(precision)) *
  1e9

/** Over how many accelerators of a tensor-parallel group the KV cache is split; a latent (MLA) cache is on each. */
export const kvShards = (model: Model, tensorParallel: number): number =>
  model.attention === 'mla' ? 1 : Math.min(tensorParallel, model.kvHeads)

/**
 * KV bytes of one sequence of `tokens` over the whole replica: tokens x full layers, at most a window in sliding
 * layers, and a constant state in linear ones (2 x hidden x 128 values of 4 bytes a layer: expansion 2 and state
 * 128, the defaults of Gated DeltaNet and Mamba-2).
 */
export const kvBytesOfSequence = (model: Model, tokens: number, dtype: KvDtype = 'auto'): number => {
  const perLayer = 2 * 2 * model.kvHeads * model.headDim
  const sliding = model.slidingLayers * perLayer * Math.min(tokens, model.slidingWindow)
  const state = model.linearLayers * 2 * model.hidden * 128 * 4
  return (tokens * model.kvBytesPerToken + sliding) * (dtype === 'fp8' ? 0.5 : 1) + state
}

/** What an engine takes beside weights and KV. Sources: engine defaults as of the catalogue's flag lists. */
export interface EngineBudget {
  /** Share of the memory the engine uses in all. */
  readonly utilisation: number
  /** Prompt tokens in one step. */
  readonly maxBatchedTokens: number
  readonly maxSequences: number
}

/**
 * vLLM: utilisation 0.92, 8,192 tokens and 1,024 sequences on 70 GiB or more, else 2,048 and 256 (`vllm serve`
 * defaults). SGLang: static fraction about 0.88. TensorRT-LLM: 0.9 of what weights leave. TGI: 0.9. llama.cpp
 * takes what it is given; 1 GiB is left to the driver.
 */
export const engineBudget = (engine: EngineName, accelerator: Accelerator): EngineBudget => {
  const large = (accelerator.memoryGiB ?? 0) >= 70
  const steps = { maxBatchedTokens: large ? 8192 : 2048, maxSequences: large ? 1024 : 256 }
  switch (engine) {
    case 'vllm':
      return { utilisation: 0.92, ...steps }
    case 'sglang':
      return { utilisation: 0.88, ...steps }
    case 'trtllm':
    case 'tgi':
      return { utilisation: 0.9, ...steps }
    case 'llama.cpp':
      return { utilisation: 0.95, maxBatchedTokens: 2048, maxSequences: 32 }
  }
}

export interface MemoryPlan {
  readonly weightsGiB: number
  readonly activationsGiB: number
  /** Per accelerator, left for the KV cache; negative when the weights do not fit. */
  readonly kvPoolGiB: number
  /** KV bytes of one sequence of the asked length, per accelerator. */
  readonly kvGiBPerSequence: number
  readonly maxSequences: number
}

/**
 * Per accelerator: total x utilisation - weights - activations of one full step - runtime.
 * Activations: residual stream and the two halves of the widest layer for every token of a step, plus the logits
 * of every sequence; runtime: CUDA context, graphs and communication buffers, 1.2 GiB and 0.4 more with several.
 * @param tokensPerSequence mean length of a running sequence
 */
export const planMemory = (
  model: Model,
  options: {
    readonly split: ParameterSplit
    readonly precision: Precision
    readonly layout: Layout
    readonly engine: EngineName
    readonly accelerator: Accelerator
    readonly tokensPerSequence: number
    readonly kvDtype?: KvDtype
    /** Taken from each accelerator by something else: other models on the card, a drafting layer. */
    readonly takenGiB?: number
  },
): MemoryPlan => {
  const { split, precision, layout, engine, accelerator, tokensPerSequence, kvDtype, takenGiB = 0 } = options
  const { tensorParallel, pipelineParallel, dataParallel = 1 } = layout
  const budget = engineBudget(engine, accelerator)
  // Groups share the experts; what else there is, each has whole.
  const shared = split.experts * bytesPerWeight(precision) * 1e9
  const own = weightBytes(split, precision) - shared
  const weights = own / (tensorParallel * pipelineParallel) + shared / acceleratorsOf(layout)
  const activations = activationBytes(model, budget, tensorParallel)
  const runtime = (1.2 + (acceleratorsOf(layout) > 1 ? 0.4 : 0)) * bytesPerGiB
  const total = (accelerator.memoryGiB ?? 0) * bytesPerGiB * budget.utilisation
  const pool = total - weights - activations - runtime - takenGiB * bytesPerGiB
  const perSequence =
    kvBytesOfSequence(model, tokensPerSequence, kvDtype) / kvShards(model, tensorParallel) / pipelineParallel
  const ofGroup = Math.min(budget.maxSequences, Math.floor(pool / perSequence))
  return {
    weightsGiB: weights / bytesPerGiB,
    activationsGiB: activations / bytesPerGiB,
    kvPoolGiB: pool / bytesPerGiB,
    kvGiBPerSequence: perSequence / bytesPerGiB,
    maxSequences: Math.max(0, dataParallel * ofGroup),
  }
}

const activationBytes = (model: Model, budget: EngineBudget, tensorParallel: number): number => {
  const expertWidth = model.expertFeedForward * model.expertsPerToken
  const width = Math.max(model.feedForward ?? 0, expertWidth)
  const perToken = 2 * (4 * model.hidden + (2 * width) / tensorParallel)
  const logits = Math.min(budget.maxSequences, 256) * model.vocabulary * 6
  return budget.maxBatchedTokens * perToken + logits / tensorParallel
}
