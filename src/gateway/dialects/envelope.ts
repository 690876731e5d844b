// What is around an answer in a dialect: how an error looks, and which headers its clients read. Which dialect a
// client speaks, the path tells: also for a path that nobody serves, and before anybody has read the request.

import type { IncomingMessage } from 'node:http'
import { type ErrorBody, geminiError } from '../../llm/index.js'
import type { ErrorReply } from '../error-response.js'
import type { Exchange } from '../exchange.js'
import type { Headers } from '../send.js'

export type ErrorContent = Pick<ErrorReply, 'status' | 'body' | 'headers'>

export interface Envelope {
  /** The error as an event of a stream shows it; the dialect's encoder writes the event. */
  errorInStream(error: ErrorContent): ErrorBody
  /** The JSON value of a whole answer that is an error. */
  errorBody(error: ErrorContent, requestId: string): object
  /** What its clients look for besides the headers that every answer has. */
  headers(requestId: string): Headers
}

export const openaiEnvelope: Envelope = {
  errorInStream: ({ body }) => body,
  errorBody: ({ body }) => ({ error: body }),
  headers: () => ({}),
}

/** https://docs.anthropic.com/en/api/errors */
const anthropicTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const anthropicType = (status: number) =>
  anthropicTypes[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')

/** The message tells the field, since an error of this dialect has no place of its own for it. */
const anthropicMessage = ({ message, param }: ErrorBody) =>
  param === null || message.includes(param) ? message : `${param}: ${message}`

/**
 * By these the official client goes on without a thread of Anthropic's, or begins another, and sends all that was said.
 * A server of another API has no threads.
 */
const threadDetails = ({ code, param }: ErrorBody) => {
  const isUnsupported =
    code === 'thread_unsupported_request' || (code === 'unsupported_parameter' && param === 'thread')
  if (isUnsupported) return { details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] } }
  return code?.startsWith('thread_') ? { details: { error_code: code } } : {}
}

export const anthropicEnvelope: Envelope = {
  errorInStream: ({ status, body }) => ({
    ...body,
    type: anthropicType(status),
    message: anthropicMessage(body),
  }),
  errorBody: ({ status, body }, requestId) => ({
    type: 'error',
    error: { type: anthropicType(status), message: anthropicMessage(body), ...threadDetails(body) },
    request_id: requestId,
  }),
  headers: (requestId) => ({ 'request-id': requestId }),
}

/** Its clients look into the body for the status, and for how long to wait. */
const geminiContent = ({ status, body, headers }: ErrorContent): ErrorBody => {
  const retryAfterMs = Number(headers['retry-after-ms'] ?? Number.NaN)
  return { ...body, status, ...(Number.isFinite(retryAfterMs) && { retryAfterMs }) }
}

/** https://cloud.google.com/apis/design/errors */
export const geminiEnvelope: Envelope = {
  errorInStream: geminiContent,
  errorBody: (error) => geminiError(geminiContent(error)),
  headers: () => ({}),
}

export type Asked = Pick<Exchange, 'path' | 'search'> & { readonly request: Pick<IncomingMessage, 'headers'> }

/**
 * Whether Gemini's clients ask so. Its paths are its own but for those of models under `/v1`, where a header that its
 * clients send, or a key in the URL, tells. Google's own clients say who they are wherever they ask.
 */
export const speaksGemini = ({ path, search, request: { headers } }: Asked): boolean => {
  if (headers['x-goog-api-client'] !== undefined) return true
  if (path.startsWith('/v1beta/') || /^\/v1\/models\/[^/]+(:|%3A)[a-zA-Z]+$/i.test(path)) return true
  if (!/^\/v1\/models(\/|$)/.test(path)) return false
  return headers['x-goog-api-key'] !== undefined || new URLSearchParams(search).has('key')
}

/** Which dialect a client speaks that has asked for this. */
export const envelopeOf = (asked: Asked): Envelope => {
  if (asked.path.startsWith('/v1/messages') || asked.request.headers['anthropic-version'] !== undefined)
    return anthropicEnvelope
  return speaksGemini(asked) ? geminiEnvelope : openaiEnvelope
}
