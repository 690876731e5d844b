// The headers of every request to an upstream.

import type { ModelCall } from '../vector-contract.js'

/**
 * @param apiKey sent as a bearer token
 * @param accept the media type of the answer that is wanted
 */
export const requestHeaders = (
  { requestId, trace }: Pick<ModelCall, 'requestId' | 'trace'>,
  apiKey: string | undefined,
  accept: 'application/json' | 'text/event-stream',
) => ({
  'content-type': 'application/json',
  accept,
  'accept-encoding': 'identity',
  'user-agent': 'llm-architect',
  'x-request-id': requestId,
  ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  ...(trace !== undefined && { traceparent: trace }),
})
