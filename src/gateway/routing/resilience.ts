// What a running process remembers of its deployments, whatever architecture is in force: a breaker for each key and
// the seats. Kept by the deployment's id, so that a reload neither forgets a broken engine nor doubles its load.

import { type Clock, contentHash, type Log, type Random, toArchitectError } from '../../core/index.js'
import type { Counters } from '../../ledger/index.js'
import { createWatchdog } from '../../llm/index.js'
import type { Deployment } from '../../spec/index.js'
import { type Breaker, type BreakerState, createBreaker } from './breaker.js'
import { createSeats, type SeatState, type Seats } from './seats.js'

/** One key of a deployment. */
export interface KeyPlace {
  /** Where its secret stands, as architecture.yaml names it; `none` without a key. */
  readonly name: string
  /** Another one when the secret has changed. Never shown. */
  readonly fingerprint: string
}

export interface DeploymentState {
  readonly deployment: string
  readonly keys: readonly (BreakerState & { readonly key: string })[]
  /** Null where calls are not limited. */
  readonly seats: SeatState | null
}

export interface Resilience {
  readonly clock: Clock
  readonly random: Random
  /** The breakers of a deployment's keys, in their order, made or found. */
  breakers(deployment: Pick<Deployment, 'id' | 'breaker'>, keys: readonly KeyPlace[]): readonly Breaker[]
  /** Undefined where the deployment sets no limit. */
  seats(deployment: Pick<Deployment, 'id' | 'limits'>): Seats | undefined
  states(): readonly DeploymentState[]
  close(): void
}

export interface ResilienceDeps {
  readonly clock: Clock
  readonly counters: Counters
  /** Draws the pauses between attempts. */
  readonly random: Random
  readonly log: Log
}

interface Known {
  keys: readonly { readonly place: KeyPlace; readonly breaker: Breaker }[]
  seats: Seats | undefined
}

export const createResilience = ({ clock, counters, random, log }: ResilienceDeps): Resilience => {
  const known = new Map<string, Known>()
  const watchdog = createWatchdog(clock)
  const of = (id: string): Known => {
    const found = known.get(id) ?? { keys: [], seats: undefined }
    known.set(id, found)
    return found
  }
  const newBreaker = ({ id, breaker }: Pick<Deployment, 'id' | 'breaker'>, place: KeyPlace) =>
    createBreaker({
      id: contentHash(JSON.stringify([id, place.fingerprint])),
      options: breaker,
      clock,
      counters,
      onSharedFailure: (error) =>
        log.warn({ err: toArchitectError(error), deployment: id }, 'the shared state of a breaker is away'),
    })

  return {
    clock,
    random,
    breakers: (deployment, places) => {
      const state = of(deployment.id)
      state.keys = places.map((place) => {
        const found = state.keys.find((key) => key.place.fingerprint === place.fingerprint)
        const breaker = found?.breaker ?? newBreaker(deployment, place)
        breaker.configure(deployment.breaker)
        return { place, breaker }
      })
      return state.keys.map(({ breaker }) => breaker)
    },
    seats: ({ id, limits }) => {
      const state = of(id)
      state.seats?.configure(limits)
      if (limits.concurrency > 0) state.seats ??= createSeats({ deployment: id, limits, clock, watchdog })
      return limits.concurrency > 0 ? state.seats : undefined
    },
    states: () =>
      [...known].map(([deployment, { keys, seats }]) => ({
        deployment,
        keys: keys.map(({ place, breaker }) => ({ key: place.name, ...breaker.state() })),
        seats: seats?.state() ?? null,
      })),
    close: watchdog.close,
  }
}
