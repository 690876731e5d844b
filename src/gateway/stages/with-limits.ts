// Requests per minute of the caller's key, before anything else is done for it.

import type { Counters } from '../../ledger/index.js'
import { type Stage, withHeaders, withOpen } from '../call.js'
import { reserveRequest } from '../reserve-request.js'

export const withLimits =
  (counters: Counters): Stage =>
  (inner) =>
    withOpen(inner, async (request, call) => {
      if (call.limits.requestsPerMinute === 0) return inner.open(request, call)
      const headers = await reserveRequest(counters, call)
      return withHeaders(await inner.open(request, call), headers)
    })
