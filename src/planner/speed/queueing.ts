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
