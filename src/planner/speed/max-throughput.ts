// What a replica writes when more requests wait than it can hold: the figure of offline benchmarks. Knows no arrivals.

import type { Accelerator, Model, Precision } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import type { KvDtype } from '../memory/cache-cost.js'
import { kvCost } from '../memory/kv-cache.js'
import type { Sharding } from '../memory/sharding.js'
import { weightsOf } from '../memory/weights.js'
import type { StepTimes } from './roofline.js'

export interface FullLoad {
  /** Sequences that run together in the whole replica. */
  readonly sequences: number
  readonly inputTokens: number
  readonly outputTokens: number
}

/**
 * Output tokens/s of a full replica: each of `sequences` writes a token a step, and reads its prompt once in
 * `outputTokens` steps. Prompts are in full in the way here, since there is always one to read.
 */
export const fullThroughput = (
  steps: StepTimes,
  { sequences, inputTokens, outputTokens }: FullLoad,
): number => {
  const decodeMs = steps.decodeAt(inputTokens + outputTokens / 2)(sequences)
  const promptsMs = ((sequences / steps.attentionGroups) * steps.prefillMs(inputTokens)) / outputTokens
  return (1000 * sequences) / (decodeMs + promptsMs)
}

/** Beside weights and cache: activations, graphs, communication buffers, GiB on an accelerator (assumed). */
const runtimeGiB = 4
/** Of what is then free, the share that goes to the cache: TensorRT-LLM's default. */
const cacheShare = 0.9
/** Sequences in one batch: TensorRT-LLM's default `max_batch_size`. */
const mostSequences = 2048

/** Sequences of a length that fit beside the weights of a replica, over all of its attention groups; below 1 where not even one does. */
export const fullSequences = (options: {
  readonly model: Model
  readonly accelerator: Accelerator
  readonly precision: Precision
  readonly sharding: Sharding
  readonly tokens: number
  readonly kvDtype: KvDtype
}): number => {
  const { model, accelerator, precision, sharding, tokens, kvDtype } = options
  const weights = weightsOf(model, { sharding, precision, vision: false }).perAccelerator
  // The memory of a processor is the machine's, which no data sheet tells.
  const free = ((accelerator.memoryGiB ?? Number.POSITIVE_INFINITY) - runtimeGiB) * bytesPerGiB - weights
  const held = (cacheShare * free) / kvCost(model, { sharding, dtype: kvDtype }).bytesOf(tokens)
  return Math.min(mostSequences, held) * (sharding.dataParallel ?? 1)
}
