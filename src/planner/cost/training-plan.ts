// What it takes to tune a model: operations, memory, hours and money by method. Knows no data set.

import type { Accelerator } from '../../catalog/index.js'

export type TuningMethod = 'full' | 'lora' | 'qlora'

/**
 * Operations per parameter and token: 6 for all weights (2 forward, 2 for the gradients of activations, 2 for those of
 * weights: Kaplan et al., arXiv:2001.08361, section 2.1); a frozen weight needs no gradient, which leaves 4. Weights
 * in 4 bits are unpacked for each product: a third more time, assumed.
 */
const operations: Readonly<Record<TuningMethod, number>> = { full: 6, lora: 4, qlora: 4 * 1.33 }
/** Loading, saving and evaluating around each training: assumed. */
const aroundHours = 0.5
/** Activations that are computed again instead of kept cost another forward pass. */
const recomputed = 2

/**
 * Bytes per parameter: 16 for weights, gradients and Adam's state in mixed precision (Rajbhandari et al.,
 * arXiv:1910.02054, section 3.1); 2 for frozen 16-bit weights; 0.65 for 4 bits with their scales (a model of 65
 * billion within 48 GB: Dettmers et al., arXiv:2305.14314). A fifth of the memory is left to activations.
 */
const bytesPerParameter: Readonly<Record<TuningMethod, number>> = { full: 16, lora: 2, qlora: 0.65 }
const usableMemory = 0.8

/**
 * Share of the 16-bit peak that training reaches: 46 % for PaLM (arXiv:2204.02311, table 3), 38 to 43 % for Llama 3
 * (arXiv:2407.21783); small runs on few accelerators reach less.
 */
const utilisation = { low: 0.2, middle: 0.35, high: 0.46 }

export interface TrainingPlan {
  readonly method: TuningMethod
  readonly accelerator: string
  /** As many as its memory takes. */
  readonly accelerators: number
  readonly acceleratorHours: number
  readonly wallHours: number
  readonly usd: number
  readonly lowUsd: number
  readonly highUsd: number
}

/**
 * Hours = operations x active parameters x tokens / (peak x utilisation), and half an hour around it.
 * @param options.tokens all tokens that are read, of every pass over the data
 * @returns null when the catalogue does not know the accelerator's peak or memory
 */
export const planTraining = (options: {
  readonly method: TuningMethod
  readonly parametersB: number
  readonly activeParametersB: number
  readonly tokens: number
  readonly accelerator: Accelerator
  readonly usdPerHour: number
}): TrainingPlan | null => {
  const { method, parametersB, activeParametersB, tokens, accelerator, usdPerHour } = options
  const { bf16Tflops, memoryGiB, label } = accelerator
  if (bf16Tflops === null || memoryGiB === null) return null
  const accelerators = Math.ceil(
    (parametersB * 1e9 * bytesPerParameter[method]) / (memoryGiB * 1024 ** 3 * usableMemory),
  )
  const hoursAt = (perToken: number, share: number) =>
    (perToken * activeParametersB * 1e9 * tokens) / (bf16Tflops * 1e12 * share) / 3600
  const around = aroundHours * accelerators
  const acceleratorHours = hoursAt(operations[method], utilisation.middle) + around
  return {
    method,
    accelerator: label,
    accelerators,
    acceleratorHours,
    wallHours: acceleratorHours / accelerators,
    usd: acceleratorHours * usdPerHour,
    lowUsd: (hoursAt(operations[method], utilisation.high) + around) * usdPerHour,
    highUsd: (hoursAt(operations[method] + recomputed, utilisation.low) + around) * usdPerHour,
  }
}
