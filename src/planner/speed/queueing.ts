// Waiting times in closed form. Knows no tokens and no engine.

/** First two moments of a time, in ms and ms squared. */
export interface Moments {
  readonly mean: number
  readonly variance: number
}

export const momentsOf = (
  values: readonly number[],
): Moments & { readonly second: number; readonly third: number } => {
  let first = 0
  let second = 0
  let third = 0
  for (const value of values) {
    first += value
    second += value * value
    third += value * value * value
  }
  const mean = first / values.length
  const variance = Math.max(0, second / values.length - mean * mean)
  return { mean, second: second / values.length, third: third / values.length, variance }
}

export const addMoments = (...parts: readonly Moments[]): Moments => {
  let mean = 0
  let variance = 0
  for (const part of parts) {
    mean += part.mean
    variance += part.variance
  }
  return { mean, variance }
}

/**
 * Waiting time in front of one server, Poisson arrivals, first come first served: mean by Pollaczek-Khinchine,
 * E[W] = r E[S^2] / 2(1 - u); second moment by Takacs, E[W^2] = 2 E[W]^2 + r E[S^3] / 3(1 - u).
 * @param rate arrivals per ms @param service moments of the service time in ms
 * @returns null when arrivals outrun the server
 */
export const waitingTime = (
  rate: number,
  service: { readonly mean: number; readonly second: number; readonly third: number },
): Moments | null => {
  const busy = rate * service.mean
  if (busy >= 1) return null
  const mean = (rate * service.second) / (2 * (1 - busy))
  const second = 2 * mean ** 2 + (rate * service.third) / (3 * (1 - busy))
  return { mean, variance: second - mean ** 2 }
}

/** Beyond this many times the last term, or with terms this small, the sum is known well enough. */
const negligible = 1e-9

/**
 * Share of Poisson arrivals that find every place taken and go elsewhere: the loss formula of Erlang (1917), P =
 * 1 / sum over k = 0..c of the product over j < k of m(c - j) / r, here with a rate of completion m(n) that need not be
 * n times that of one request. It holds for any lengths of stay (Kelly, Reversibility and Stochastic Networks, 1979,
 * 3.3; Sevastyanov, 1957, for constant rates), as every request in flight is worked on at once.
 * @param arrivals requests per second
 * @param places requests that may be in flight at a time
 * @param completionsAt requests per second that leave while so many are in flight
 */
export const refusedShare = (
  arrivals: number,
  places: number,
  completionsAt: (inFlight: number) => number,
): number => {
  if (arrivals <= 0) return 0
  let sum = 1
  let term = 1
  for (let n = places; n > 0; n--) {
    const ratio = completionsAt(n) / arrivals
    term *= ratio
    sum += term
    if (term > 1 / negligible) return 0
    if (ratio < 1 && term < negligible * sum) break
  }
  return 1 / sum
}

/**
 * A quantile of the gamma distribution with these moments (Wilson-Hilferty 1931): exact shape for the sojourn time
 * of M/M/1, within 2 % of it from the 90th to the 99th percentile.
 * @param z the same quantile of the standard normal
 */
export const gammaQuantile = ({ mean, variance }: Moments, z: number): number => {
  if (mean <= 0 || variance <= 0) return mean
  const shape = mean ** 2 / variance
  const root = 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))
  return mean * Math.max(0, root) ** 3
}
