// Base load on replicas of one's own, the rest to an API: how large the base should be. Knows no prices but what the
// caller says replicas and requests cost.

import { secondsPerMonth } from '../../core/index.js'
import type { CapacityClock } from './capacity-clock.js'

export interface Hybrid {
  /** Replicas of one region that carry the base. */
  readonly baseReplicas: number
  readonly ownUsdPerMonth: number
  readonly apiUsdPerMonth: number
  readonly usdPerMonth: number
  /** Share of the requests that goes to the API. */
  readonly overflowShare: number
}

/**
 * Tries every base from one replica to one fewer than the peak takes. What exceeds the base, by the curve, is sent to
 * the API: load x mean excess of the curve over base / load. The API also stands in for a replica that fails, so the
 * base has no spare.
 * @param options.load replicas that the peak takes, before rounding up
 * @param options.requestsPerSecondPeak requests that reach the engines at the peak, all regions
 * @param options.ownUsdAt what so many serving replicas cost a month, without a spare; null = cannot be had
 * @returns null when the peak takes one replica only
 */
export const bestHybrid = (options: {
  readonly clock: CapacityClock
  readonly load: number
  readonly requestsPerSecondPeak: number
  readonly apiUsdPerRequest: number
  readonly ownUsdAt: (replicas: number) => number | null
}): Hybrid | null => {
  const { clock, load, requestsPerSecondPeak, apiUsdPerRequest } = options
  let best: Hybrid | null = null
  for (let base = 1; base < load; base++) {
    const own = options.ownUsdAt(base)
    if (own === null) continue
    const overflow = clock.meanExcess(base / load)
    const api = overflow * requestsPerSecondPeak * secondsPerMonth * apiUsdPerRequest
    if (best === null || own + api < best.usdPerMonth)
      best = {
        baseReplicas: base,
        ownUsdPerMonth: own,
        apiUsdPerMonth: api,
        usdPerMonth: own + api,
        overflowShare: overflow / clock.mean,
      }
  }
  return best
}
