// The headers of every request to an upstream.

import type { ModelCall } from '../vector-contract.js'

/**
 * @param keys what carries the key (`keyHeaders`)
 * @param accept the media type of the answer that is wanted
 */
export const requestHeaders = (
  { requestId, trace, traceState }: Pick<ModelCall, 'requestId' | 'trace' | 'traceState'>,
  keys: Readonly<Record<string, string>>,
  accept: 'application/json' | 'text/event-stream',
) => ({
  'content-type': 'application/json',
  accept,
  'accept-encoding': 'identity',
  'user-agent': 'llm-architect',
  'x-request-id': requestId,
  ...keys,
  ...(trace !== undefined && { traceparent: trace }),
  ...(traceState !== undefined && { tracestate: traceState }),
})
