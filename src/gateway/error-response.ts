// The one place where an error becomes an HTTP status and OpenAI's error object. Codes that are not listed here
// are our own faults: the client gets the request id, the log gets the rest.

import type { ArchitectError, Language, Params, Renderer } from '../core/index.js'
import type { ErrorBody } from '../llm/index.js'
import { gatewayError } from './messages.js'
import { isKeyRefused } from './routing/breaker-verdict.js'

export interface ErrorReply {
  readonly status: number
  readonly body: ErrorBody
  readonly headers: Readonly<Record<string, string>>
  /** False when the error is ours and belongs in the log. */
  readonly isExpected: boolean
}

export type DescribeError = (
  error: ArchitectError,
  context: { readonly language: Language; readonly requestId: string },
) => ErrorReply

interface Shape {
  readonly status: number
  readonly type: string
  readonly code: string | null
  readonly param?: string
}

const shape = (
  status: number,
  code: string | null,
  type = 'invalid_request_error',
  param?: string,
): Shape => ({
  status,
  type,
  code,
  ...(param !== undefined && { param }),
})

const shapes: Readonly<Record<string, Shape>> = {
  'gateway.key-missing': shape(401, 'invalid_api_key'),
  'gateway.key-invalid': shape(401, 'invalid_api_key'),
  'gateway.origin-refused': shape(403, 'origin_refused'),
  'gateway.admin-key-invalid': shape(401, 'invalid_api_key'),
  'gateway.path-unknown': shape(404, 'unknown_url'),
  'gateway.method-not-allowed': shape(405, 'method_not_allowed'),
  'gateway.model-not-found': shape(404, 'model_not_found', 'invalid_request_error', 'model'),
  'gateway.route-unknown': shape(400, 'invalid_value'),
  'gateway.knowledge-not-found': shape(404, 'not_found'),
  'gateway.record-not-found': shape(404, 'not_found'),
  'gateway.kept-not-found': shape(404, 'not_found'),
  'gateway.history-incomplete': shape(404, 'not_found'),
  'gateway.not-in-background': shape(400, 'invalid_value', 'invalid_request_error', 'response_id'),
  'gateway.compaction-refused': shape(400, 'model_not_supported', 'invalid_request_error', 'model'),
  'gateway.compaction-failed': shape(502, 'answer_invalid', 'server_error'),
  'gateway.background-full': shape(429, 'rate_limit_exceeded', 'requests'),
  'gateway.background-crowded': shape(503, 'server_overloaded', 'server_error'),
  'gateway.background-lost': shape(500, 'server_error', 'server_error'),
  'gateway.response-cancelled': shape(409, 'response_cancelled'),
  'gateway.response-too-long': shape(502, 'response_too_long', 'server_error'),
  'gateway.response-unfinished': shape(400, 'invalid_value'),
  'gateway.events-elsewhere': shape(409, 'invalid_value'),
  'gateway.keeping-failed': shape(503, 'store_unavailable', 'server_error'),
  'gateway.stored-not-found': shape(404, 'not_found'),
  'gateway.storing-failed': shape(503, 'store_unavailable', 'server_error'),
  'gateway.upload-not-form': shape(400, 'invalid_content_type'),
  'gateway.upload-malformed': shape(400, 'invalid_form'),
  'gateway.batch-over': shape(409, 'batch_over'),
  'gateway.batch-under-way': shape(409, 'batch_under_way'),
  'files.too-large': shape(413, 'file_too_large', 'invalid_request_error', 'file'),
  'files.upload-over': shape(400, 'upload_over'),
  'files.parts-too-large': shape(400, 'invalid_value', 'invalid_request_error', 'data'),
  'files.part-unknown': shape(400, 'invalid_value', 'invalid_request_error', 'part_ids'),
  'files.bytes-differ': shape(400, 'invalid_value', 'invalid_request_error', 'part_ids'),
  'files.checksum-differs': shape(400, 'invalid_value', 'invalid_request_error', 'md5'),
  'files.quota-exceeded': shape(413, 'storage_limit_exceeded', 'invalid_request_error', 'file'),
  'gateway.ingest-absent': shape(501, 'not_configured'),
  'gateway.body-too-large': shape(413, 'request_too_large'),
  'gateway.body-timeout': shape(408, 'request_timeout'),
  'gateway.body-cut': shape(400, 'request_incomplete'),
  'gateway.body-encoded': shape(415, 'unsupported_encoding'),
  'gateway.body-empty': shape(400, 'invalid_json'),
  'gateway.body-not-utf8': shape(400, 'invalid_json'),
  'gateway.body-byte-order-mark': shape(400, 'invalid_json'),
  'gateway.body-not-json': shape(400, 'invalid_json'),
  'gateway.body-too-deep': shape(400, 'invalid_json'),
  'gateway.body-too-complex': shape(400, 'invalid_json'),
  'gateway.field-missing': shape(400, 'missing_required_parameter'),
  'gateway.field-invalid': shape(400, 'invalid_value'),
  'gateway.fields-invalid': shape(400, 'invalid_value'),
  'gateway.model-of-other-kind': shape(400, 'model_not_supported', 'invalid_request_error', 'model'),
  'gateway.tokens-not-taken': shape(400, 'unsupported_value', 'invalid_request_error'),
  'gateway.tokenizer-absent': shape(400, 'model_not_supported', 'invalid_request_error', 'model'),
  'gateway.raw-text-refused': shape(400, 'model_not_supported', 'invalid_request_error', 'model'),
  'gateway.route-unguarded': shape(400, 'model_not_supported', 'invalid_request_error', 'model'),
  'gateway.rate-limited': shape(429, 'rate_limit_exceeded', 'requests'),
  'guardrails.blocked': shape(400, 'content_filter'),
  'gateway.knowledge-unavailable': shape(503, 'knowledge_unavailable', 'server_error'),
  'gateway.no-answer': shape(502, 'upstream_unavailable', 'server_error'),
  'gateway.upstream-slow': shape(504, 'upstream_timeout', 'server_error'),
  'gateway.upstream-busy': shape(429, 'rate_limit_exceeded', 'requests'),
  'gateway.deadline-exceeded': shape(504, 'deadline_exceeded', 'server_error'),
  'gateway.draining': shape(503, 'server_stopping', 'server_error'),
  'gateway.overloaded': shape(503, 'server_overloaded', 'server_error'),
  'gateway.client-gone': shape(499, 'client_closed_request'),
  'ledger.journal-full': shape(503, 'ledger_unavailable', 'server_error'),
  'ledger.closed': shape(503, 'server_stopping', 'server_error'),
  'ledger.store-away': shape(503, 'store_unavailable', 'server_error'),
  'ledger.settle-failed': shape(503, 'ledger_unavailable', 'server_error'),
  'ledger.budget-exceeded': shape(429, 'insufficient_quota', 'insufficient_quota'),
  'ledger.token-limit-exceeded': shape(429, 'rate_limit_exceeded', 'tokens'),
  'ledger.cursor-invalid': shape(400, 'invalid_value', 'invalid_request_error', 'after'),
  'rag.not-ingested': shape(503, 'knowledge_unavailable', 'server_error'),
  'access.name-taken': shape(409, 'name_taken', 'invalid_request_error', 'name'),
  'access.name-invalid': shape(400, 'invalid_value'),
  'access.limit-invalid': shape(400, 'invalid_value'),
  'access.expiry-past': shape(400, 'invalid_value', 'invalid_request_error', 'expiresAt'),
  'access.key-unknown': shape(404, 'not_found'),
  'access.key-not-in-force': shape(409, 'key_not_in_force'),
  'llm.request-unreadable': shape(400, 'invalid_value'),
  'llm.not-capable': shape(400, 'unsupported_parameter'),
  'llm.completions-absent': shape(400, 'model_not_supported', 'invalid_request_error', 'model'),
  'llm.request-not-expressible': shape(400, 'unsupported_parameter'),
  'llm.schema-invalid': shape(400, 'invalid_value'),
  'llm.schema-not-supported': shape(400, 'unsupported_parameter'),
  'llm.template-refused': shape(400, 'invalid_value'),
  'llm.context-exceeded': shape(400, 'context_length_exceeded'),
  'llm.query-too-long': shape(400, 'context_length_exceeded', 'invalid_request_error', 'query'),
  'llm.answer-invalid': shape(502, 'answer_invalid', 'server_error'),
  'llm.upstream-timeout': shape(504, 'upstream_timeout', 'server_error'),
  'gateway.upstream-failed': shape(502, 'upstream_error', 'server_error'),
  'llm.local-away': shape(503, 'upstream_unavailable', 'server_error'),
  'llm.queue-full': shape(429, 'rate_limit_exceeded', 'requests'),
  'llm.upstream-broke-off': shape(502, 'upstream_broke_off', 'server_error'),
  'llm.upstream-unreadable': shape(502, 'upstream_unreadable', 'server_error'),
  'llm.event-too-large': shape(502, 'upstream_unreadable', 'server_error'),
  'gateway.upstream-unreadable': shape(502, 'upstream_unreadable', 'server_error'),
}

