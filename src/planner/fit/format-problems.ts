// Formats of weights and cache that an engine cannot run on a card, or a model does not have. Knows no memory.

import type { CacheShape, Precision } from '../../catalog/index.js'
import { computeCapability } from '../memory/compute-capability.js'
import { runsOnVendor } from '../memory/layouts.js'
import { isGguf } from '../memory/precision.js'
import { fitMessage } from './fit-messages.js'
import type { FitRequest } from './fit-request.js'
import type { Start } from './fit-start.js'
import type { Problem } from './layout-problems.js'

/** An engine's release that is started on a chip of a known capability. */
interface Place {
  readonly request: FitRequest
  readonly capability: number
  readonly version: number
  readonly isV0: boolean
}

export const formatProblems = (request: FitRequest, { memory }: Start): readonly Problem[] => {
  const ofModel = [otherVendor, ggufElsewhere, ggufAlone, sparseLayout, cacheElsewhere].flatMap(
    (check) => check(request) ?? [],
  )
  const capability = computeCapability(request.card.name)
  if (capability === null || request.engine === 'llama.cpp') return ofModel
  const { version, isV0 } = memory
  const place = { request, capability, version, isV0 }
  return [...ofModel, ...checks.flatMap((check) => check(place) ?? [])]
}

type Check = (place: Place) => Problem | null

const tooOld = (
  { request: { engine, card, precision }, capability }: Place,
  subject: 'engine' | 'weights' | 'w8a8' | 'awq' | 'fp8-cache' | 'fp8-cache-by-triton',
  least: number,
  limit: Problem['limit'],
): Problem | null =>
  capability >= least
    ? null
    : {
        limit,
        warning: fitMessage('fit.card-too-old', {
          engine,
          subject,
          format: precision,
          least,
          card: card.label,
          capability,
          refused: limit !== null,
        }),
      }

/**
 * Cards that a release runs on at all. vLLM: "compute capability 7.0 or higher" (docs of 0.2 to 0.14); SGLang: "only
 * supports sm75 and above" (ModelRunner.load_model); TensorRT-LLM: Ampere and later (support matrix of 0.18).
 */
const leastOfEngine: Readonly<Partial<Record<FitRequest['engine'], number>>> = {
  vllm: 7,
  sglang: 7.5,
  trtllm: 8,
}

const engineItself: Check = (place) => {
  const least = leastOfEngine[place.request.engine]
  return least === undefined ? null : tooOld(place, 'engine', least, 'accelerator')
}

/** vLLM 0.14 brought the Marlin kernels to Turing (pull request 29901, docs of 0.15 on: fp8 from 7.5). */
const marlinOnTuring = 14

/** Least capability for weights of a format; null = any that the engine runs on. */
const leastOfWeights = (precision: Precision, { request, version }: Place): number | null => {
  const { engine } = request
  const marlin = version >= marlinOnTuring ? 7.5 : 8
  if (engine === 'vllm')
    switch (precision) {
      case 'fp8':
        // Weight-only by Marlin from 0.5.2 (pull request 5975); before, the chip itself had to multiply in it.
        return version < 5.002 ? 8.9 : marlin
      case 'mxfp4':
        return marlin
      case 'nvfp4':
        // Marlin for NVFP4 came with 0.9; before, the chip itself had to multiply in it.
        return version < 9 ? 10 : marlin
      default:
        return null
    }
  if (engine === 'sglang') return precision === 'fp8' || precision === 'mxfp4' ? 8 : null
  // TensorRT-LLM's support matrix (0.18): fp8 on Ada and Hopper; NVFP4 on Blackwell.
  if (engine === 'trtllm') return precision === 'nvfp4' ? 10 : precision === 'fp8' ? 8.9 : null
  return null
}

const weights: Check = (place) => {
  const least = leastOfWeights(place.request.precision, place)
  return least === null ? null : tooOld(place, 'weights', least, 'precision')
}

/** vLLM's table of quantization kernels: W8A8 and AWQ need 7.5, GPTQ does not; a case need not say which it is. */
const integers: Check = (place) => {
  const { engine, precision, method } = place.request
  if (engine !== 'vllm') return null
  if (precision === 'int8' && method !== 'gptq') return tooOld(place, 'w8a8', 7.5, null)
  if (precision !== 'int4' || method === 'gptq') return null
  return tooOld(place, 'awq', 7.5, method === 'awq' ? 'precision' : null)
}

/**
 * vLLM: e4m3 in Triton's attention needs 8.9 and fails to compile below (issue 26431, 0.11); FlashInfer, which reads it
 * from 7.5 on, is taken where it is installed; on V100 nothing else is left (pull request 35720, 0.16). V0 widened it
 * in kernels of its own (issue 4827). TensorRT-LLM: Ada and later (support matrix of 0.18).
 */
const fp8Cache: Check = (place) => {
  const { engine, kvDtype, kvFp8 = 'e4m3' } = place.request
  if (kvDtype !== 'fp8' || kvFp8 === 'e5m2') return null
  if (engine === 'trtllm') return tooOld(place, 'fp8-cache', 8.9, 'precision')
  if (engine !== 'vllm') return tooOld(place, 'fp8-cache-by-triton', 8.9, null)
  if (place.isV0) return null
  return tooOld(place, 'fp8-cache', 7.5, 'precision') ?? tooOld(place, 'fp8-cache-by-triton', 8.9, null)
}

