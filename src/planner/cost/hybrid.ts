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
  /** Share of the requests that goes to the API, over the month. */
  readonly overflowShare: number
  /** And of those at the peak. */
  readonly peakOverflowShare: number
}

/**
 * Share of the time in which the only replica of a base is away and the API answers for it: what the instance-level
 * agreement of a large provider leaves open (https://aws.amazon.com/compute/sla/: 99.5 %).
 */
const awayShare = 0.005
/** Of hundreds of replicas so many bases are tried. */
const mostTried = 64

/**
 * Tries every base from `least` to what the peak takes. The API is sent what finds every place of the base taken, hour
 * by hour of the curve, and what the only replica of a base would have answered while it is away.
 * @param options.load replicas that the peak takes, before rounding up
 * @param options.least replicas that run whatever the load
 * @param options.requestsPerSecondPeak requests that reach the engines at the peak, all regions
 * @param options.refusedShareAt share of the requests that a base refuses at a load relative to the peak
 * @param options.ownUsdAt what so many serving replicas cost a month, with what stands in for one; null = cannot be had
 * @returns null when no base can be had
 */
export const bestHybrid = (options: {
  readonly clock: CapacityClock
  readonly load: number
  readonly least?: number
  readonly requestsPerSecondPeak: number
  readonly refusedShareAt: (base: number, load: number) => number
  readonly apiUsdPerRequest: number
  readonly ownUsdAt: (replicas: number) => number | null
}): Hybrid | null => {
  const { load, least = 1 } = options
  const most = Math.max(least, Math.ceil(load - 1e-9))
  const step = Math.ceil((most - least + 1) / mostTried)
  let best: Hybrid | null = null
  for (let base = least; base <= most; base += step) {
    const found = hybridAt(base, options)
    if (found && (best === null || found.usdPerMonth < best.usdPerMonth)) best = found
  }
  return best
}

/** @returns null when so many replicas cannot be had */
export const hybridAt = (base: number, options: Parameters<typeof bestHybrid>[0]): Hybrid | null => {
  const { clock, requestsPerSecondPeak, refusedShareAt, apiUsdPerRequest } = options
  const own = options.ownUsdAt(base)
  if (own === null) return null
  const beyond = clock.meanOf((load) => load * refusedShareAt(base, load))
  const overflow = beyond + (base === 1 ? awayShare * (clock.mean - beyond) : 0)
  const api = overflow * requestsPerSecondPeak * secondsPerMonth * apiUsdPerRequest
  return {
    baseReplicas: base,
    ownUsdPerMonth: own,
    apiUsdPerMonth: api,
    usdPerMonth: own + api,
    overflowShare: overflow / clock.mean,
    peakOverflowShare: refusedShareAt(base, 1),
  }
}
