// What stands in the way in memory, and what to change. Knows no layout and no format.

import type { Precision } from '../../catalog/index.js'
import { bytesPerGiB, type Message } from '../../core/index.js'
import { adviceMessage } from './advice-messages.js'
import type { FitLimit, FitRequest } from './fit-request.js'
import type { Start } from './fit-start.js'

/** With a fixed size of the cache the engine holds no budget: what is more than the card is told before. */
export const memoryLimit = (start: Start): FitLimit | null => {
  const { memory, pool, maxModelLen, isFixed } = start
  if (!isFixed) {
    if (memory.fixedBytes >= memory.budgetBytes) return 'weights'
    if (memory.kvBytes <= 0) return 'activations'
    // Before 0.2.7 vLLM started with a cache that was shorter than max-model-len (its pull request 2163).
    if (memory.isV0 && memory.version < 2.007) return null
  }
  return pool.concurrencyAt(maxModelLen) < 1 ? 'kv-cache' : null
}

/**
 * What stops an engine after its cache is laid out: graphs that the budget does not count, and since 0.20 fewer blocks
 * for states than sequences that graphs are captured for (vLLM pull request 38270, 2026-03-30).
 */
export const captureLimit = (request: FitRequest, { memory, pool }: Start): FitLimit | null => {
  if (request.engine !== 'vllm') return null
  if (memory.captureBytes > memory.captureRoomBytes) return 'cuda-graphs'
  return mostByStates(request, { memory, pool }) < memory.settings.maxSequences ? 'max-num-seqs' : null
}

/** Sequences that the blocks for states let it capture graphs for; drafting lowers their number by itself. */
export const mostByStates = (
  { engine, enforceEager, speculation }: FitRequest,
  { memory, pool }: Pick<Start, 'memory' | 'pool'>,
): number =>
  engine === 'vllm' &&
  memory.version >= 20 &&
  !enforceEager &&
  speculation === null &&
  pool.stateBlocks !== null
    ? pool.stateBlocks
    : Number.POSITIVE_INFINITY

/** Bytes that are missing on each accelerator; null where it is not memory that stands in the way. */
export const missingBytes = (
  limit: FitLimit | null,
  { card }: Pick<FitRequest, 'card'>,
  start: Start,
): number | null => {
  const { memory, pool, isFixed } = start
  switch (limit) {
    case 'weights':
    case 'activations':
      return memory.fixedBytes + memory.stepBytes + memory.graphBytes - memory.budgetBytes
    case 'kv-cache':
      return Math.max(
        neededBytes(start) - pool.bytes,
        isFixed ? memory.weightsBytes + memory.kvBytes - card.memoryGiB * bytesPerGiB : 0,
      )
    case 'cuda-graphs':
      return memory.captureBytes - memory.captureRoomBytes
    default:
      return null
  }
}

/** Cache on each accelerator that holds one request of full length. */
const neededBytes = ({ pool, maxModelLen }: Start): number => {
  const held = pool.concurrencyAt(maxModelLen)
  return held > 0 ? pool.bytes / held : pool.bytesOf(maxModelLen)
}

/** Formats that a narrower one is published beside. */
const wideFormats: ReadonlySet<Precision> = new Set<Precision>(['bf16', 'fp8', 'int8', 'q8_0'])

/** A share beyond which nothing is left for the driver and other processes. */
const mostShare = 0.98

/** Whether a larger share of the memory would be enough. */
const canRaise = (limit: FitLimit, request: FitRequest, start: Start): boolean => {
  const { card, engine } = request
  const room = (mostShare - start.memory.settings.utilisation) * card.memoryGiB * bytesPerGiB
  return engine !== 'trtllm' && !start.isFixed && (missingBytes(limit, request, start) ?? 0) <= room
}

/** The type of a cache of half the bytes; null = it is narrow as it is. */
const narrowCache = ({ engine, kvDtype }: FitRequest): 'fp8' | 'q8_0' | null => {
  if (kvDtype !== 'auto' && kvDtype !== 'bf16') return null
  return engine === 'llama.cpp' ? 'q8_0' : 'fp8'
}

/** @param longest that fits, tokens */
export const memoryAdvice = (
  limit: FitLimit | null,
  request: FitRequest,
  start: Start,
  longest: number,
): readonly Message[] => {
  if (limit === null) return []
  const { memory, maxModelLen, pool } = start
  const { settings, activations } = memory
  const { utilisation } = settings
  const share = {
    utilisation,
    budgetGiB: memory.budgetBytes / bytesPerGiB,
    raise: canRaise(limit, request, start),
  }
  switch (limit) {
    case 'weights':
      return [
        adviceMessage('fit.advice-weights', {
          ...share,
          weightsGiB: memory.fixedBytes / bytesPerGiB,
          quantize: wideFormats.has(request.precision),
        }),
      ]
    case 'activations':
      return [
        adviceMessage('fit.advice-step', {
          ...share,
          peakGiB: memory.stepBytes / bytesPerGiB,
          tokens: settings.maxBatchedTokens,
          sequences: settings.maxSequences,
          vision: activations.visionBytes > 0 && activations.visionBytes === activations.peakBytes,
        }),
      ]
    case 'kv-cache':
      return [
        adviceMessage('fit.advice-cache', {
          ...share,
          cacheGiB: pool.bytes / bytesPerGiB,
          neededGiB: neededBytes(start) / bytesPerGiB,
          length: maxModelLen,
          longest,
          narrow: narrowCache(request),
        }),
      ]
    case 'cuda-graphs':
      return [
        adviceMessage('fit.advice-graphs', {
          utilisation,
          graphsGiB: memory.captureBytes / bytesPerGiB,
          roomGiB: Math.max(0, memory.captureRoomBytes) / bytesPerGiB,
          lower: lowerShare(start),
        }),
      ]
    case 'max-num-seqs':
      return [
        adviceMessage('fit.state-blocks', {
          sequences: settings.maxSequences,
          blocks: pool.stateBlocks ?? 0,
        }),
      ]
    default:
      return []
  }
}

/** The share that leaves room for graphs, in steps of 0.01; 0 = the weights need more. */
const lowerShare = ({ memory }: Start): number => {
  const { captureBytes, captureRoomBytes, settings, budgetBytes, kvBytes } = memory
  const missing = captureBytes - captureRoomBytes
  if (missing >= kvBytes) return 0
  const share = settings.utilisation * (1 - missing / budgetBytes)
  return Math.floor(share * 100) / 100
}
