// In which precisions and over how many accelerators a model can be served. No time, no money.

import type { Accelerator, Catalogue, EngineName, Model, Precision } from '../../catalog/index.js'
import type { Layout } from './memory.js'
import { peakTflops } from './precision.js'

/** Vendors whose accelerators an engine's releases support. */
const vendors: Readonly<Record<EngineName, readonly string[]>> = {
  vllm: ['NVIDIA', 'AMD', 'Intel'],
  sglang: ['NVIDIA', 'AMD'],
  trtllm: ['NVIDIA'],
  tgi: ['NVIDIA', 'AMD'],
  'llama.cpp': ['NVIDIA', 'AMD', 'Intel', 'Intel CPU', 'AMD CPU', 'Arm CPU', 'Apple'],
}

/** Batched serving needs tensor units of the Ampere generation or later; older chips are left to llama.cpp. */
const tooOldForBatching = new Set(
  'v100 v100_16gb p40 p100 t4 titan_rtx gtx_1080_ti rtx_2080_ti mi100 rx_6900_xt'.split(' '),
)
/** llama.cpp is planned where the others are not at home: cards of at most this size, processors, Apple. */
const smallCardGiB = 48

export const enginesFor = (accelerator: Accelerator): readonly EngineName[] =>
  (Object.keys(vendors) as EngineName[]).filter((engine) => {
    if (!vendors[engine].includes(accelerator.vendor)) return false
    if (engine === 'llama.cpp')
      return (accelerator.memoryGiB ?? 0) <= smallCardGiB || accelerator.vendor === 'Apple'
    return !tooOldForBatching.has(accelerator.name)
  })

export interface Build {
  readonly precision: Precision
  /** What the engine loads. */
  readonly checkpoint: string
  /** `published` = download it, `on-load` = the engine quantizes while loading, `to-make` = quantize it first. */
  readonly from: 'published' | 'on-load' | 'to-make'
}

/** The builds of a base model that an engine can load, widest first. */
export const buildsOf = (model: Model, engine: EngineName, catalogue: Catalogue): readonly Build[] => {
  if (engine === 'llama.cpp')
    return model.precision === 'bf16'
      ? (['q8_0', 'q4_k_m'] as const).map((precision) => ({
          precision,
          checkpoint: `${model.checkpoint} (GGUF ${precision})`,
          from: 'to-make',
        }))
      : []
  const published = [
    model,
    ...catalogue.models.filter(({ variantOf, use }) => variantOf === model.name && use === 'chat'),
  ]
  const builds: Build[] = []
  for (const { precision, checkpoint } of published)
    if (!builds.some((build) => build.precision === precision))
      builds.push({ precision, checkpoint, from: 'published' })
  if (model.precision === 'bf16') {
    if (!builds.some(({ precision }) => precision === 'fp8'))
      builds.push({ precision: 'fp8', checkpoint: model.checkpoint, from: 'on-load' })
    builds.push({ precision: 'int4', checkpoint: `${model.checkpoint}-AWQ`, from: 'to-make' })
  }
  // NVFP4 builds are for TensorRT-LLM, vLLM and SGLang.
  return builds.filter(({ precision }) => engine !== 'tgi' || precision !== 'nvfp4')
}

export const canMultiply = (accelerator: Accelerator, precision: Precision): boolean =>
  peakTflops(accelerator, precision) !== null

const widths = [1, 2, 4, 8] as const

/**
 * Layouts within one machine, fewest accelerators first. Tensor parallelism must divide the attention heads, and
 * either divide the KV heads or be a multiple of them. Cards without a fast link also get pipeline stages.
 */
export const layoutsOf = (
  model: Model,
  { accelerator, most }: { readonly accelerator: Accelerator; readonly most: number },
): readonly Layout[] => {
  const limit = Math.min(most, accelerator.perNode)
  const divides = (width: number) =>
    model.heads % width === 0 && (model.kvHeads % width === 0 || width % model.kvHeads === 0)
  const tensor = widths.filter((width) => width <= limit && divides(width))
  const layouts = tensor.map((tensorParallel) => ({ tensorParallel, pipelineParallel: 1 }))
  const slowLink = (accelerator.linkGBps ?? 0) <= 64
  if (!slowLink) return layouts
  const staged = ([2, 4] as const).flatMap((pipelineParallel) =>
    tensor
      .filter((tensorParallel) => tensorParallel * pipelineParallel <= limit)
      .map((tensorParallel) => ({ tensorParallel, pipelineParallel })),
  )
  return [...layouts, ...staged].sort(
    (a, b) => a.tensorParallel * a.pipelineParallel - b.tensorParallel * b.pipelineParallel,
  )
}
