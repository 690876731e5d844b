// What a benchmark with a fixed number of requests in flight measures, which is how most published runs were made.
// Used to fit and check the coefficients; designs use the open loop of serving.ts.

import type { Coefficients } from './coefficients.js'
import type { StepModel } from './roofline.js'

export interface ClosedLoop {
  readonly concurrency: number
  readonly inputTokens: number
  readonly outputTokens: number
}

/**
 * Mean time per output token: a decode step of the whole batch, plus the prompts of the others that are read
 * while this one writes (each of the B requests reads its prompt once in `outputTokens` steps).
 * Mean time to first token: CPU overhead, the prompt, and waiting for prompts that came together.
 */
export const predictClosedLoop = (
  steps: StepModel,
  load: ClosedLoop,
  { interference, burst, burstExponent }: Coefficients,
): { readonly tpotMs: number; readonly ttftMs: number } => {
  const { concurrency, inputTokens, outputTokens } = load
  const decodeMs = steps.decodeAt(inputTokens + outputTokens / 2)(concurrency)
  const prefillMs = steps.prefillMs(inputTokens)
  return {
    tpotMs: decodeMs + (interference * concurrency * prefillMs) / outputTokens,
    ttftMs: steps.requestOverheadMs + (prefillMs + decodeMs) * (1 + burst * concurrency ** burstExponent),
  }
}