/** vLLM raises an error at start-up but on 10.x (pull request 43669; issue 49011: 0.25 still on 12.0). */
const nvfp4Cache: Check = ({ request: { engine, kvDtype, card }, capability }) => {
  if (kvDtype !== 'nvfp4' || engine === 'tgi') return null
  if (capability >= 10 && (capability < 11 || engine !== 'vllm')) return null
  const refused = engine !== 'sglang'
  return {
    limit: refused ? 'precision' : null,
    warning: fitMessage('fit.nvfp4-cache', { engine, card: card.label, capability, refused }),
  }
}

/** TGI's `--kv-cache-dtype` has two fp8 types and no other. */
const cacheOfTgi: Check = ({ request }) =>
  request.engine === 'tgi' && request.kvDtype === 'nvfp4'
    ? {
        limit: 'precision',
        warning: fitMessage('fit.format-unknown', { engine: 'tgi', format: 'kv-dtype nvfp4' }),
      }
    : null

/**
 * No bf16 below 8.0. vLLM before 0.9 refuses such a checkpoint unless told `--dtype half`, later it falls back by
 * itself, and so does SGLang; what was trained in bf16 can overflow in half precision.
 */
const sixteenBits: Check = ({ request: { precision, card, engine }, capability, version }) =>
  capability < 8 && !isGguf(precision)
    ? {
        limit: null,
        warning: fitMessage('fit.no-bf16', { card: card.label, asks: engine === 'vllm' && version < 9 }),
      }
    : null

const checks: readonly Check[] = [
  engineItself,
  weights,
  integers,
  fp8Cache,
  nvfp4Cache,
  cacheOfTgi,
  sixteenBits,
]

/** GGUF files are llama.cpp's; vLLM reads them in an experiment, the others do not. */
const ggufElsewhere = ({ engine, precision }: FitRequest): Problem | null =>
  isGguf(precision) && engine !== 'llama.cpp'
    ? {
        limit: engine === 'vllm' ? null : 'precision',
        warning: fitMessage(engine === 'vllm' ? 'fit.gguf-experimental' : 'fit.format-unknown', {
          engine,
          format: precision,
        }),
      }
    : null

/** Formats that no GGUF file has. */
const neverGguf: ReadonlySet<Precision> = new Set<Precision>(['fp8', 'int8', 'int4'])

const ggufAlone = ({ engine, precision }: FitRequest): Problem | null =>
  engine === 'llama.cpp' && neverGguf.has(precision)
    ? { limit: 'precision', warning: fitMessage('fit.gguf-alone', { format: precision }) }
    : null

/** TensorRT-LLM is NVIDIA's; that other engines run on a chip by way of a plug-in may be. */
const otherVendor = ({ engine, card }: FitRequest): Problem | null => {
  if (!card.accelerator || runsOnVendor(engine, card.accelerator.vendor)) return null
  const refused = engine === 'trtllm'
  return {
    limit: refused ? 'accelerator' : null,
    warning: fitMessage('fit.other-vendor', { engine, card: card.label, refused }),
  }
}

/** vLLM's `fp8_ds_mla` is a layout of sparse latent attention (FLASHMLA_SPARSE); other caches have no such parts. */
const sparseLayout = ({ engine, model, kvDtype }: FitRequest): Problem | null => {
  if (kvDtype !== 'fp8_ds_mla') return null
  if (engine !== 'vllm')
    return { limit: 'precision', warning: fitMessage('fit.format-unknown', { engine, format: kvDtype }) }
  return hasSparseLayout(model)
    ? null
    : { limit: 'precision', warning: fitMessage('fit.not-sparse-latent', { model: model.name }) }
}

/** llama.cpp has cache types of its own, and none of the others'. */
const cacheElsewhere = ({ engine, kvDtype }: FitRequest): Problem | null => {
  if (kvDtype === 'auto' || kvDtype === 'bf16' || kvDtype === 'fp8_ds_mla') return null
  const isOfLlama = kvDtype === 'q8_0' || kvDtype === 'q4_0'
  if ((engine === 'llama.cpp') === isOfLlama) return null
  const instead = isOfLlama ? 'fp8' : 'q8_0'
  return {
    limit: 'precision',
    warning: fitMessage('fit.cache-unknown', { engine, format: kvDtype, instead }),
  }
}

/** Latent attention that picks its tokens by an indexer (DeepSeek-V3.2, GLM-5), or compressed attention (DeepSeek-V4). */
export const hasSparseLayout = (model: FitRequest['model']): boolean =>
  (hasCache(model, 'latent') && hasCache(model, 'indexer')) || hasCache(model, 'compressed')

const hasCache = ({ shape }: FitRequest['model'], kind: CacheShape['kind']): boolean =>
  shape.layers.some(({ caches }) => caches.some((cache) => cache.kind === kind))
