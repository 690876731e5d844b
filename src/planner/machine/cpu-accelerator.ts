// The processor of a machine as an accelerator of the catalogue's kind, from rates that were measured on it.

import { type Accelerator, unknownProcessor } from '../../catalog/index.js'

/** Rates of the threads that the engine will use, together. */
export interface CpuRates {
  readonly threads: number
  /** Bytes of a matrix read while a vector is multiplied with it, GB/s. */
  readonly bandwidthGBps: number
  /** Products of large matrices of 32-bit floats, GFLOP/s. */
  readonly matrixGflops: number
  /** What was multiplied with: `torch 2.13.0+cpu`, or `llama.cpp`. */
  readonly by: string
  /** ISO 8601. */
  readonly measuredAt: string
}

export interface CpuFacts {
  readonly cpuModel: string
  readonly memoryGiB: number
  readonly rates: CpuRates
  /** Of weights and cache as the engine runs them: vLLM on a CPU is started with 32-bit floats here. */
  readonly bytesPerNumber: 2 | 4
}

/**
 * The planner counts the bytes of weights and cache in 16-bit numbers; where the engine holds 32-bit ones, bandwidth and
 * memory count for half.
 */
export const cpuAccelerator = ({ cpuModel, memoryGiB, rates, bytesPerNumber }: CpuFacts): Accelerator => {
  const share = 2 / bytesPerNumber
  return {
    ...unknownProcessor('cpu', cpuModel),
    memoryGiB: memoryGiB * share,
    bandwidthGBps: rates.bandwidthGBps * share,
    bf16Tflops: rates.matrixGflops / 1000,
    note: `measured with ${rates.by}, ${rates.threads} threads`,
    source: { origin: 'doctor --measure', date: rates.measuredAt },
  }
}