/** Refusals that the same request meets again, however often it is sent: clients must not repeat them. */
const isLasting = (error: ArchitectError) =>
  error.code === 'ledger.budget-exceeded' ||
  (error.code === 'ledger.token-limit-exceeded' && error.params.retryAfterMs === null)

/**
 * What an engine tells of an answer that has begun, as its client should hear it: without the upstream's words where
 * they are not for the client, and the client's own deadline as such.
 */
const ownWordsOf = (error: ArchitectError): ArchitectError => {
  const { code, params } = error
  if (code === 'llm.engine-failed' || (code === 'llm.upstream-error' && !isClientFault(error)))
    return gatewayError('gateway.upstream-failed', { deployment: params.deployment }, { cause: error })
  if (code === 'llm.event-unreadable')
    return gatewayError('gateway.upstream-unreadable', { dialect: params.dialect }, { cause: error })
  if (code === 'llm.upstream-timeout' && params.phase === 'deadline')
    return gatewayError('gateway.deadline-exceeded', { limitMs: null, tried: [] }, { cause: error })
  return error
}

/** Refusals that the same request does not meet after its Retry-After: clients are told to come again. */
const isShed = ({ code }: ArchitectError) => code === 'gateway.upstream-busy' || code === 'gateway.overloaded'

/** @param render knows the messages of every room whose errors reach a client */
export const createErrorDescriber =
  (render: Renderer): DescribeError =>
  (failure, { language, requestId }) => {
    const error = ownWordsOf(failure)
    const known = isClientFault(error) ? faultShape(error.params) : shapes[error.code]
    if (!known) {
      const message = render(gatewayError('gateway.unexpected', { requestId }), language)
      const body = { message, type: 'server_error', code: 'internal_error', param: null }
      return { status: 500, body, headers: {}, isExpected: error.code === 'llm.cancelled' }
    }
    const { status, type, code } = known
    const param = known.param ?? textOf(error.params.field) ?? null
    return {
      status,
      body: { message: render(error, language), type, code, param },
      headers: headersOf(error, status),
      isExpected: true,
    }
  }

