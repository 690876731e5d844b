// The limit of requests per minute of one key. Tokens and money are limited where they are spent, in the ledger.

import type { Counters } from '../ledger/index.js'
import type { Caller } from './authenticate.js'
import { gatewayError } from './messages.js'

/** The counter of a key's requests per minute. */
export const requestCounter = (keyId: string): string => `requests/${keyId}`

/**
 * Takes one request from the key's minute.
 * @returns the headers that tell the client what is left
 * @throws gateway.rate-limited
 */
export const reserveRequest = async (
  counters: Counters,
  { keyId, limits }: Pick<Caller, 'keyId' | 'limits'>,
): Promise<Readonly<Record<string, string>>> => {
  const limit = limits.requestsPerMinute
  if (limit === 0) return {}
  const key = requestCounter(keyId)
  // One request is one request: there is nothing to settle.
  const taken = await counters.reserve({ key, amount: 1, limit, windowMs: 60_000 })
  if (!taken.granted) {
    const retryAfterMs = taken.retryAfterMs ?? 60_000
    throw gatewayError('gateway.rate-limited', { limit, retryAfterMs }, { retryable: true })
  }
  return {
    'x-ratelimit-limit-requests': String(limit),
    'x-ratelimit-remaining-requests': String(Math.max(0, Math.floor(limit - taken.used))),
  }
}
