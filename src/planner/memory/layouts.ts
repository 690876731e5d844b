// In which precisions and over how many accelerators a model can be served. No time, no money.

import type { Accelerator, Catalogue, EngineName, Model, Precision } from '../../catalog/index.js'
import { acceleratorsOf, type Layout } from './memory.js'
import { peakTflops } from './precision.js'

/** Vendors whose accelerators an engine's releases support. */
const vendors: Readonly<Record<EngineName, readonly string[]>> = {
  vllm: ['NVIDIA', 'AMD', 'Intel'],
  sglang: ['NVIDIA', 'AMD'],
  trtllm: ['NVIDIA'],
  tgi: ['NVIDIA', 'AMD'],
  'llama.cpp': ['NVIDIA', 'AMD', 'Intel', 'Intel CPU', 'AMD CPU', 'Arm CPU', 'CPU', 'Apple'],
}

/** Batched serving needs tensor units of the Ampere generation or later; older chips are left to llama.cpp. */
const tooOldForBatching = new Set(
  'v100 v100_16gb p40 p100 t4 titan_rtx gtx_1080_ti rtx_2080_ti mi100 rx_6900_xt'.split(' '),
)
/** llama.cpp is planned where the others are not at home: cards of at most this size, processors, Apple. */
const smallCardGiB = 48

/** Vendors whose chips compute in the memory of their host. */
const hostMemory = new Set(['CPU', 'Intel CPU', 'AMD CPU', 'Arm CPU', 'Apple'])

/** Whether an engine has releases for a vendor's chips. */
export const runsOnVendor = (engine: EngineName, vendor: string): boolean => vendors[engine].includes(vendor)

export const enginesFor = (accelerator: Accelerator): readonly EngineName[] =>
  (Object.keys(vendors) as EngineName[]).filter((engine) => {
    if (!runsOnVendor(engine, accelerator.vendor)) return false
    if (engine === 'llama.cpp')
      return (accelerator.memoryGiB ?? 0) <= smallCardGiB || hostMemory.has(accelerator.vendor)
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

/** Engines that keep the KV cache in fp8 where the accelerator multiplies in it. */
const fp8KvEngines: readonly EngineName[] = ['vllm', 'sglang', 'trtllm']

export const canKeepFp8Kv = (engine: EngineName, accelerator: Accelerator): boolean =>
  fp8KvEngines.includes(engine) && accelerator.fp8Tflops !== null

/** Engines that run attention data-parallel over one set of experts. */
const groupingEngines: readonly EngineName[] = ['vllm', 'sglang', 'trtllm']

export const tensorWidths = [1, 2, 4, 8] as const

/** Tensor parallelism must divide the attention heads, and divide the KV heads or be a multiple of them. */
export const canSplitHeads = ({ heads, kvHeads }: Model, width: number): boolean =>
  heads % width === 0 && (kvHeads % width === 0 || width % kvHeads === 0)

/**
 * Layouts within one machine, fewest accelerators first: tensor parallelism; pipeline stages where they can win,
 * which is without a fast link, with a latent cache that only stages divide, and with heads that do not split; and
 * attention groups over shared experts where tensor parallelism would copy the cache (MLA, or more ways than there
 * are KV heads).
 */
export const layoutsOf = (
  model: Model,
  options: { readonly accelerator: Accelerator; readonly most: number; readonly engine: EngineName },
): readonly Layout[] => {
  const { accelerator, most, engine } = options
  const limit = Math.min(most, accelerator.perNode)
  const tensor = tensorWidths.filter((width) => width <= limit && canSplitHeads(model, width))
  const plain = tensor.map((tensorParallel): Layout => ({ tensorParallel, pipelineParallel: 1 }))
  const slowLink = (accelerator.linkGBps ?? 0) <= 64
  const gap = tensorWidths.some((width) => width <= limit && !tensor.includes(width))
  const staged = slowLink || gap || model.attention === 'mla' ? stagesWithin(tensor, limit) : []
  const grouped = groupingEngines.includes(engine) ? groupsWithin(model, tensor, limit) : []
  return [...plain, ...staged, ...grouped].sort((a, b) => acceleratorsOf(a) - acceleratorsOf(b))
}

const stagesWithin = (tensor: readonly number[], limit: number): readonly Layout[] =>
  ([2, 4, 8] as const).flatMap((pipelineParallel) =>
    tensor
      .filter((tensorParallel) => tensorParallel * pipelineParallel <= limit)
      .map((tensorParallel) => ({ tensorParallel, pipelineParallel })),
  )

const groupsWithin = (model: Model, tensor: readonly number[], limit: number): readonly Layout[] => {
  if (model.experts === 0) return []
  const widest = model.attention === 'mla' ? 1 : Math.min(...tensor.filter((w) => w >= model.kvHeads), 8)
  if (!tensor.includes(widest)) return []
  return ([2, 4, 8] as const)
    .filter((dataParallel) => widest * dataParallel <= limit)
    .map((dataParallel) => ({
      tensorParallel: widest,
      pipelineParallel: 1,
      dataParallel,
      expertParallel: true,
    }))
}
