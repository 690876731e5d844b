// What the end of an attempt says about a deployment's key. Pure.

import type { ArchitectError, AttemptEnd } from '../../core/index.js'

/** What a breaker learns from one attempt; `nothing` where the client or its own deadline ended it. */
export type Verdict =
  | { readonly kind: 'success' }
  | { readonly kind: 'failure' }
  /** The deployment asks to be left alone. */
  | { readonly kind: 'rate-limited'; readonly restMs: number }
  /** The key is not accepted, or its account is spent. */
  | { readonly kind: 'key-refused' }
  | { readonly kind: 'nothing' }

const success: Verdict = { kind: 'success' }
const failure: Verdict = { kind: 'failure' }
const nothing: Verdict = { kind: 'nothing' }
const refused: Verdict = { kind: 'key-refused' }

/** Failures that are the engine's own, whatever was asked. */
const ofTheEngine: ReadonlySet<string> = new Set([
  'llm.upstream-unreachable',
  'llm.upstream-broke-off',
  'llm.upstream-unreadable',
  'llm.event-unreadable',
  'llm.event-too-large',
])

export const verdictOf = (attempt: {
  readonly end: AttemptEnd
  readonly error?: ArchitectError
}): Verdict => {
  if (attempt.end === 'finished') return success
  const { error } = attempt
  if (attempt.end === 'cancelled' || !error) return nothing
  if (isKeyRefused(error)) return refused
  if (ofTheEngine.has(error.code)) return failure
  // A deadline is the caller's: a short one says nothing about the engine.
  if (error.code === 'llm.upstream-timeout') return error.params.phase === 'deadline' ? nothing : failure
  if (error.code === 'llm.upstream-error') return error.retryable ? failure : nothing
  return error.code === 'llm.upstream-status' ? verdictOfStatus(error) : nothing
}

const verdictOfStatus = ({ params }: ArchitectError): Verdict => {
  const { status, retryAfterMs } = params
  if (status === 429 && typeof retryAfterMs === 'number')
    return { kind: 'rate-limited', restMs: retryAfterMs }
  return status >= 500 || status === 429 || status === 408 ? failure : nothing
}

/** How Gemini refuses a key, and Anthropic an account without money: by a 400, as if the request were wrong. */
const refusedAsWrong = /^(API key (not valid|expired)|Your credit balance is too low)\b/

/**
 * Whether another key may be taken where this one is not. A 403 that speaks of content is about the request, and an
 * account without money is refused by a 402, or a 429 that does not heal by waiting.
 */
export const isKeyRefused = ({ code, params, retryable }: ArchitectError): boolean => {
  if (code !== 'llm.upstream-status') return false
  const { status, detail, upstreamCode, upstreamType } = params
  if (status === 401 || status === 402) return true
  if (status === 400) return refusedAsWrong.test(detail)
  if (status === 403)
    return !/moderat|flagged|content|policy|safety/i.test(`${upstreamCode} ${upstreamType} ${detail}`)
  return status === 429 && !retryable
}
