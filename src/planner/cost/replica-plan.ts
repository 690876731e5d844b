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

/** Replicas that run equally long. */
export interface ReplicaLevel {
  readonly replicas: number
  /** Hours a month of each. */
  readonly hours: number
}

/** Of hundreds of replicas neighbours are taken together, so that there are at most so many levels. */
const mostLevels = 64

/**
 * The levels of one region, longest first, the spare replicas in front: the n-th serving replica runs while the load of
 * now, or of the minutes that a start takes, is above n - 1 replicas.
 */
export const planReplicas = (need: ReplicaNeed): readonly ReplicaLevel[] => {
  const serving = servingLevels(need, need.startMinutes)
  return need.spare > 0 ? [{ replicas: need.spare, hours: serving[0]?.hours ?? 0 }, ...serving] : serving
}

const servingLevels = (
  { clock, load, serving, scaleToZero, ...need }: ReplicaNeed,
  aheadMinutes: number,
): readonly ReplicaLevel[] => {
  const least = scaleToZero ? 0 : Math.min(Math.max(need.least, 1), serving)
  const levels: ReplicaLevel[] = least > 0 ? [{ replicas: least, hours: hoursPerMonth }] : []
  const step = Math.ceil((serving - least) / mostLevels)
  for (let first = least; first < serving; first += step) {
    const replicas = Math.min(step, serving - first)
    const middle = first + (replicas - 1) / 2
    levels.push({ replicas, hours: hoursPerMonth * clock.shareAbove(middle / load, aheadMinutes) })
  }
  return levels
}

/** Replica-hours a month of one region by what they are for; their sum is that of the plan. */
export interface ReplicaHours {
  /** What the load takes of replicas that are as full as the targets allow. */
  readonly serving: number
  /** Running, with room to spare: replicas come whole, and some always run. */
  readonly idle: number
  /** Started, because the load comes before another could start. */
  readonly lead: number
  readonly spare: number
}

export const replicaHours = (need: ReplicaNeed): ReplicaHours => {
  const { clock, load } = need
  const levels = servingLevels(need, need.startMinutes)
  const needed = hoursOf(servingLevels(need, 0))
  const carried = hoursPerMonth * load * (clock.mean - clock.meanExcess(need.serving / load))
  const serving = Math.min(needed, carried)
  return {
    serving,
    idle: needed - serving,
    lead: hoursOf(levels) - needed,
    spare: need.spare * (levels[0]?.hours ?? 0),
  }
}

/** Replica-hours of all levels. */
export const hoursOf = (levels: readonly ReplicaLevel[]): number =>
  levels.reduce((sum, { replicas, hours }) => sum + replicas * hours, 0)
