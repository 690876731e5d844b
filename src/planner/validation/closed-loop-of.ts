// The closed loop that a measured run was, with the places that its KV cache had. Knows no time.

import { inferenceMaxClient } from '../simulator/simulate-benchmark.js'
import type { ClosedLoop } from '../speed/closed-loop.js'
import { fullSequences } from '../speed/max-throughput.js'
import type { MeasuredRun } from './measured-run.js'

export const closedLoopOf = (run: MeasuredRun): ClosedLoop => {
  const { concurrency, inputTokens, outputTokens } = run
  return { concurrency, inputTokens, outputTokens, maxSequences: placesOf(run) }
}

/** Mean length of the client's requests against the longest. */
const meanLength = (1 + inferenceMaxClient.rangeRatio) / 2

/**
 * Sequences that the cache holds at most: with half of their answers, since vLLM and SGLang give out blocks as answers
 * grow; TensorRT-LLM admits a request only where all of it fits. A layout that was measured fits, whatever the arithmetic
 * says: where it has no place for two in a group, places are not counted.
 */
export const placesOf = (run: MeasuredRun): number => {
  const { engine, spread } = run.deployment
  const tokens = meanLength * (run.inputTokens + run.outputTokens / (engine === 'trtllm' ? 1 : 2))
  const held = sequencesHeld(run, tokens)
  return held < 2 * spread.groups ? Number.POSITIVE_INFINITY : held
}

/**
 * Sequences of so many tokens that the cache of all groups holds: in 8 bits where a checkpoint in fewer than 16 lets the
 * engine choose them (SGLang keeps 16 unless told otherwise).
 */
export const sequencesHeld = (run: MeasuredRun, tokens: number): number => {
  const { model, accelerator, precision, engine, spread } = run.deployment
  const { count, groups, stages, expertParallel } = spread
  return fullSequences({
    model,
    accelerator,
    precision,
    sharding: {
      tensorParallel: count / groups,
      pipelineParallel: stages,
      dataParallel: groups,
      expertParallel,
    },
    tokens,
    kvDtype: precision === 'bf16' || engine === 'sglang' ? 'auto' : 'fp8',
  })
}
