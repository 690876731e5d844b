// An embedding model whose vectors are made elsewhere on this machine: in the process of the engine `local`, or by
// ONNX in the knowledge process. Knows no process; it is handed one function.

import { type ArchitectError, toArchitectError } from '../../core/index.js'
import { withAttempts } from '../attempts.js'
import { llmError } from '../messages.js'
import type { EmbeddingModel } from '../vector-contract.js'
import { inputTokens, inputUsage } from './openai-embedding.js'

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
    embed: async ({ input, inputType, dimensions }, { signal }) => {
      const texts = input.filter((item) => typeof item === 'string')
      try {
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
      } catch (cause) {
        throw attempted(id, signal.aborted ? cancelled(id) : failed(id, cause))
      }
    },
  }
}

const cannot = (deployment: string, field: string) =>
  llmError('llm.request-not-expressible', { field, dialect: deployment })

const cancelled = (deployment: string) => llmError('llm.cancelled', { deployment, reason: 'aborted' })

/** What went wrong elsewhere, as a failure of this engine: another deployment may do better. */
const failed = (deployment: string, cause: unknown): ArchitectError => {
  const error = toArchitectError(cause)
  if (error.code.startsWith('llm.')) return error
  return llmError('llm.engine-failed', { deployment, detail: error.message }, { retryable: true, cause })
}

const attempted = (deployment: string, error: ArchitectError): ArchitectError => {
  const end = error.code === 'llm.cancelled' ? 'cancelled' : 'failed'
  return withAttempts(error, [{ deployment, usage: inputUsage(0), usageSource: 'none', end, error }])
}
