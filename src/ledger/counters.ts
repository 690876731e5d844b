// Limits that many requests share: reserve an estimate, then settle it for what was really used. In process, for
// one writer; the port is asynchronous so that a shared store can stand behind it. Knows no key, model or price.

import type { Clock } from '../core/index.js'

/**
 * A number of ms is a bucket that drains evenly, at `limit` per window, so that a full bucket lets the first unit
 * through again after window/limit. `calendar-month` adds up from the first of the month, 00:00 UTC.
 */
export type CounterWindow = number | 'calendar-month'

export interface ReserveRequest {
  readonly key: string
  /** Estimate, >= 0, in the unit of the limit. */
  readonly amount: number
  /** Largest sum of used and reserved amounts. Whole numbers below 2^53 add up exactly. */
  readonly limit: number
  readonly windowMs: CounterWindow
}

export interface Reservation {
  readonly granted: true
  readonly id: string
  readonly key: string
  readonly amount: number
  /** The sum of the key with this reservation in it. */
  readonly used: number
}

export interface Refusal {
  readonly granted: false
  readonly key: string
  readonly used: number
  readonly limit: number
  /** Ms until the same reservation can fit; null when it is larger than the limit and never will. */
  readonly retryAfterMs: number | null
}

/**
 * The shared counters. The sum of a key passes its limit by no more than what calls use beyond their estimates:
 * a reservation that does not fit is refused as a whole.
 */
export interface Counters {
  reserve(request: ReserveRequest): Promise<Reservation | Refusal>
  /** Replaces the estimate by what was used. The first settle or release of a reservation wins. */
  settle(reservation: Reservation, actual: number): Promise<void>
  /** Gives the whole estimate back. */
  release(reservation: Reservation): Promise<void>
  /** Makes a key's sum at least `amount`: what is known from before a restart. */
  raise(request: Pick<ReserveRequest, 'key' | 'amount' | 'windowMs'>): Promise<void>
  /** The sum of a key now, reservations included. */
  used(key: string): Promise<number>
}

interface Tally {
  used: number
  /** Drained per ms; 0 for a calendar month. */
  drainPerMs: number
  updatedMs: number
  /** For a calendar month: the wall time it ends at. */
  endsMs: number
}

/** Carries its tally with it, which costs less than a map of all that are open. */
interface OpenReservation extends Reservation {
  /** Undefined once settled. */
  tally: Tally | undefined
}

/** Creates the counters of one process. @throws RangeError on amounts that are negative or not finite */
export const createCounters = ({ clock }: { readonly clock: Clock }): Counters => {
  // One tally per limited key: bounded by who makes the keys.
  const tallies = new Map<string, Tally>()
  let reservations = 0

  const current = (key: string, windowMs: CounterWindow, limit: number): Tally => {
    const now = clock.monotonicMs()
    const known = tallies.get(key)
    const tally = known && !hasEnded(known, clock.wallMs()) ? known : newTally(windowMs, clock)
    drain(tally, now)
    if (windowMs !== 'calendar-month') tally.drainPerMs = limit / windowMs
    tallies.set(key, tally)
    return tally
  }
  const close = (reservation: Reservation, actual: number) => {
    const open: Partial<OpenReservation> = reservation
    const { tally } = open
    if (!tally) return
    open.tally = undefined
    drain(tally, clock.monotonicMs())
    tally.used = Math.max(0, tally.used + actual - reservation.amount)
  }

  return {
    reserve: async ({ key, amount, limit, windowMs }) => {
      checkAmount(amount)
      const tally = current(key, windowMs, limit)
      if (tally.used + amount > limit * (1 + Number.EPSILON * 8))
        return {
          granted: false,
          key,
          used: tally.used,
          limit,
          retryAfterMs: retryAfterMs(tally, amount, limit, clock),
        }
      tally.used += amount
      const reservation: OpenReservation = {
        granted: true,
        id: `reservation-${++reservations}`,
        key,
        amount,
        used: tally.used,
        tally,
      }
      return reservation
    },
    settle: async (reservation, actual) => {
      checkAmount(actual)
      close(reservation, actual)
    },
    release: async (reservation) => close(reservation, 0),
    raise: async ({ key, amount, windowMs }) => {
      checkAmount(amount)
      const tally = current(key, windowMs, tallies.get(key)?.drainPerMs ?? 0)
      tally.used = Math.max(tally.used, amount)
    },
    used: async (key) => {
      const tally = tallies.get(key)
      if (!tally || hasEnded(tally, clock.wallMs())) return 0
      drain(tally, clock.monotonicMs())
      return tally.used
    },
  }
}

const newTally = (windowMs: CounterWindow, clock: Clock): Tally => ({
  used: 0,
  drainPerMs: 0,
  updatedMs: clock.monotonicMs(),
  endsMs: windowMs === 'calendar-month' ? nextMonthMs(clock.wallMs()) : Number.POSITIVE_INFINITY,
})

/** A reservation of an ended month keeps its old tally, so settling it does not touch the new month. */
const hasEnded = (tally: Tally, wallMs: number) => wallMs >= tally.endsMs

const drain = (tally: Tally, nowMs: number) => {
  tally.used = Math.max(0, tally.used - (nowMs - tally.updatedMs) * tally.drainPerMs)
  tally.updatedMs = nowMs
}

const retryAfterMs = (tally: Tally, amount: number, limit: number, clock: Clock): number | null => {
  if (amount > limit) return null
  if (tally.drainPerMs === 0) return tally.endsMs - clock.wallMs()
  return Math.ceil((tally.used + amount - limit) / tally.drainPerMs)
}

const checkAmount = (amount: number) => {
  if (!Number.isFinite(amount) || amount < 0)
    throw new RangeError(`A counter's amount must be a finite number >= 0, not ${amount}`)
}

/** The first of the month of a wall time, 00:00 UTC, in ms since 1970. */
export const monthStartMs = (wallMs: number): number => {
  const date = new Date(wallMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

const nextMonthMs = (wallMs: number): number => {
  const date = new Date(wallMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}
