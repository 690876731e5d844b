// Bytes: weights, KV cache and what an engine leaves for it. Knows no time and no money.

import type { Accelerator, Component, EngineName, Model, Precision } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import { kvCost } from './kv-cache.js'
import { weightsOf } from './weights.js'

/** How one replica is spread: tensor parallel within a machine, pipeline stages after one another. */
export interface Layout {
  readonly tensorParallel: number
  readonly pipelineParallel: number
}

export const acceleratorsOf = ({ tensorParallel, pipelineParallel }: Layout): number =>
  tensorParallel * pipelineParallel

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

/** Over how many accelerators of a tensor-parallel group the KV cache is split; a latent (MLA) cache is on each. */
export const kvShards = (model: Model, tensorParallel: number): number =>
  model.attention === 'mla' ? 1 : Math.min(tensorParallel, model.kvHeads)

/** KV bytes of one sequence of `tokens` over the whole replica. */
export const kvBytesOfSequence = (model: Model, tokens: number): number =>
  kvCost(model, { sharding: whole }).bytesOf(tokens)

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
  },
): MemoryPlan => {
  const { precision, layout, engine, accelerator, tokensPerSequence } = options
  const budget = engineBudget(engine, accelerator)
  const weights = weightsOf(model, { sharding: layout, precision }).perAccelerator
  const activations = activationBytes(model, budget, layout.tensorParallel)
  const runtime = (1.2 + (acceleratorsOf(layout) > 1 ? 0.4 : 0)) * bytesPerGiB
  const total = (accelerator.memoryGiB ?? 0) * bytesPerGiB * budget.utilisation
  const pool = total - weights - activations - runtime
  const perSequence = kvCost(model, { sharding: layout }).bytesOf(tokensPerSequence)
  return {
    weightsGiB: weights / bytesPerGiB,
    activationsGiB: activations / bytesPerGiB,
    kvPoolGiB: pool / bytesPerGiB,
    kvGiBPerSequence: perSequence / bytesPerGiB,
    maxSequences: Math.max(0, Math.min(budget.maxSequences, Math.floor(pool / perSequence))),
  }
}

const activationBytes = (model: Model, budget: EngineBudget, tensorParallel: number): number => {
  const expertWidth = model.expertFeedForward * model.expertsPerToken
  const width = Math.max(model.feedForward ?? 0, expertWidth)
  const perToken = 2 * (4 * model.hidden + (2 * width) / tensorParallel)
  const logits = Math.min(budget.maxSequences, 256) * model.vocabulary * 6
  return budget.maxBatchedTokens * perToken + logits / tensorParallel
}
