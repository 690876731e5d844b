// How wide ranges are, and where they lie: a width that is log-linear in what a load and its engine say, and quantiles of
// the residuals in units of it (normalised conformal prediction: H. Papadopoulos et al., ICANN 2008). Every architecture
// has the same weight, since the next one is as likely to be like the one with few runs as like the one with many.

import { rangeFeatures, widthOf } from '../../dist/planner/speed/range-of.js'

const names = ['width', 'perConcurrency', 'perFullness', 'sglang', 'trtllm']
const featuresOf = (point) => [1, ...Object.values(rangeFeatures(point))]
const ridge = 0.1
/**
 * Share of the residuals on each side of a range. A tenth would leave 22 % of the runs of an architecture outside that is
 * left out of the width too, since seven architectures say little of the next one; with these it is a fifth.
 */
const outside = 0.09

/** Solves A x = b for a symmetric positive definite A. */
const solve = (matrix, right) => {
  const rows = matrix.map((row, i) => [...row, right[i]])
  const n = rows.length
  for (let i = 0; i < n; i++)
    for (let k = i + 1; k < n; k++) {
      const factor = rows[k][i] / rows[i][i]
      for (let j = i; j <= n; j++) rows[k][j] -= factor * rows[i][j]
    }
  const x = new Array(n)
  for (let i = n - 1; i >= 0; i--)
    x[i] =
      (rows[i][n] - rows[i].slice(i + 1, n).reduce((sum, v, k) => sum + v * x[i + 1 + k], 0)) / rows[i][i]
  return x
}

/** Newton's method on sum w (log s + |r| / s) + ridge: the likelihood of Laplace residuals of scale s. */
const widths = (points, weights) => {
  const rows = points.map(({ point }) => featuresOf(point))
  const pull = ridge * points.length
  let x = names.map(() => 0)
  x[0] = Math.log(points.reduce((sum, { residual }) => sum + Math.abs(residual), 0) / points.length)
  for (let step = 0; step < 40; step++) {
    const gradient = names.map((_, j) => (j === 0 ? 0 : pull * x[j]))
    const hessian = names.map((_, j) => names.map((_, k) => (j === k ? (j === 0 ? 1e-9 : pull) : 0)))
    rows.forEach((row, i) => {
      const scale = Math.exp(row.reduce((sum, value, j) => sum + value * x[j], 0))
      const ratio = Math.abs(points[i].residual) / scale
      row.forEach((a, j) => {
        gradient[j] += weights[i] * (1 - ratio) * a
        row.forEach((b, k) => {
          hessian[j][k] += weights[i] * Math.max(ratio, 0.05) * a * b
        })
      })
    })
    const move = solve(hessian, gradient)
    x = x.map((value, j) => value - Math.max(-1, Math.min(1, move[j])))
  }
  return Object.fromEntries(names.map((name, j) => [name, x[j]]))
}

const weightedQuantile = (values, weights, p) => {
  const order = values.map((value, i) => [value, weights[i]]).sort((a, b) => a[0] - b[0])
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let seen = 0
  for (const [value, weight] of order) {
    seen += weight
    if (seen >= p * total) return value
  }
  return order.at(-1)[0]
}

/**
 * @param points `{ point, residual }`: a load, and log(measured / predicted) by a fit without its architecture
 * @param weights one for each, equal in sum for every architecture
 */
export const fitRange = (points, weights) => {
  const width = widths(points, weights)
  const scores = points.map(({ point, residual }) => residual / widthOf(width, rangeFeatures(point)))
  return {
    low: weightedQuantile(scores, weights, outside),
    high: weightedQuantile(scores, weights, 1 - outside),
    ...width,
  }
}
