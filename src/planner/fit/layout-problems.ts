// Inputs that contradict each other, or that the engine refuses before it looks at memory.

import { bytesPerGiB, type Message } from '../../core/index.js'
import { fitMessage } from './fit-messages.js'
import type { FitLimit, FitRequest } from './fit-request.js'
import type { Start } from './fit-start.js'

export interface Problems {
  readonly limit: FitLimit | null
  readonly warnings: readonly Message[]
}

export const layoutProblems = (request: FitRequest, start: Start): Problems => {
  const { model, tensorParallel, pipelineParallel, dataParallel, count, load } = request
  const { settings, isV0 } = start.memory
  const found: { readonly limit: FitLimit | null; readonly warning: Message }[] = []
  const add = (limit: FitLimit | null, warning: Message) => found.push({ limit, warning })
  if (request.engine !== 'llama.cpp' && model.heads > 0 && model.heads % tensorParallel !== 0)
    add('layout', fitMessage('fit.heads-not-divided', { heads: model.heads, tensorParallel }))
  const padded = Math.ceil(model.vocabulary / 64) * 64
  if (request.engine === 'vllm' && padded % tensorParallel !== 0)
    add('layout', fitMessage('fit.vocabulary-not-divided', { vocabulary: padded, tensorParallel }))
  const needed = tensorParallel * pipelineParallel * dataParallel
  if (count < needed || count % needed !== 0)
    add('layout', fitMessage('fit.count-contradicts', { count, needed }))
  const most =
    model.attention === 'mla' ? tensorParallel : Math.max(1, Math.floor(tensorParallel / model.kvHeads))
  if (request.decodeContextParallel > most)
    add('layout', fitMessage('fit.dcp-not-possible', { dcp: request.decodeContextParallel, most }))
  if (model.maxContext !== null && start.maxModelLen > model.maxContext)
    add(
      'context',
      fitMessage('fit.context-beyond-model', { asked: start.maxModelLen, context: model.maxContext }),
    )
  if (isV0 && !settings.chunkedPrefill && settings.maxBatchedTokens < start.maxModelLen)
    add(
      'context',
      fitMessage('fit.step-below-length', { step: settings.maxBatchedTokens, length: start.maxModelLen }),
    )
  const { kvCacheMemoryBytes, card } = request
  const heldBytes = (kvCacheMemoryBytes ?? 0) + start.memory.weightsBytes
  if (kvCacheMemoryBytes !== undefined && heldBytes > card.memoryGiB * bytesPerGiB)
    add(
      'kv-cache',
      fitMessage('fit.cache-too-large', {
        cacheGiB: kvCacheMemoryBytes / bytesPerGiB,
        weightsGiB: start.memory.weightsBytes / bytesPerGiB,
        cardGiB: card.memoryGiB,
      }),
    )
  if (load && load.inputTokens + load.outputTokens > start.maxModelLen)
    add(
      null,
      fitMessage('fit.load-beyond-context', {
        load: load.inputTokens + load.outputTokens,
        length: start.maxModelLen,
      }),
    )
  if (load && load.prefixTokens > load.inputTokens)
    add(null, fitMessage('fit.prefix-beyond-input', { prefix: load.prefixTokens, input: load.inputTokens }))
  return {
    limit: found.find(({ limit }) => limit !== null)?.limit ?? null,
    warnings: found.map(({ warning }) => warning),
  }
}
