// Sends one streamed chat request and keeps every socket chunk with the time at which it came. Decodes nothing.

import type { Dispatcher } from 'undici'
import type { TimedChunk } from './read-answer.js'

export interface SentRequest {
  readonly dispatcher: Dispatcher
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Ms after the load's start. */
  readonly now: () => number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly chunks: readonly TimedChunk[]
  readonly endMs: number
  /** Why the connection failed; undefined when the answer ended as HTTP says it should. */
  readonly failure?: Error
}

/** Resolves when the answer is over; never rejects. */
export const sendRequest = (request: SentRequest): Promise<RawAnswer> =>
  new Promise((resolve) => {
    const { now, signal } = request
    const chunks: TimedChunk[] = []
    let status = 0
    let headers: RawAnswer['headers'] = {}
    let controller: Dispatcher.DispatchController | undefined
    const stop = () => controller?.abort(reasonOf(signal))
    // One limit on the whole answer; undici's own limits are on silence only.
    const deadline = setTimeout(
      () => controller?.abort(new Error(`no whole answer within ${request.timeoutMs} ms`)),
      request.timeoutMs,
    )
    const finish = (failure?: Error) => {
      clearTimeout(deadline)
      signal.removeEventListener('abort', stop)
      resolve({ status, headers, chunks, endMs: now(), ...(failure ? { failure } : {}) })
    }
    const { dispatcher, origin, path, body } = request
    dispatcher.dispatch(
      { origin, path, method: 'POST', headers: request.headers, body, headersTimeout: 0, bodyTimeout: 0 },
      {
        onRequestStart: (started) => {
          controller = started
          if (signal.aborted) stop()
          else signal.addEventListener('abort', stop)
        },
        onResponseStart: (_controller, statusCode, received) => {
          status = statusCode
          headers = received
        },
        onResponseData: (_controller, bytes) => {
          chunks.push({ atMs: now(), bytes })
        },
        onResponseEnd: () => finish(),
        onResponseError: (_controller, error) => finish(error),
      },
    )
  })

const reasonOf = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error('stopped')
