// Embeddings of texts by the loaded model, one after the other, as unit vectors.

import type { LlamaEmbeddingContext } from 'node-llama-cpp'
import { llmError } from '../messages.js'
import type { LoadedModel } from './load-model.js'
import type { LlamaEmbeddings } from './protocol.js'

export interface TextEmbedder {
  /** @throws `llm.context-exceeded` for a text that does not fit, and the signal's reason */
  embed(texts: readonly string[], signal: AbortSignal): Promise<LlamaEmbeddings>
}

/** The context for embeddings is made when it is first needed: most models are only asked to chat. */
export const createTextEmbedder = (loaded: LoadedModel, deployment: string): TextEmbedder => {
  const { model, description } = loaded
  const { contextLength, trainedContextLength, threads } = description
  let creating: Promise<LlamaEmbeddingContext> | undefined

  const context = () =>
    (creating ??= model
      // A model that reads in both directions needs the whole text in one batch.
      .createEmbeddingContext({ contextSize: contextLength, batchSize: contextLength, threads })
      .catch((cause: unknown) => {
        creating = undefined
        throw cause
      }))

  return {
    embed: async (texts, signal) => {
      const embedder = await context()
      const vectors: (readonly number[])[] = []
      let tokens = 0
      for (const text of texts) {
        signal.throwIfAborted()
        const length = embedder.calculateInputLength(text)
        if (length >= contextLength)
          throw llmError('llm.context-exceeded', {
            deployment,
            tokens: length,
            contextLength,
            trainedContextLength,
          })
        tokens += length
        vectors.push(unit((await embedder.getEmbeddingFor(text)).vector))
      }
      return { vectors, tokens }
    },
  }
}

const unit = (vector: readonly number[]): readonly number[] => {
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((value) => value / length)
}
