// The step model of a deployment with what its load tests taught. Everything that works with steps (open loops, the
// simulator, the sizing of replicas) is calibrated by this one function.

import type { Parts } from '../speed/calibrate.js'
import type { OfBoth } from '../speed/coefficients.js'
import type { DecodeParts, StepModel } from '../speed/roofline.js'

/**
 * @param factors by the parts of a closed loop (`weightsMs`, `cacheMs`, `exchangeMs`, `overheadMs`, `sequenceMs`,
 * `promptsMs` of the time per token; `requestMs`, `promptMs` of the time to the first); missing ones are 1. `all`
 * applies to every part of its metric. The others of the first token (`stepMs`, `waitMs`, `startMs`) belong to the
 * closed loop and not to a step.
 */
export const calibratedSteps = (steps: StepModel, { tpot, ttft }: OfBoth<Parts>): StepModel => {
  const factor = (factors: Parts, part: string) => (factors.all ?? 1) * (factors[part] ?? 1)
  const promptFactor = factor(ttft, 'promptMs')
  const partsAt = (context: number) => {
    const plain = steps.partsAt(context)
    return (batch: number): DecodeParts => {
      const { weightsMs, cacheMs, exchangeMs, overheadMs, sequenceMs } = plain(batch)
      return {
        weightsMs: weightsMs * factor(tpot, 'weightsMs'),
        cacheMs: cacheMs * factor(tpot, 'cacheMs'),
        exchangeMs: exchangeMs * factor(tpot, 'exchangeMs'),
        overheadMs: overheadMs * factor(tpot, 'overheadMs'),
        sequenceMs: sequenceMs * factor(tpot, 'sequenceMs'),
      }
    }
  }
  return {
    ...steps,
    partsAt,
    decodeAt: (context) => {
      const parts = partsAt(context)
      return (batch) => {
        const { weightsMs, cacheMs, exchangeMs, overheadMs, sequenceMs } = parts(batch)
        return weightsMs + cacheMs + exchangeMs + overheadMs + sequenceMs
      }
    },
    prefillMs: (tokens, cached) => promptFactor * steps.prefillMs(tokens, cached),
    requestOverheadMs: factor(ttft, 'requestMs') * steps.requestOverheadMs,
    // What prompts add to the tokens of others is measured by those: interference x prompt = promptsMs.
    interference: (steps.interference * factor(tpot, 'promptsMs')) / promptFactor,
  }
}
