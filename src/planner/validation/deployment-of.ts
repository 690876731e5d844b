// What a row of a table of measurements means: which model on what, spread how, under which load. Knows no figures.

import type { Accelerator, Catalogue, EngineName, Model, Precision } from '../../catalog/index.js'
import { modelOfSize } from '../fit/model-of-size.js'
import { findCard } from '../memory/engine-card.js'
import type { MeasuredRow } from './read-measured.js'

/** `count` accelerators in each of `stages`, attention over `groups` of them. */
export interface Spread {
  readonly count: number
  readonly groups: number
  readonly stages: number
  readonly expertParallel: boolean
}

export interface Deployment {
  readonly model: Model
  /** Models of one shape: R1 and V3, an 8B and its FP8 build. */
  readonly architecture: string
  readonly accelerator: Accelerator
  readonly precision: Precision
  readonly engine: EngineName
  readonly engineVersion: string
  readonly spread: Spread
}

/** Tables write `TensorRT-LLM 0.18`, `trtllm`, `vLLM 0.9.1+rocm`; MLPerf names TensorRT for NVIDIA's own server. */
const spellings: readonly (readonly [RegExp, EngineName])[] = [
  [/vllm/i, 'vllm'],
  [/sglang/i, 'sglang'],
  [/tensorrt|trt/i, 'trtllm'],
  [/tgi|text-generation-inference/i, 'tgi'],
  [/llama\.?cpp|gguf/i, 'llama.cpp'],
]

/** An engine that is not planned for is predicted as the one with the most measurements. */
const engineOf = (written: string): EngineName =>
  spellings.find(([spelling]) => spelling.test(written))?.[1] ?? 'vllm'

const numberOf = (text: string): number | null => {
  const value = Number(text)
  return text === '' || !Number.isFinite(value) ? null : value
}

/** @returns null when model, accelerator or precision cannot be told */
export const deploymentOf = (row: MeasuredRow, catalogue: Catalogue): Deployment | null => {
  const model = modelOf(row, catalogue)
  const accelerator = acceleratorOf(row, catalogue)
  if (!model || !accelerator) return null
  const engine = engineOf(row.engine)
  const precision = precisionOf(row.precision, engine, accelerator) ?? supported(model.precision, accelerator)
  return {
    model,
    architecture: [model.layers, model.hidden, model.heads, model.experts].join('/'),
    accelerator,
    precision,
    engine,
    engineVersion: row.engine_version,
    spread: spreadOf(row, model),
  }
}

/** Benchmarks of MLPerf name the accuracy that must be kept behind the model: `llama2-70b-99.9`. */
const withoutAccuracy = (name: string) => name.replace(/-99(?:\.9)?$/, '')

const modelOf = (row: MeasuredRow, catalogue: Catalogue): Model | null =>
  catalogue.lookUpModel(withoutAccuracy(row.model)).found ??
  modelOfSize(row.model, catalogue) ??
  (row.params_b === '' ? null : modelOfSize(`${row.params_b}b`, catalogue))

const acceleratorOf = (row: MeasuredRow, catalogue: Catalogue): Accelerator | null =>
  catalogue.lookUpAccelerator(row.gpu).found ?? findCard(row.gpu, catalogue).found?.accelerator ?? null

/** The ways that formats are written, and what a chip without a unit for one does instead: it widens the weights. */
const precisionOf = (written: string, engine: EngineName, accelerator: Accelerator): Precision | null => {
  const text = written.toLowerCase()
  if (engine === 'llama.cpp') return ggufOf(text)
  if (/fp4|nvfp4|mxfp4/.test(text)) return accelerator.fp4Tflops === null ? 'mxfp4' : 'nvfp4'
  if (/fp8|w8a8|e4m3/.test(text)) return supported('fp8', accelerator)
  if (/int8/.test(text)) return supported('int8', accelerator)
  if (/int4|awq|gptq|w4a16/.test(text)) return 'int4'
  return /bf16|fp16|16/.test(text) ? 'bf16' : null
}

const supported = (precision: Precision, { fp8Tflops, fp4Tflops, int8Tops }: Accelerator): Precision => {
  if (precision === 'fp8' && fp8Tflops === null) return int8Tops === null ? 'bf16' : 'int8'
  if (precision === 'nvfp4' && fp4Tflops === null) return 'mxfp4'
  return precision === 'int8' && int8Tops === null ? 'bf16' : precision
}

const ggufOf = (text: string): Precision => {
  if (/f16|f32/.test(text)) return 'bf16'
  if (/q8/.test(text)) return 'q8_0'
  if (/q6/.test(text)) return 'q6_k'
  if (/q5/.test(text)) return 'q5_k_m'
  if (/q3/.test(text)) return 'q3_k_m'
  if (/q4_0/.test(text)) return 'q4_0'
  if (/iq4/.test(text)) return 'iq4_xs'
  if (/mxfp4/.test(text)) return 'mxfp4'
  return 'q4_k_m'
}

/**
 * Columns `tp`, `pp`, `attn_dp`, `ep` and `moe_tp` describe one layout from two sides, and a table may have multiplied
 * them. Two patterns are known to do so from runs that stand in it twice, with equal times under either spelling:
 * experts `ep = moe_tp = n` on n x n accelerators are n; groups `attn_dp = n` and `ep = n x n` on n x n are n.
 */
const spreadOf = (row: MeasuredRow, model: Model): Spread => {
  const stages = numberOf(row.pp) ?? 1
  const all = numberOf(row.gpu_count) ?? (numberOf(row.tp) ?? 1) * stages
  const stated = Math.max(1, Math.round(all / stages))
  const experts = numberOf(row.ep) ?? 1
  const groups = numberOf(row.attn_dp) ?? 1
  const count = squareOf(experts, stated) ?? stated
  const isMixture = model.experts > 0
  if (isMixture && experts > 1 && numberOf(row.moe_tp) === experts && count !== stated)
    return { count, groups: groups > 1 ? count : 1, stages, expertParallel: true }
  const fewer = squareOf(groups, stated)
  if (isMixture && groups > 1 && experts === stated && fewer !== null)
    return { count: fewer, groups, stages, expertParallel: true }
  return { count: stated, groups: Math.min(groups, stated), stages, expertParallel: isMixture && experts > 1 }
}

/** n, when there are n x n. */
const squareOf = (n: number, all: number): number | null => (n > 1 && n * n === all ? n : null)
