// What is often taken wrongly when memory is planned, where it applies to this request.

import { bytesPerGiB, type Message } from '../../core/index.js'
import { v0ChunksAbove } from '../memory/engine-defaults.js'
import { engineVersion } from '../memory/engine-version.js'
import { kvCost } from '../memory/kv-cache.js'
import { isGguf, peakTflops } from '../memory/precision.js'
import { adapterBytes } from './adapter-bytes.js'
import { fitMessage } from './fit-messages.js'
import type { FitRequest } from './fit-request.js'
import type { Start } from './fit-start.js'

type Remark = (request: FitRequest, start: Start) => Message | null

/** @param isRefused before there is a cache to remark on */
export const fitWarnings = (request: FitRequest, start: Start, isRefused: boolean): readonly Message[] =>
  [...remarks, ...(isRefused ? [] : cacheRemarks)].flatMap((remark) => remark(request, start) ?? [])

const latent: Remark = ({ model, tensorParallel, decodeContextParallel }) =>
  model.attention === 'mla' && tensorParallel > decodeContextParallel
    ? fitMessage('fit.latent-not-divided', { tensorParallel })
    : null

const copiedHeads: Remark = ({ model, tensorParallel, decodeContextParallel }) =>
  model.attention !== 'mla' && tensorParallel > model.kvHeads * decodeContextParallel
    ? fitMessage('fit.kv-heads-copied', { kvHeads: model.kvHeads, tensorParallel })
    : null

const narrowCache: Remark = ({ model, kvDtype }, { maxModelLen }) => {
  if (kvDtype === 'auto' || kvDtype === 'bf16' || model.linearLayers === 0) return null
  const sharding = { tensorParallel: 1, pipelineParallel: 1 }
  const share =
    kvCost(model, { sharding, dtype: kvDtype }).bytesOf(maxModelLen) /
    kvCost(model, { sharding }).bytesOf(maxModelLen)
  return share > 0.51 ? fitMessage('fit.kv-dtype-is-not-half', { share }) : null
}

const windowsKept: Remark = ({ model, engine, engineVersion }, { memory }) => {
  const isOld = memory.isV0 || memory.version < 9.002
  return engine === 'vllm' && isOld && model.slidingLayers > 0
    ? fitMessage('fit.windows-kept', { version: `vLLM ${engineVersion ?? ''}`.trim() })
    : null
}

const experts: Remark = ({ model }) =>
  model.experts > 0 &&
  model.parametersB !== null &&
  model.activeParametersB !== null &&
  model.activeParametersB < model.parametersB
    ? fitMessage('fit.all-experts-loaded', { totalB: model.parametersB, activeB: model.activeParametersB })
    : null

const clamped: Remark = ({ engine, maxModelLen: asked, model }, { maxModelLen }) =>
  asked === null && model.maxContext !== null && maxModelLen < model.maxContext
    ? fitMessage('fit.length-clamped', { engine, length: maxModelLen, context: model.maxContext })
    : null

const bounded: Remark = ({ model }) =>
  model.shape.certainty === 'bounded' ? fitMessage('fit.model-bounded', { model: model.name }) : null

const assumedMemory: Remark = ({ card }) =>
  card.memoryFrom === 'assumed'
    ? fitMessage('fit.memory-assumed', { card: card.label, gib: card.memoryGiB })
    : null

const emulated: Remark = ({ card, precision }) =>
  card.accelerator && !isGguf(precision) && peakTflops(card.accelerator, precision) === null
    ? fitMessage('fit.not-native', { card: card.label, precision })
    : null

const adapters: Remark = (request) =>
  request.adapters
    ? fitMessage('fit.adapters', {
        ...request.adapters,
        gib: adapterBytes(request.model, request) / bytesPerGiB,
      })
    : null

const memoryIsNotSpeed: Remark = ({ load }, { memory, pool, maxModelLen }) => {
  const concurrency = pool.concurrencyAt(maxModelLen)
  return !load && Math.floor(concurrency) > memory.settings.maxSequences
    ? fitMessage('fit.memory-is-not-speed', { concurrency, sequences: memory.settings.maxSequences })
    : null
}

/** Graphs that the budget does not count, and the driver's own context, live in what utilisation leaves. */
const littleLeft: Remark = ({ engine, card }, { memory }) => {
  if (engine !== 'vllm' || memory.captureBytes > memory.captureRoomBytes) return null
  const left = card.memoryGiB * (1 - memory.settings.utilisation)
  const needed = 0.51 + memory.captureBytes / bytesPerGiB
  return left < needed ? fitMessage('fit.little-left', { left, needed }) : null
}

const longerMayFit: Remark = ({ engine, chunkedPrefill }, { memory, maxModelLen }) =>
  engine === 'vllm' && memory.isV0 && chunkedPrefill === undefined && maxModelLen <= v0ChunksAbove
    ? fitMessage('fit.longer-may-fit', { length: v0ChunksAbove })
    : null

const cacheGiven: Remark = ({ kvCacheMemoryBytes }) =>
  kvCacheMemoryBytes === undefined ? null : fitMessage('fit.cache-given', {})

/** Newest minor release that rules were read from: logs, documentation and issues, by 2026-11. */
const newestRead: Readonly<Partial<Record<FitRequest['engine'], string>>> = {
  vllm: '0.32',
  sglang: '0.5',
  trtllm: '1.3',
  tgi: '3.3',
}

const newer: Remark = ({ engine, engineVersion: written }) => {
  const newest = newestRead[engine]
  if (newest === undefined || written === undefined) return null
  const [asked, known] = [engineVersion(written) ?? 0, engineVersion(newest) ?? 0]
  return asked >= known + 1 ? fitMessage('fit.release-not-read', { engine, version: written, newest }) : null
}

/** NCCL joins slices by way of the host alone, and only as an experiment (NVIDIA/nccl issue 1716, 2026-08). */
const slices: Remark = ({ card, tensorParallel, pipelineParallel, dataParallel }) =>
  card.isSlice && tensorParallel * pipelineParallel * dataParallel > 1
    ? fitMessage('fit.slices-joined', { card: card.label })
    : null

const remarks: readonly Remark[] = [
  newer,
  slices,
  windowsKept,
  experts,
  adapters,
  emulated,
  bounded,
  assumedMemory,
]

const cacheRemarks: readonly Remark[] = [
  latent,
  copiedHeads,
  narrowCache,
  memoryIsNotSpeed,
  littleLeft,
  longerMayFit,
  cacheGiven,
  clamped,
]
