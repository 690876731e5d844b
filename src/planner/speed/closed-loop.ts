// What a benchmark with a fixed number of requests in flight measures, which is how most published runs were made.
// Used to fit and check the coefficients; designs use the open loop of serving.ts.

import type { EngineCoefficients } from './coefficients.js'
import type { DecodeParts, StepModel } from './roofline.js'

export interface ClosedLoop {
  readonly concurrency: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Requests came on their own, and not all at once at the start; then `concurrency` is the mean number in flight. */
  readonly openLoop?: boolean | undefined
  /** Sequences that the KV cache holds; the others wait for a place. Left out: all. */
  readonly maxSequences?: number
}

export interface ClosedLoopTimes {
  /** Mean time per output token after the first, ms. */
  readonly tpotMs: number
  readonly ttftMs: number
}

/** A queue of prompts is never predicted to be busier than this. */
const mostBusy = 0.95

/** Parts of the two times, ms, each of which a calibration may scale. */
export interface ClosedLoopParts {
  readonly tpot: DecodeParts & {
    /** What the prompts of others add to each token. */
    readonly promptsMs: number
  }
  readonly ttft: {
    /** CPU work. */
    readonly requestMs: number
    readonly promptMs: number
    /** The step that the prompt joins. */
    readonly stepMs: number
    /** Waiting for prompts of others in a steady state, and at the common start. */
    readonly waitMs: number
    readonly startMs: number
    /** Waiting for a place in the KV cache. */
    readonly placeMs: number
  }
}

/**
 * Time per output token: a decode step of the whole batch, plus the prompts of the others of its group that are read
 * while this one writes (each reads its prompt once in `outputTokens` steps).
 * Time to first token: CPU work, the prompt, the step it joins, waiting for prompts of others as in M/D/1 at the share
 * of time that prompts take, and a share of the queue with which such benchmarks begin, when all requests come at once
 * (not in an open loop).
 * Requests beyond those that the cache holds wait for a place, by Little's law: as long as a request is served for each
 * time that those who run would have to be replaced.
 */
export const closedLoopParts = (
  steps: StepModel,
  { concurrency, inputTokens, outputTokens, openLoop = false, maxSequences = concurrency }: ClosedLoop,
  ofEngine: EngineCoefficients,
): ClosedLoopParts => {
  const context = inputTokens + outputTokens / 2
  const running = Math.max(1, Math.min(concurrency, maxSequences))
  const decode = steps.partsAt(context)(running)
  const decodeMs = sumOf(decode)
  const promptMs = steps.prefillMs(inputTokens)
  const local = Math.max(1, running / steps.attentionGroups)
  const promptsMs = (steps.interference * local * promptMs) / outputTokens
  const cycleMs = outputTokens * (decodeMs + promptsMs) + promptMs
  const busy = Math.min(mostBusy, (local * promptMs) / cycleMs)
  return {
    tpot: { ...decode, promptsMs },
    ttft: {
      requestMs:
        steps.requestOverheadMs + ofEngine.concurrencyMs * concurrency + ofEngine.promptTokenMs * inputTokens,
      promptMs,
      stepMs: ofEngine.joinedStepFactor * decodeMs,
      waitMs: (ofEngine.waitFactor * (busy / (1 - busy)) * promptMs) / 2,
      startMs: openLoop ? 0 : (ofEngine.burstShare * (local - 1) * promptMs) / 2,
      placeMs: cycleMs * (concurrency / running - 1),
    },
  }
}

const sumOf = (parts: object): number =>
  Object.values(parts).reduce((sum: number, part: number) => sum + part, 0)

export const predictClosedLoop = (
  steps: StepModel,
  load: ClosedLoop,
  ofEngine: EngineCoefficients,
): ClosedLoopTimes => {
  const { tpot, ttft } = closedLoopParts(steps, load, ofEngine)
  return { tpotMs: sumOf(tpot), ttftMs: sumOf(ttft) }
}
