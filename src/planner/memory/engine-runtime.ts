// What an engine's process holds beside weights, activations and cache. Knows no model's weights.

import { bytesPerGiB } from '../../core/index.js'
import type { Card } from './engine-card.js'
import type { EngineVersion } from './engine-version.js'

interface RuntimeOptions {
  readonly version: EngineVersion
  readonly isV0: boolean
  readonly card: Card
  /** Accelerators that reduce together. */
  readonly tensorParallel: number
}

/**
 * vLLM's `non_torch` memory, GiB. V0: the CUDA context counted until 0.4, 0.35 in 0.6.4 and 0.39 with two cards (issues
 * 10517, 11251), 1.79 and 3.58 with two cards in 0.6.5 (PR 10511), then 0.05 to 0.1 and 0.3 with several (issues 13061, 15815, 16570).
 * V1: 0.13, and 0.25 from 0.18 (llm-d reports, 2026-01 and 2026-04); before 0.9.2 everything in use was subtracted, so
 * the context too (0.6 on cards of 40 GiB and more; 0.3 of both on 24 GB, 2025-04). Tensor parallel: 0.45 until 0.17, then 2.1 where all-reduce runs over NVLink (llm-d, 2026-04).
 * Unified memory (GB10): about 2.5 more alone (a mistral-7b GPTQ log of 0.11.0, 2026-01-23); where two machines reduce
 * together, 13.3 (eugr/spark-vllm-docker#396, 0.29, 2026-09-14), and about 6 in 0.10 (4.6 and 8.0 on two machines of one
 * run; a public report, 2025-12-01).
 */
export const nonTorchBytes = ({ version, isV0, card, tensorParallel }: RuntimeOptions): number => {
  const [alone, together] = isV0 ? ofV0(version) : ofV1(version, (card.accelerator?.linkGBps ?? 0) > 64)
  const context = !isV0 && version < 9.002 ? contextGiB(card) : 0
  const isAlone = tensorParallel === 1
  const unified = card.name === 'gb10' ? (isAlone ? 2.5 : version < 18 ? 6 : 13.3) : 0
  return ((isAlone ? alone : together) + context + unified) * bytesPerGiB
}

const contextGiB = (card: Card): number => (card.memoryGiB >= 38 ? 0.6 : 0.17)

const ofV0 = (version: EngineVersion): readonly [number, number] => {
  if (version < 6.004) return [0.6, 1]
  if (version < 6.005) return [0.35, 0.4]
  return version < 6.006 ? [1.79, 3.58] : [0.1, 0.3]
}

const ofV1 = (version: EngineVersion, hasFastLink: boolean): readonly [number, number] => {
  if (version < 18) return [0.13, 0.45]
  return [0.25, hasFastLink ? 2.1 : 0.45]
}
