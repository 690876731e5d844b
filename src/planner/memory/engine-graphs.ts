// Memory of CUDA graphs: what vLLM takes out of its budget for them, and what capturing them takes beside it. Knows no
// weights and no cache.

import type { Model } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import type { Card } from './engine-card.js'
import type { EngineSettings } from './engine-defaults.js'
import type { EngineVersion } from './engine-version.js'

export interface GraphOptions {
  readonly version: EngineVersion
  readonly isV0: boolean
  readonly enforceEager: boolean
  readonly card: Card
  /** Accelerators that reduce together. */
  readonly tensorParallel: number
  readonly pipelineParallel: number
}

/** Sizes from `first` to `last` in steps. */
const sizesOf = (first: number, last: number, step: number): number =>
  last < first ? 0 : Math.floor((last - first) / step) + 1

/** Sizes for which vLLM captures graphs: 1, 2, 4, then every 8 to 256 and every 16 to 512, at most 2 x sequences. */
export const graphCount = (maxSequences: number): number => {
  const largest = Math.min(512, 2 * maxSequences)
  return smallSizes(largest) + sizesOf(8, Math.min(largest, 256), 8) + sizesOf(272, largest, 16)
}

const smallSizes = (largest: number): number => [1, 2, 4].filter((size) => size <= largest).length

/**
 * Sizes that a release captured. V0: up to as many sequences as run, at most 256. V1: every 8 up to 512, whatever
 * number of sequences before 0.9, at most twice as many after (`_set_cudagraph_sizes` in vllm/config.py).
 */
const capturedSizes = (maxSequences: number, { version, isV0 }: GraphOptions): number => {
  const most = isV0 ? Math.min(256, maxSequences) : version < 9 ? 512 : Math.min(512, 2 * maxSequences)
  return version >= 12 ? graphCount(maxSequences) : smallSizes(most) + sizesOf(8, most, 8)
}

/**
 * The estimate that vLLM takes out of the budget for CUDA graphs since 0.21 (0 before): for two kinds of graphs,
 * about 7 MiB a graph for 32 layers (0.84 GiB were estimated for Llama-3.1-8B and 51 sizes; llm-d report, 2026-04).
 */
export const graphBytes = (model: Model, settings: EngineSettings, options: GraphOptions): number => {
  if (options.enforceEager || options.version < 21) return 0
  return 2 * graphCount(settings.maxSequences) * (0.007 * (model.layers / 32)) * bytesPerGiB
}

/**
 * Bytes of one layer's graph of one size. V1: 0.45 GiB of 67 sizes and 32 layers (0.8.5, 2025-08), 0.67 in 0.10.2. V0: more
 * than 0.3 and less than 1.1 GiB of 35 sizes and 32 layers (vLLM issue 11251, 2024-12-20).
 */
const layerGraphBytes = ({ version, isV0 }: GraphOptions): number =>
  (isV0 ? 0.55 : version < 10 ? 0.21 : 0.31) * 2 ** 20

/**
 * Bytes that a captured all-reduce of NCCL keeps on each of up to four accelerators, and twice as many over eight.
 * NCCL 2.21: 0.3 MiB in graphs of the whole model (2.41 GiB in all for 35 sizes of 60 layers over four RTX 4090, vLLM
 * issue 7553, 2024-08-15; 0.93 for 13 sizes of 64 layers over four L4, a public log of SGLang 0.4.3, 2025-03-08; more than
 * fits for 35 sizes of 42 layers over eight L4, issue 7593), about 1 MiB in V1's graphs of pieces (6.1 GiB beside what torch held for 67 sizes of 48
 * layers over four A10; QwenLM/Qwen3 issue 1387, 2025-05-09). From NCCL 2.27 on, vLLM 0.10.2, 0.08: 3.45 GiB in all for
 * 67 and 35 sizes of 94 layers over four L40S (a public log, 2025-09-24).
 */
const reductionBytes = ({ version, isV0, tensorParallel }: GraphOptions): number => {
  const mib = version >= 10.002 ? 0.08 : isV0 ? 0.3 : 0.95
  return mib * Math.max(1, tensorParallel / 4) * 2 ** 20
}

/** Where accelerators reach each other over PCIe alone, vLLM's own all-reduce is off, and NCCL's is captured. */
const capturesReductions = ({ card, tensorParallel }: GraphOptions): boolean =>
  tensorParallel > 1 && (card.accelerator?.linkGBps ?? 0) <= 64

/** What capturing takes beside the budget; 0 where the budget counts graphs (from 0.21 on) or none are captured. */
export const captureBytes = (model: Model, settings: EngineSettings, options: GraphOptions): number => {
  // 0.2.5 was the first release with graphs.
  if (options.enforceEager || options.version >= 21 || options.version < 2.005) return 0
  const sizes = capturedSizes(settings.maxSequences, options)
  const layers = model.layers / options.pipelineParallel
  // From 0.10.2 on graphs of the whole model are captured for decoding too, up to as many as sequences run.
  const whole = options.version >= 10.002 ? 1.5 : 1
  const reductions = capturesReductions(options) ? 2 * reductionBytes(options) * whole : 0
  return sizes * layers * (layerGraphBytes(options) + reductions)
}
