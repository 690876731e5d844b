// Until when a request must be answered: what its client says it will wait for, within what its route allows. Pure.

import type { IncomingHttpHeaders } from 'node:http'

export interface Deadline {
  /** Monotonic ms after which the whole answer is of no use. */
  readonly deadlineMs: number
  /** Likewise for the first content, where the client limits only that. */
  readonly commitByMs?: number
}

export interface DeadlineOf {
  readonly headers: IncomingHttpHeaders
  readonly isStream: boolean
  /** Monotonic ms at which the request came. */
  readonly startedMs: number
  readonly routeTimeoutMs: number
}

/** Our own, in ms. */
export const timeoutHeader = 'x-request-timeout-ms'

/**
 * Of a whole answer the shortest limit counts. In a stream, what OpenAI's and Anthropic's clients send (seconds,
 * rounded down, in `x-stainless-timeout` or Python's `x-stainless-read-timeout`) ends with the answer's head, so it
 * limits the first content; Gemini's `x-server-timeout` (seconds) limits the whole. What is no positive number is
 * taken for none.
 */
export const deadlineOf = ({ headers, isStream, startedMs, routeTimeoutMs }: DeadlineOf): Deadline => {
  const ofHead = least(
    secondsOf(headers['x-stainless-timeout']),
    secondsOf(headers['x-stainless-read-timeout']),
  )
  const ofWhole = least(
    routeTimeoutMs,
    numberOf(headers[timeoutHeader]),
    secondsOf(headers['x-server-timeout']),
    isStream ? Number.POSITIVE_INFINITY : ofHead,
  )
  return {
    deadlineMs: startedMs + ofWhole,
    ...(isStream && ofHead < ofWhole && { commitByMs: startedMs + ofHead }),
  }
}

type Header = string | readonly string[] | undefined

const numberOf = (header: Header): number => {
  if (header === undefined) return Number.POSITIVE_INFINITY
  const value = Number(header)
  return value > 0 ? value : Number.POSITIVE_INFINITY
}

const secondsOf = (header: Header): number => numberOf(header) * 1000

const least = (...limits: readonly number[]): number => Math.min(...limits)
