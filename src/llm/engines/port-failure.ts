// How a model elsewhere on this machine fails, as the contracts beside chat tell it. Knows no process.

import { type ArchitectError, toArchitectError } from '../../core/index.js'
import { withAttempts } from '../attempts.js'
import { llmError } from '../messages.js'
import { inputUsage } from './openai-embedding.js'

/** Runs one call. @throws its failure as one of this engine, with the attempt: another deployment may do better */
export const portCall = async <Answer>(
  deployment: string,
  signal: AbortSignal,
  call: () => Promise<Answer>,
): Promise<Answer> => {
  try {
    return await call()
  } catch (cause) {
    throw attempted(deployment, signal.aborted ? cancelled(deployment) : failed(deployment, cause))
  }
}

const cancelled = (deployment: string) => llmError('llm.cancelled', { deployment, reason: 'aborted' })

const failed = (deployment: string, cause: unknown): ArchitectError => {
  const error = toArchitectError(cause)
  if (error.code.startsWith('llm.')) return error
  return llmError('llm.engine-failed', { deployment, detail: error.message }, { retryable: true, cause })
}

const attempted = (deployment: string, error: ArchitectError): ArchitectError => {
  const end = error.code === 'llm.cancelled' ? 'cancelled' : 'failed'
  return withAttempts(error, [{ deployment, usage: inputUsage(0), usageSource: 'none', end, error }])
}
