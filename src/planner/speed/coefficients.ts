// The efficiencies that were fitted to measured serving runs by scripts/fit-planner.mjs. Numbers only.

import type { EngineName } from '../../catalog/index.js'
import fitted from './fitted-coefficients.json' with { type: 'json' }

export interface EngineCoefficients {
  /** Launch and scheduling of one layer in one step, ms. */
  readonly layerMs: number
  /** Per running sequence and step, ms: sampling, detokenising, bookkeeping. */
  readonly sequenceMs: number
  /** CPU time before the first step, ms per layer of the model. */
  readonly requestMsPerLayer: number
  /** KV bytes read against 16-bit ones; below 1 where deployments of this engine keep the cache in fewer bits. */
  readonly kvBytesFactor: number
}

export interface Coefficients {
  /** Shares of the peak bandwidth reached on dense weights, expert weights and the KV cache. */
  readonly weightBandwidth: number
  readonly expertBandwidth: number
  readonly kvBandwidth: number
  /** Shares of the peak rate reached in long products. */
  readonly compute: { readonly bf16: number; readonly fp8: number; readonly fp4: number }
  readonly ggufBandwidth: { readonly q4: number; readonly f16: number }
  readonly busEfficiency: number
  readonly allReduceLatencyMs: number
  readonly expertLayerMs: number
  readonly expertImbalance: number
  readonly interference: number
  /** Closed loop only: growth of the time to first token with concurrency. */
  readonly burst: number
  readonly burstExponent: number
  readonly engines: Readonly<Record<EngineName, EngineCoefficients>>
}

/** Ratio of measured to predicted that a tenth and nine tenths of the runs of unseen models stay below. */
export interface ErrorBand {
  readonly low: number
  readonly high: number
}

export interface FittedCoefficients {
  readonly coefficients: Coefficients
  readonly bands: { readonly tpot: ErrorBand; readonly ttft: ErrorBand }
  readonly errors: Readonly<Record<string, number>>
  /** The file they were fitted to, which the product does not carry. */
  readonly fittedTo: { readonly sha256: string; readonly rows: number; readonly date: string }
  /** Accelerators and engines that were among the runs. */
  readonly measuredAccelerators: readonly string[]
  readonly measuredEngines: readonly string[]
}

export const fittedCoefficients: FittedCoefficients = fitted
