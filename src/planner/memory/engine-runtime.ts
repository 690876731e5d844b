// What an engine's process holds beside weights, activations and cache. Knows no model's weights.

import type { Model } from '../../catalog/index.js'
import { bytesPerGiB } from '../../core/index.js'
import type { Card } from './engine-card.js'
import type { EngineSettings } from './engine-defaults.js'
import type { EngineVersion } from './engine-version.js'

interface RuntimeOptions {
  readonly version: EngineVersion
  readonly isV0: boolean
  readonly card: Card
  /** Accelerators that reduce together. */
  readonly tensorParallel: number
}

/**
 * vLLM's `non_torch` memory, GiB. One card: 0.05 to 0.35 in V0; 0.13 in V1, 0.25 from 0.18 (llm-d reports, 2026-01 and
 * 2026-04). V1 before 0.9.2 subtracted everything in use, so the CUDA context too: about 0.6 more. Tensor parallel:
 * 0.55 until 0.17, then 2.1 where custom all-reduce runs over NVLink, and 0.3 to 0.4 over PCIe.
 */
export const nonTorchBytes = ({ version, isV0, card, tensorParallel }: RuntimeOptions): number => {
  const alone = isV0 ? (version < 6.004 ? 0.6 : version < 7 ? 0.35 : 0.1) : version < 18 ? 0.13 : 0.25
  const context = !isV0 && version < 9.002 ? 0.6 : 0
  if (tensorParallel === 1) return (alone + context) * bytesPerGiB
  const hasFastLink = (card.accelerator?.linkGBps ?? 0) > 64
  const together = isV0 ? 0.3 : version < 18 || !hasFastLink ? 0.45 : 2.1
  return (Math.max(alone, together) + context) * bytesPerGiB
}

/** Sizes for which vLLM captures graphs: 1, 2, 4, then every 8 to 256 and every 16 to 512, at most 2 x sequences. */
export const graphCount = (maxSequences: number): number => {
  const largest = Math.min(512, 2 * maxSequences)
  const small = [1, 2, 4].filter((size) => size <= largest).length
  return small + Math.floor(Math.min(largest, 256) / 8) + Math.floor(Math.max(0, largest - 256) / 16)
}

/**
 * The estimate that vLLM takes out of the budget for CUDA graphs since 0.21 (0 before): for two kinds of graphs,
 * about 7 MiB a graph for 32 layers (0.84 GiB were estimated for Llama-3.1-8B and 51 sizes; llm-d report, 2026-04).
 */
export const graphBytes = (
  model: Model,
  settings: EngineSettings,
  options: { readonly version: EngineVersion; readonly enforceEager: boolean },
): number => {
  if (options.enforceEager || options.version < 21) return 0
  return 2 * graphCount(settings.maxSequences) * (0.007 * (model.layers / 32)) * bytesPerGiB
}
