// What early releases of vLLM counted as used though it had been freed: until 0.6.4 the cache got what was free on the
// card after the run that measures it, and torch keeps what it has freed. Knows no card and no budget.

import type { Model } from '../../catalog/index.js'
import type { EngineVersion } from './engine-version.js'

export interface ReservedOptions {
  readonly version: EngineVersion
  readonly isV0: boolean
  readonly tensorParallel: number
  /** Tokens of the run that measures. */
  readonly tokens: number
  /** Peak of the widest layer. */
  readonly forwardBytes: number
}

/**
 * How often a layer's peak is held by torch after a run over several accelerators: 8,112 tokens were left for
 * deepseek-coder-6.7b over two T4 (vLLM issue 5248, 2024-06-12), fewer than 16,384 for 33B over two L40 (issue 4429).
 */
const heldPeaks = 4

/**
 * Bytes held beyond the peak. 0.2.5 and 0.2.6 kept the input of every all-reduce until the run's end, since
 * `TORCH_NCCL_AVOID_RECORD_STREAMS` was not set yet (comment in vllm/worker/worker.py; 10.2 of the 12.2 GiB that
 * Llama-2-70b over four A100 lost in 0.2.5, pull request 2031).
 */
export const reservedBytes = (
  model: Model,
  { version, isV0, tensorParallel, tokens, forwardBytes }: ReservedOptions,
): number => {
  if (!isV0 || version < 2.005 || version >= 6.004 || tensorParallel === 1) return 0
  if (version < 2.007) return 2 * model.layers * tokens * model.hidden * 2
  return (heldPeaks - 1) * forwardBytes
}
