// What a step of DeepSeek-V4 holds in vLLM on the cards that its FlashMLA kernels are for (Hopper, Blackwell of data
// centres). From vllm/models/deepseek_v4/attention.py, vllm/models/deepseek_v4/nvidia/flashmla.py and
// vllm/model_executor/layers/sparse_attn_indexer.py of 0.32. Knows no weights and no cache.

import type { Model } from '../../catalog/index.js'
import { hasCompressedLayers } from './compressed-blocks.js'
import { computeCapability } from './compute-capability.js'

export interface FlashMlaStep {
  /** Residual streams that layers mix, each as wide as the model. */
  readonly streams: number
  /** Of the widest moment of a layer's attention, without the residual. */
  readonly attentionBytesPerToken: number
  /** Scores of the indexer, for which the run that measures takes the most that is allowed. */
  readonly scoreBytes: number
  /** Buffer that prompts gather their keys into; shared with the experts' buffers, the larger of which counts. */
  readonly workspaceBytes: number
}

export interface StepOptions {
  readonly cardName: string
  readonly tokens: number
  readonly tensorParallel: number
  readonly maxModelLen: number
}

/** `VLLM_SPARSE_INDEXER_MAX_LOGITS_MB`. */
const scoreBytes = 512 * 2 ** 20
/** `PREFILL_CHUNK_SIZE`: prompts whose keys are gathered at once. */
const gatheredPrompts = 4
/** Keys that the indexer selects (`index_topk`), and those of the window, each a number of 32 bits. */
const selectedKeys = 640

/** @returns null for other models, and for cards that other kernels serve */
export const flashMlaStep = (model: Model, options: StepOptions): FlashMlaStep | null => {
  const capability = computeCapability(options.cardName) ?? 0
  if (!hasCompressedLayers(model) || capability < 9 || capability >= 11) return null
  const { tokens, tensorParallel, maxModelLen } = options
  const heads = model.heads / tensorParallel
  // The kernels take 64 or 128 heads: queries are copied into as many, and the output is as wide.
  const padded = heads <= 64 ? 64 : 128
  const caches = model.shape.layers.flatMap((layer) => layer.caches)
  const [window] = caches.flatMap((cache) => (cache.kind === 'compressed' ? cache.window : []))
  const ratios = caches.flatMap((cache) =>
    cache.kind === 'compressed' && cache.ratio > 0 ? cache.ratio : [],
  )
  const gathered = Math.ceil(maxModelLen / Math.min(...ratios)) + (window ?? 0) + tokens
  return {
    streams: streamsOf(model),
    attentionBytesPerToken: (heads + 2 * padded) * model.headDim * 2,
    scoreBytes,
    workspaceBytes: gatheredPrompts * gathered * model.headDim * 2 + tokens * selectedKeys * 4,
  }
}

/** From the size of the matrices that mix them, two a layer: (m^2 + 2 m) x (m x hidden + 1) + 3. */
const streamsOf = ({ hidden, shape }: Model): number => {
  const mixing =
    shape.layers[0]?.weights.find(({ module }) => module === 'hyper_connections')?.parameters ?? 0
  let streams = 1
  while (2 * ((streams ** 2 + 2 * streams) * (streams * hidden + 1) + 3) < mixing) streams++
  return streams
}
