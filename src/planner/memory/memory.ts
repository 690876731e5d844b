// Bytes: weights, KV cache and what an engine leaves for it. Knows no time and no money.

import type { Accelerator, Component, EngineName, Model, Precision } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import type { KvDtype } from './cache-cost.js'
import { kvCost } from './kv-cache.js'
import { createMemoryParts, type MemoryParts } from './memory-parts.js'
import type { Sharding } from './sharding.js'
import { weightsOf } from './weights.js'

/** How one replica is spread. */
export type Layout = Sharding

export const acceleratorsOf = ({ tensorParallel, pipelineParallel, dataParallel = 1 }: Layout): number =>
  tensorParallel * pipelineParallel * dataParallel

/** One accelerator that holds everything. */
const whole: Layout = { tensorParallel: 1, pipelineParallel: 1 }

/** Parameters in billions: those of the experts, of the two embedding tables, and the rest. */
export interface ParameterSplit {
  readonly experts: number
  readonly embeddings: number
  readonly dense: number
  readonly active: number
}

/**
 * The parameters of a model, those of a vision tower and of everything that is neither expert nor embedding in `dense`.
 * @returns null when the catalogue does not know how many parameters it has
 */
export const splitParameters = (model: Model): ParameterSplit | null => {
  if (model.parametersB === null) return null
  const { byComponent } = weightsOf(model, { sharding: whole, precision: 'bf16' })
  const billions = (component: Component) => (byComponent[component] ?? 0) / 2e9
  const experts = billions('experts')
  const embeddings = billions('embeddings') + billions('head')
  return {
    experts,
    embeddings,
    dense: model.parametersB - experts - embeddings,
    active: model.activeParametersB ?? model.parametersB,
  }
}

/** KV bytes of one sequence of `tokens` over the whole replica. */
export const kvBytesOfSequence = (model: Model, tokens: number, dtype: KvDtype = 'auto'): number =>
  kvCost(model, { sharding: whole, dtype }).bytesOf(tokens)

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
    readonly precision: Precision
    readonly layout: Layout
    readonly engine: EngineName
    readonly accelerator: Accelerator
    readonly tokensPerSequence: number
    readonly kvDtype?: KvDtype
    /** Taken from each accelerator by something else: other models on the card, a drafting layer. */
    readonly takenGiB?: number
    /** What was worked out before; default: all of it anew. */
    readonly parts?: MemoryParts
  },
): MemoryPlan => {
  const {
    precision,
    layout,
    engine,
    accelerator,
    tokensPerSequence,
    kvDtype = 'auto',
    takenGiB = 0,
    parts = createMemoryParts(),
  } = options
  const budget = engineBudget(engine, accelerator)
  const weights = parts.weightBytes(model, precision, layout)
  const activations = activationBytes(model, budget, layout.tensorParallel)
  const runtime = (1.2 + (acceleratorsOf(layout) > 1 ? 0.4 : 0)) * bytesPerGiB
  const total = (accelerator.memoryGiB ?? 0) * bytesPerGiB * budget.utilisation
  const pool = total - weights - activations - runtime - takenGiB * bytesPerGiB
  const perSequence = parts.kvCost(model, layout, kvDtype).bytesOf(tokensPerSequence)
  const ofGroup = Math.min(budget.maxSequences, Math.floor(pool / perSequence))
  return {
    weightsGiB: weights / bytesPerGiB,
    activationsGiB: activations / bytesPerGiB,
    kvPoolGiB: pool / bytesPerGiB,
    kvGiBPerSequence: perSequence / bytesPerGiB,
    maxSequences: Math.max(0, (layout.dataParallel ?? 1) * ofGroup),
  }
}

const activationBytes = (model: Model, budget: EngineBudget, tensorParallel: number): number => {
  const expertWidth = model.expertFeedForward * model.expertsPerToken
  const width = Math.max(model.feedForward ?? 0, expertWidth)
  const perToken = 2 * (4 * model.hidden + (2 * width) / tensorParallel)
  const logits = Math.min(budget.maxSequences, 256) * model.vocabulary * 6
  return budget.maxBatchedTokens * perToken + logits / tensorParallel
}
