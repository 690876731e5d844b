// Which replica gets the next request.

import type { Replica } from './replica.js'

/** `least-loaded` = the one with the fewest requests that have not ended; of equal ones the first in turn. */
export type Balancing = 'round-robin' | 'least-loaded'

/** @returns the index of the replica for each request, in order */
export const createBalancer = (replicas: readonly Replica[], balancing: Balancing): (() => number) => {
  let turn = 0
  const take = (index: number) => {
    turn = (index + 1) % replicas.length
    return index
  }
  if (balancing === 'round-robin') return () => take(turn)
  return () => {
    let best = turn
    for (let i = 1; i < replicas.length; i++) {
      const index = (turn + i) % replicas.length
      if ((replicas[index]?.inFlight ?? 0) < (replicas[best]?.inFlight ?? 0)) best = index
    }
    return take(best)
  }
}