/**
 * Whether an upstream says that the request itself is wrong: only then are its words shown to the client. Its
 * other failures are between it and us; a 401 may even quote our key.
 */
export const isClientFault = (error: ArchitectError): boolean => {
  const { code, params } = error
  if (code === 'llm.upstream-status' && isOfThread(params)) return true
  if (code === 'llm.upstream-status') return [400, 413, 422].includes(params.status) && !isKeyRefused(error)
  return code === 'llm.upstream-error' && params.upstreamType === 'invalid_request_error'
}

/** A thread of Anthropic's that is not there (any more): its client then sends all that was said. */
const isOfThread = ({ status, upstreamCode }: Params) =>
  (status === 404 || status === 409) && textOf(upstreamCode)?.startsWith('thread_') === true

/** Whether the request is at fault rather than an engine or this system. */
export const isRequestFault = (error: ArchitectError): boolean =>
  isClientFault(error) || shapes[error.code]?.status === 400

/** What is wrong with a request for one model, though another may take it. */
const unsuited: ReadonlySet<string> = new Set([
  'llm.schema-invalid',
  'llm.schema-not-supported',
  'llm.template-refused',
  'llm.context-exceeded',
  'llm.query-too-long',
])

/** Whether the request does not suit the model that was asked; its words are ours, and fit for the client. */
export const isUnsuited = ({ code }: ArchitectError): boolean => unsuited.has(code)

const faultShape = (params: Params): Shape =>
  shape(
    params.status ?? 400,
    textOf(params.upstreamCode) ?? null,
    textOf(params.upstreamType) ?? 'invalid_request_error',
    textOf(params.upstreamParam),
  )

/** What is out for a moment (a drain, a restarting process) is usually back after this. */
const unavailableMs = 1_000

const headersOf = (error: ArchitectError, status: number): Readonly<Record<string, string>> => {
  const { allowed } = error.params
  const retryAfterMs = error.params.retryAfterMs ?? (status === 503 ? unavailableMs : undefined)
  return {
    ...(typeof retryAfterMs === 'number' && {
      'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
      'retry-after-ms': String(Math.ceil(retryAfterMs)),
    }),
    ...(isLasting(error) && { 'x-should-retry': 'false' }),
    ...(isShed(error) && { 'x-should-retry': 'true' }),
    ...rateLimitHeaders(error),
    ...(error.code === 'gateway.method-not-allowed' && { allow: allowed.join(', ') }),
    ...(error.code.startsWith('gateway.key-') && { 'www-authenticate': 'Bearer' }),
    'x-error-code': error.code,
  }
}

/** OpenAI's names, so that clients slow down as they do there. */
const rateLimitHeaders = ({ code, params }: ArchitectError): Readonly<Record<string, string>> => {
  const unit =
    code === 'gateway.rate-limited'
      ? 'requests'
      : code === 'ledger.token-limit-exceeded'
        ? 'tokens'
        : undefined
  if (unit === undefined) return {}
  return {
    [`x-ratelimit-limit-${unit}`]: String(params.limit),
    [`x-ratelimit-remaining-${unit}`]: '0',
    ...(typeof params.retryAfterMs === 'number' && {
      [`x-ratelimit-reset-${unit}`]: `${Math.ceil(params.retryAfterMs)}ms`,
    }),
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
