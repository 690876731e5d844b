// An embedding model whose vectors are made elsewhere on this machine: in the process of the engine `local`, or by
// ONNX in the knowledge process. Knows no process; it is handed one function.

import { llmError } from '../messages.js'
import type { EmbeddingModel } from '../vector-contract.js'
import { inputTokens, inputUsage } from './openai-embedding.js'
import { portCall } from './port-failure.js'

/**
 * Texts to vectors, in order.
 * @param request.inputType what the texts are for: `query` or `document`; undefined when nothing was said
 * @returns `inputTokens` null where the model's tokens were not counted
 */
export type EmbedTexts = (request: {
  readonly texts: readonly string[]
  readonly inputType: string | undefined
  readonly signal: AbortSignal
}) => Promise<{ readonly vectors: readonly (readonly number[])[]; readonly inputTokens: number | null }>

export interface PortEmbeddingOptions {
  readonly id: string
  readonly contextLength: number
  readonly embedTexts: EmbedTexts
}

/** @example createPortEmbeddingModel({ id: 'embedder', contextLength: 512, embedTexts: child.embed }) */
export const createPortEmbeddingModel = (options: PortEmbeddingOptions): EmbeddingModel => {
  const { id, contextLength, embedTexts } = options
  return {
    id,
    contextLength,
    takesTokens: false,
    embed: ({ input, inputType, dimensions }, { signal }) =>
      portCall(id, signal, async () => {
        const texts = input.filter((item) => typeof item === 'string')
        if (texts.length < input.length) throw cannot(id, 'input')
        const { vectors, inputTokens: counted } = await embedTexts({ texts, inputType, signal })
        if (vectors.length !== texts.length)
          throw llmError('llm.upstream-unreadable', { deployment: id, reason: 'too few vectors' })
        if (dimensions !== undefined && vectors.some(({ length }) => length !== dimensions))
          throw cannot(id, 'dimensions')
        return {
          vectors,
          usage: inputUsage(counted ?? inputTokens(input)),
          usageSource: counted === null ? 'estimated' : 'reported',
        }
      }),
  }
}

const cannot = (deployment: string, field: string) =>
  llmError('llm.request-not-expressible', { field, dialect: deployment })
