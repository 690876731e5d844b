// Learns from load tests of one deployment by how much each part of its predicted times is off. Knows no model and no
// engine: parts in ms come in, factors of them go out.

export type Parts = Readonly<Record<string, number>>

/**
 * How far off predictions of unseen deployments are: log-scale standard deviations of each part, of `all` parts together,
 * and of what no part explains.
 */
export interface Spread {
  readonly scales: Readonly<Record<string, number>>
  readonly noise: number
}

export interface CalibrationPoint {
  /** As predicted for the load of the test. */
  readonly parts: Parts
  readonly measuredMs: number
}

export interface Calibration {
  /** By which each part is multiplied. */
  readonly factors: Parts
  /** Standard deviation of the log of measured over predicted, for a load with these parts. */
  deviation(parts: Parts): number
}

export const totalOf = (parts: Parts): number => Object.values(parts).reduce((sum, part) => sum + part, 0)

export const scaledTotal = (parts: Parts, factors: Parts): number =>
  (factors.all ?? 1) *
  Object.entries(parts).reduce((sum, [name, part]) => sum + part * (factors[name] ?? 1), 0)

const rounds = 4

/**
 * Posterior mean and variance of log factors under a normal prior (C. Bishop: Pattern Recognition and Machine Learning,
 * 2006, section 3.3), linearised at the current factors: log measured = log of the sum of parts x factors + noise. With
 * no points the factors are 1 and the deviation is the prior's; each point shrinks it.
 */
export const calibrate = (points: readonly CalibrationPoint[], spread: Spread): Calibration => {
  const names = Object.keys(spread.scales)
  const variance = names.map((name) => (spread.scales[name] ?? 0) ** 2)
  let logs: readonly number[] = names.map(() => 0)
  let shares: readonly (readonly number[])[] = []
  for (let round = 0; round < rounds; round++) {
    const factors = factorsOf(names, logs)
    shares = points.map(({ parts }) => sharesOf(names, parts, factors))
    const residuals = points.map(({ parts, measuredMs }, i) => {
      const off = Math.log(measuredMs / scaledTotal(parts, factors))
      return off + dot(shares[i] ?? [], logs)
    })
    const pull = solve(covariance(shares, variance, spread.noise), residuals)
    logs = names.map(
      (_, j) =>
        (variance[j] ?? 0) * shares.reduce((sum, share, i) => sum + (share[j] ?? 0) * (pull[i] ?? 0), 0),
    )
  }
  const factors = factorsOf(names, logs)
  return {
    factors,
    deviation: (parts) => {
      const share = sharesOf(names, parts, factors)
      const weighted = share.map((value, j) => value * (variance[j] ?? 0))
      const known = shares.map((other) => dot(other, weighted))
      const explained = dot(known, solve(covariance(shares, variance, spread.noise), known))
      return Math.sqrt(Math.max(0, dot(share, weighted) - explained) + spread.noise ** 2)
    },
  }
}

const factorsOf = (names: readonly string[], logs: readonly number[]): Parts =>
  Object.fromEntries(names.map((name, i) => [name, Math.exp(logs[i] ?? 0)]))

/** Each part's share of the whole: by how many percent the whole grows when the part grows by one. */
const sharesOf = (names: readonly string[], parts: Parts, factors: Parts): readonly number[] => {
  const whole = scaledTotal(parts, { ...factors, all: 1 })
  return names.map((name) => (name === 'all' ? 1 : ((parts[name] ?? 0) * (factors[name] ?? 1)) / whole))
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)

const covariance = (
  shares: readonly (readonly number[])[],
  variance: readonly number[],
  noise: number,
): number[][] =>
  shares.map((a, i) =>
    shares.map(
      (b, j) =>
        a.reduce((sum, value, k) => sum + value * (b[k] ?? 0) * (variance[k] ?? 0), 0) +
        (i === j ? noise ** 2 : 0),
    ),
  )

/** Solves A x = b for a symmetric positive definite A by Gaussian elimination, which needs no pivoting there. */
const solve = (matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] => {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0])
  const n = rows.length
  for (let i = 0; i < n; i++)
    for (let k = i + 1; k < n; k++) {
      const factor = (rows[k]?.[i] ?? 0) / (rows[i]?.[i] ?? 1)
      for (let j = i; j <= n; j++)
        (rows[k] as number[])[j] = (rows[k]?.[j] ?? 0) - factor * (rows[i]?.[j] ?? 0)
    }
  const x = new Array<number>(n).fill(0)
  for (let i = n - 1; i >= 0; i--) {
    const rest = x.reduce((sum, value, j) => (j > i ? sum + value * (rows[i]?.[j] ?? 0) : sum), 0)
    x[i] = ((rows[i]?.[n] ?? 0) - rest) / (rows[i]?.[i] ?? 1)
  }
  return x
}
