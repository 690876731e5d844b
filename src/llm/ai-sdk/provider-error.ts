// How AI SDK providers fail, as the errors of this room. Told apart by the names that the SDK gives its errors, since
// the package they come from is the user's.

import { ArchitectError } from '../../core/index.js'
import { statusError } from '../engines/upstream-status.js'
import { llmError } from '../messages.js'
import { numberOf, objectOf, stringOf } from '../wire/fields.js'
import { failureInside, scrub } from '../wire/upstream-failure.js'
import type { ProviderWarning } from './provider-model.js'

export interface FailureContext {
  readonly deployment: string
  readonly secrets: readonly string[]
  readonly wallMs: number
  /** Whether the provider was answering already. */
  readonly isAnswering: boolean
}

export const providerError = (cause: unknown, context: FailureContext): ArchitectError => {
  if (cause instanceof ArchitectError) return cause
  const { deployment, secrets, isAnswering } = context
  const fields = fieldsOf(cause)
  const reason = scrub(reasonOf(cause), secrets)
  if (unreadable.has(String(fields.name)))
    return llmError('llm.upstream-unreadable', { deployment, reason }, { cause })
  switch (fields.name) {
    case 'AI_APICallError':
      return apiError(fields, { ...context, cause, reason })
    case 'AI_UnsupportedFunctionalityError':
      return notCapable(deployment, stringOf(fields.functionality) ?? reason)
    case 'AI_InvalidPromptError':
    case 'AI_InvalidArgumentError':
      return notCapable(deployment, stringOf(fields.argument) ?? reason)
    case 'AI_LoadAPIKeyError':
    case 'AI_LoadSettingError':
      return llmError('llm.engine-failed', { deployment, detail: reason }, { cause })
    // Also how a provider says that its server has ended without a finish.
    case 'AI_EmptyResponseBodyError':
    case 'AI_InvalidResponseDataError':
    case 'AI_NoContentGeneratedError':
      return isAnswering
        ? llmError('llm.upstream-broke-off', { deployment, reason }, { retryable: true, cause })
        : llmError('llm.upstream-unreadable', { deployment, reason }, { cause })
  }
  // Errors inside a stream are what the server has said, as it has said it.
  if (!(cause instanceof Error)) return failureInside({ error: cause }, { deployment, secrets })
  if (isAnswering)
    return llmError('llm.upstream-broke-off', { deployment, reason }, { retryable: true, cause })
  return llmError('llm.engine-failed', { deployment, detail: reason }, { retryable: true, cause })
}

/** What the SDK says of an answer that is not of its API. */
const unreadable: ReadonlySet<string> = new Set(['AI_JSONParseError', 'AI_TypeValidationError'])

interface Failed extends FailureContext {
  readonly cause: unknown
  readonly reason: string
}

const apiError = (fields: Record<string, unknown>, failed: Failed): ArchitectError => {
  const { deployment, secrets, wallMs, reason, cause, isAnswering } = failed
  const status = numberOf(fields.statusCode)
  if (status === undefined) {
    if (isAnswering)
      return llmError('llm.upstream-broke-off', { deployment, reason }, { retryable: true, cause })
    const address = originOf(stringOf(fields.url))
    return llmError('llm.upstream-unreachable', { deployment, address, reason }, { retryable: true, cause })
  }
  // The server began to answer: it told an error then, its connection broke, or it said what nobody can read.
  if (status < 400) {
    const { data } = fields
    if (data !== undefined && data !== null) return failureInside(data, { deployment, secrets })
    const inner = fieldsOf(fields.cause).name
    const isCut = inner !== undefined && !unreadable.has(String(inner))
    return isCut
      ? llmError('llm.upstream-broke-off', { deployment, reason }, { retryable: true, cause })
      : llmError('llm.upstream-unreadable', { deployment, reason }, { cause })
  }
  const headers = (objectOf(fields.responseHeaders) ?? {}) as Record<string, string>
  const said = stringOf(fields.responseBody)
  const body = Buffer.from(said || JSON.stringify({ message: reason }), 'utf8')
  return statusError({ deployment, status, headers, body, secrets, wallMs })
}

/**
 * The first of a call's warnings that says that a part of the request was left out; advice is none.
 * @returns undefined where all was heeded
 */
export const refusalIn = (
  deployment: string,
  warnings: readonly ProviderWarning[] = [],
): ArchitectError | undefined => {
  const refused = warnings.find(({ type }) => type.startsWith('unsupported'))
  return refused && notCapable(deployment, refused.feature ?? refused.message ?? refused.type)
}

const notCapable = (deployment: string, feature: string) =>
  llmError('llm.not-capable', { deployment, field: names[feature] ?? feature, capability: 'this-field' })

/** What chat calls the settings that providers may lack. */
const names: Readonly<Record<string, string>> = {
  frequencyPenalty: 'frequency_penalty',
  maxOutputTokens: 'max_tokens',
  presencePenalty: 'presence_penalty',
  prompt: 'messages',
  reasoning: 'reasoning_effort',
  responseFormat: 'response_format',
  stopSequences: 'stop',
  toolChoice: 'tool_choice',
  topK: 'top_k',
  topP: 'top_p',
}

const fieldsOf = (cause: unknown): Record<string, unknown> =>
  cause !== null && typeof cause === 'object' ? (cause as Record<string, unknown>) : {}

/** The deepest thing that is known: `ECONNREFUSED` rather than `fetch failed`. */
const reasonOf = (cause: unknown): string => {
  const { code, message, cause: inner } = fieldsOf(cause)
  if (typeof code === 'string') return code
  if (inner !== undefined && inner !== null && inner !== cause) return reasonOf(inner)
  return typeof message === 'string' && message !== '' ? message : String(cause)
}

const originOf = (url: string | undefined) =>
  url !== undefined && URL.canParse(url) ? new URL(url).origin : 'its address'
