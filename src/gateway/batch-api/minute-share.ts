// Leaves room for clients: a request of a batch is begun only while its key has used less than a share of its minute, so
// that the rest of the minute is there for whoever waits for an answer. Knows no batch.

import { type Counters, tokenCounter } from '../../ledger/index.js'
import type { Caller } from '../authenticate.js'
import { gatewayError } from '../messages.js'
import { requestCounter } from '../reserve-request.js'

/** Sooner there is no use in looking again. */
const leastWaitMs = 1_000
const minuteMs = 60_000

/**
 * @param share of the limits per minute of a key, 0 < share <= 1; 1: batches may use all of it
 * @throws gateway.rate-limited with the time after which enough of it will be free
 */
export const requireShare = async (
  counters: Pick<Counters, 'used'>,
  { keyId, limits }: Pick<Caller, 'keyId' | 'limits'>,
  share: number,
): Promise<void> => {
  for (const [counter, limit] of [
    [requestCounter(keyId), limits.requestsPerMinute],
    [tokenCounter(keyId), limits.tokensPerMinute],
  ] as const) {
    // What passes the whole limit is refused where it is reserved, share or not.
    if (limit === 0 || share >= 1) continue
    const excess = (await counters.used(counter)) - share * limit
    if (excess < 0) continue
    const retryAfterMs = Math.max(leastWaitMs, Math.ceil((excess / limit) * minuteMs))
    throw gatewayError('gateway.rate-limited', { limit, retryAfterMs }, { retryable: true })
  }
}
