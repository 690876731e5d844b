// How an engine forms its steps: settings, and what the engines do by default. Knows no sizes of any model.

import type { EngineName } from '../../catalog/index.js'

/** Guesses of following tokens, of which the model keeps the first ones that it would have written itself. */
export interface Speculation {
  /** Tokens guessed ahead in every step, at least 1. */
  readonly draftTokens: number
  /** Probability that a guess is kept when all before it were, in [0, 1], measured. */
  readonly acceptance: number
}

export interface StepPolicy {
  /** A prompt may be read in parts, over several steps. */
  readonly chunkedPrefill: boolean
  /** Prompts are read in the steps that write answers; otherwise in steps of their own, which come first. */
  readonly mixedSteps: boolean
  /** Share of the answer for which blocks are set aside when a request is admitted: 1 = it is never preempted. */
  readonly reservedOutputShare: number
}

export interface Scheduler extends StepPolicy {
  /** Tokens that one step computes at most, of prompts and answers together. */
  readonly maxBatchedTokens: number
  readonly maxSequences: number
  /** Blocks of the KV cache of one replica. */
  readonly kvBlocks: number
  readonly blockTokens: number
  /** Full blocks of a shared beginning stay until their room is needed; the one not used for longest goes first. */
  readonly prefixCache: boolean
  readonly speculation?: Speculation
}

/**
 * What each engine does by default.
 * vLLM: vllm/v1/core/sched/scheduler.py (main, 2026): running sequences first, then prompts within the token budget;
 * a request waits until its whole prompt fits (`--scheduler-reserve-full-isl`, default true); the last admitted one is
 * preempted and computed again.
 * SGLang: server arguments (2026-06): chunks of `--chunked-prefill-size`, prompts before answers unless
 * `--enable-mixed-chunk`. The share of the answer it sets aside adapts as it runs; 0.7 is assumed here.
 * TensorRT-LLM: "Useful Runtime Options" (nvidia.github.io/TensorRT-LLM): GUARANTEED_NO_EVICT, in-flight batching;
 * chunked context is off unless asked for, so `maxBatchedTokens` must exceed the longest prompt by the sequences that
 * run beside it, or it waits until they have ended.
 * TGI: router/README.md (main): prompts pause answers; the memory of the whole answer is set aside. Prompts in parts
 * are assumed. llama.cpp: llama-server (2026): answers and prompts share batches of `--batch-size`; every slot owns
 * its part of the context.
 */
export const stepPolicies: Readonly<Record<EngineName, StepPolicy>> = {
  vllm: { chunkedPrefill: true, mixedSteps: true, reservedOutputShare: 0 },
  sglang: { chunkedPrefill: true, mixedSteps: false, reservedOutputShare: 0.7 },
  trtllm: { chunkedPrefill: false, mixedSteps: true, reservedOutputShare: 1 },
  tgi: { chunkedPrefill: true, mixedSteps: false, reservedOutputShare: 1 },
  'llama.cpp': { chunkedPrefill: true, mixedSteps: true, reservedOutputShare: 1 },
}

/** vLLM's default (`CacheConfig.DEFAULT_BLOCK_SIZE`); others round by as much or less, at most 31 tokens a request. */
const blockTokens = 16

/**
 * The scheduler of an engine as it starts without flags of its own.
 * @param options.kvTokens tokens that the KV cache of one replica holds
 */
export const schedulerOf = (
  engine: EngineName,
  options: Pick<Scheduler, 'maxBatchedTokens' | 'maxSequences' | 'prefixCache' | 'speculation'> & {
    readonly kvTokens: number
  },
): Scheduler => {
  const { kvTokens, ...settings } = options
  return { ...stepPolicies[engine], ...settings, blockTokens, kvBlocks: Math.floor(kvTokens / blockTokens) }
}

/** Tokens computed for a sequence in a step that writes. */
export const tokensPerDecode = ({ speculation }: Scheduler): number => 1 + (speculation?.draftTokens ?? 0)

/** Blocks that a request holds when its last token is written: the last token itself is never stored. */
export const blocksAtEnd = (scheduler: Scheduler, inputTokens: number, outputTokens: number): number =>
  Math.ceil((inputTokens + outputTokens - 2 + tokensPerDecode(scheduler)) / scheduler.blockTokens)

/** @throws RangeError when a setting makes no sense */
export const checkScheduler = (scheduler: Scheduler): void => {
  const { maxBatchedTokens, maxSequences, kvBlocks, blockTokens, speculation } = scheduler
  const sizes = { maxBatchedTokens, maxSequences, kvBlocks, blockTokens }
  for (const [name, value] of Object.entries(sizes))
    if (!(value >= 1)) throw new RangeError(`${name} must be at least 1, not ${value}`)
  if (!Number.isInteger(blockTokens)) throw new RangeError(`blockTokens must be whole, not ${blockTokens}`)
  if (speculation && !(speculation.acceptance >= 0 && speculation.acceptance <= 1))
    throw new RangeError(`acceptance must be in [0, 1], not ${speculation.acceptance}`)
}
