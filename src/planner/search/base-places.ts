// How many requests the replicas below an API take at a time, and what share finds all those places taken. Knows no price.

import type { ReplicaStay } from '../cost/serving-detail.js'
import { refusedShare } from '../speed/queueing.js'

/** In the busiest twentieth of the time so many standard deviations more are in flight (Poisson). */
export const busy = 1.645

/** @param inFlight on average, when the base is as full as the targets allow */
export const placesFor = (inFlight: number): number =>
  Math.max(1, Math.ceil(inFlight + busy * Math.sqrt(inFlight)))

/** Of one region, of the places of all. */
export const placesInRegion = (places: number, regions: number): number =>
  Math.max(1, Math.round(places / regions))

interface Base {
  /** Of one region, as the requests that reach it. */
  readonly replicas: number
  readonly requestsPerSecond: number
  readonly regions: number
  readonly stay: ReplicaStay
  /** By how many times a stay is longer than predicted. */
  readonly slowness: number
}

/** A request stays longer the more there are beside it: evenly so between an idle replica and a full one. */
export const refusedByBase = ({ replicas, requestsPerSecond, regions, stay, slowness }: Base): number => {
  const { idleSeconds, fullSeconds, fullInFlight } = stay
  const places = placesInRegion(placesFor(replicas * regions * fullInFlight), regions)
  const longer = (fullSeconds - idleSeconds) / fullInFlight
  return refusedShare(
    requestsPerSecond,
    places,
    (inFlight) => inFlight / (slowness * (idleSeconds + (longer * inFlight) / replicas)),
  )
}
