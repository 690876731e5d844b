// The load of a week in steps of five minutes, and how long it is above a level. Knows no replica and no price.

/** Shares are of the time of a week, in [0, 1]; loads are relative to the peak. */
export interface CapacityClock {
  /** Share of the time in which the load, now or within the next minutes, is above `load`. */
  shareAbove(load: number, aheadMinutes: number): number
  /** Mean of what exceeds `load`, 0 where nothing does. */
  meanExcess(load: number): number
  readonly mean: number
  /** Mean over the time of what follows from a load; it is asked of the mean of each of about a hundred loads. */
  meanOf(valueAt: (load: number) => number): number
}

const stepMinutes = 5
const stepsPerHour = 60 / stepMinutes
const tolerance = 1e-9
const groupCount = 96

/**
 * The load between the middles of two hours is taken to change evenly; a week follows itself.
 * @param week mean load of each hour relative to the peak
 */
export const createCapacityClock = (week: readonly number[]): CapacityClock => {
  const now = stepsOf(week)
  const mean = now.reduce((sum, value) => sum + value, 0) / now.length
  let groups: readonly LoadGroup[] | null = null
  const highestFirst = new Map<number, readonly number[]>()
  const sortedAhead = (steps: number) => {
    const known = highestFirst.get(steps)
    if (known) return known
    const sorted = now.map((_, i) => highestWithin(now, i, steps)).sort((a, b) => b - a)
    highestFirst.set(steps, sorted)
    return sorted
  }
  return {
    shareAbove: (load, aheadMinutes) =>
      countAbove(sortedAhead(Math.ceil(aheadMinutes / stepMinutes)), load + tolerance) / now.length,
    meanExcess: (load) => now.reduce((sum, value) => sum + Math.max(0, value - load), 0) / now.length,
    mean,
    meanOf: (valueAt) => {
      groups ??= groupsOf(sortedAhead(0))
      return groups.reduce((sum, { load, share }) => sum + share * valueAt(load), 0)
    },
  }
}

interface LoadGroup {
  readonly load: number
  /** Of the time. */
  readonly share: number
}

/** Neighbouring loads taken together, each group with its mean. */
const groupsOf = (sorted: readonly number[]): readonly LoadGroup[] => {
  const size = Math.ceil(sorted.length / groupCount)
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, i) => {
    const group = sorted.slice(i * size, (i + 1) * size)
    return {
      load: group.reduce((sum, value) => sum + value, 0) / group.length,
      share: group.length / sorted.length,
    }
  })
}

const stepsOf = (week: readonly number[]): readonly number[] =>
  Array.from({ length: week.length * stepsPerHour }, (_, i) => {
    // Hours from the middle of the first hour to the middle of this step.
    const at = (i + 0.5) / stepsPerHour - 0.5 + week.length
    const hour = Math.floor(at)
    const from = week[hour % week.length] ?? 0
    const to = week[(hour + 1) % week.length] ?? 0
    return from + (to - from) * (at - hour)
  })

const highestWithin = (values: readonly number[], from: number, steps: number): number => {
  let highest = values[from] ?? 0
  for (let ahead = 1; ahead <= Math.min(steps, values.length); ahead++)
    highest = Math.max(highest, values[(from + ahead) % values.length] ?? 0)
  return highest
}

/** How many of the values, highest first, exceed a limit. */
const countAbove = (sorted: readonly number[], limit: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) > limit) low = middle + 1
    else high = middle
  }
  return low
}
