// The load of each hour of the day, in UTC, from arrivals or from sums over intervals of at most an hour.

const hourMs = 3_600_000
const hoursPerDay = 24
/** The part of each hour of the day that must have been watched before a curve is drawn. */
const leastCoverageMs = 0.75 * hourMs

const hourOf = (ms: number): number => Math.floor(ms / hourMs) % hoursPerDay

/** Ms of each hour of the day that lie between two moments. */
const coverageOf = (fromMs: number, toMs: number): number[] => {
  const days = Math.floor((toMs - fromMs) / (hoursPerDay * hourMs))
  const coverage = Array.from({ length: hoursPerDay }, () => days * hourMs)
  for (let at = fromMs + days * hoursPerDay * hourMs; at < toMs; ) {
    const next = Math.min(toMs, (Math.floor(at / hourMs) + 1) * hourMs)
    coverage[hourOf(at)] = (coverage[hourOf(at)] ?? 0) + next - at
    at = next
  }
  return coverage
}

const curveOf = (requests: readonly number[], coverage: readonly number[]): number[] | null => {
  if (coverage.some((ms) => ms < leastCoverageMs)) return null
  const rates = requests.map((count, hour) => count / (coverage[hour] ?? 1))
  const most = Math.max(...rates)
  return most > 0 ? rates.map((rate) => Math.round((rate / most) * 1000) / 1000) : null
}

/** @param sorted ms since 1970 @returns 24 shares of the busiest hour, or null when less than a day is covered */
export const curveOfArrivals = (sorted: Float64Array): number[] | null => {
  const [first] = sorted
  const last = sorted.at(-1)
  if (first === undefined || last === undefined) return null
  const requests = Array.from({ length: hoursPerDay }, () => 0)
  for (const time of sorted) requests[hourOf(time)] = (requests[hourOf(time)] ?? 0) + 1
  return curveOf(requests, coverageOf(first, last))
}

export interface Interval {
  readonly startMs: number
  readonly endMs: number
  readonly requests: number
}

/** The same of intervals that do not overlap. Null when one is longer than an hour. */
export const curveOfIntervals = (intervals: readonly Interval[]): number[] | null => {
  const requests = Array.from({ length: hoursPerDay }, () => 0)
  const coverage = Array.from({ length: hoursPerDay }, () => 0)
  for (const { startMs, endMs, requests: count } of intervals) {
    if (endMs - startMs > hourMs) return null
    const hour = hourOf(startMs)
    requests[hour] = (requests[hour] ?? 0) + count
    coverage[hour] = (coverage[hour] ?? 0) + endMs - startMs
  }
  return curveOf(requests, coverage)
}
