// Whether a deployment that failed before its first content is called again, and after which pause. Pure.

import type { ArchitectError, Random } from '../../core/index.js'
import type { Deployment } from '../../spec/index.js'

export type RetryOptions = Deployment['retry']

export interface Failed {
  readonly error: ArchitectError
  /** Calls made so far. */
  readonly calls: number
  /** Ms until the caller needs the answer; Infinity without a deadline. */
  readonly leftMs: number
}

const unreached: ReadonlySet<string> = new Set(['llm.upstream-unreachable', 'llm.upstream-broke-off'])
/** RFC 9110 section 15, RFC 6585, and 529, Anthropic's "overloaded". */
const passing: ReadonlySet<unknown> = new Set([429, 502, 503, 504, 529])

/** Whether the same call may succeed a moment later. */
export const isPassing = ({ code, params, retryable }: ArchitectError): boolean =>
  retryable && (unreached.has(code) || (code === 'llm.upstream-status' && passing.has(params.status)))

/**
 * The pause in ms before the next call; undefined when there is none. What the deployment asks for is waited for, if
 * that is no longer than the longest pause and the deadline allow; otherwise the pause is drawn from the whole range
 * ("full jitter": M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015).
 */
export const retryPauseMs = (
  { error, calls, leftMs }: Failed,
  { attempts, baseDelayMs, maxDelayMs }: RetryOptions,
  random: Random,
): number | undefined => {
  if (calls >= attempts || !isPassing(error)) return undefined
  const { retryAfterMs } = error.params
  const asked = typeof retryAfterMs === 'number' ? retryAfterMs : undefined
  const pauseMs = asked ?? random.next() * Math.min(maxDelayMs, baseDelayMs * 2 ** (calls - 1))
  return pauseMs <= maxDelayMs && pauseMs < leftMs ? pauseMs : undefined
}
