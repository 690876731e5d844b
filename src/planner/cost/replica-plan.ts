// How many replicas run for how long in a month, from the curve of the load. Knows no price.

import { hoursPerMonth } from '../../core/index.js'
import type { CapacityClock } from './capacity-clock.js'

export interface ReplicaNeed {
  readonly clock: CapacityClock
  /** Replicas that the peak takes, before rounding up. */
  readonly load: number
  /** At most so many serve, in one region. */
  readonly serving: number
  readonly spare: number
  /** At least so many serve. */
  readonly least: number
  /** In time without load nothing runs. */
  readonly scaleToZero: boolean
  readonly startMinutes: number
}

/** Hours a month in one region. */
export interface ReplicaPlan {
  readonly startMinutes: number
  /** Of each replica, longest first; the spare ones are among them. */
  readonly hoursOfEach: readonly number[]
  /** Replica-hours by what they are for; their sum is that of `hoursOfEach`. */
  readonly replicaHours: {
    /** What the load takes of replicas that are as full as the targets allow. */
    readonly serving: number
    /** Running, with room to spare: replicas come whole, and some always run. */
    readonly idle: number
    /** Started, because the load comes before another could start. */
    readonly lead: number
    readonly spare: number
  }
}

/** The n-th replica runs while the load of now or of the minutes that a start takes is above n - 1 replicas. */
export const planReplicas = (need: ReplicaNeed): ReplicaPlan => {
  const { clock, load, serving, spare, startMinutes } = need
  const least = need.scaleToZero ? 0 : Math.min(Math.max(need.least, serving > 0 ? 1 : 0), serving)
  const hours = (ahead: number) =>
    Array.from({ length: serving }, (_, n) =>
      n < least ? hoursPerMonth : hoursPerMonth * clock.shareAbove(n / load, ahead),
    )
  const running = hours(startMinutes)
  const needed = sum(hours(0))
  const total = sum(running)
  const spareHours = running[0] ?? 0
  const busy = Math.min(
    needed,
    hoursPerMonth * (load * clock.mean - load * clock.meanExcess(serving / load)),
  )
  return {
    startMinutes,
    hoursOfEach: [...Array.from({ length: spare }, () => spareHours), ...running],
    replicaHours: { serving: busy, idle: needed - busy, lead: total - needed, spare: spare * spareHours },
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
