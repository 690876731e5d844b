// Robust non-linear least squares with a ridge, by Levenberg and Marquardt. Knows no planner.

/** Solves A x = b by Gaussian elimination with pivoting. */
const solve = (matrix, right) => {
  const a = matrix.map((row, i) => [...row, right[i]])
  const n = a.length
  for (let i = 0; i < n; i++) {
    let pivot = i
    for (let k = i + 1; k < n; k++) if (Math.abs(a[k][i]) > Math.abs(a[pivot][i])) pivot = k
    ;[a[i], a[pivot]] = [a[pivot], a[i]]
    for (let k = i + 1; k < n; k++) {
      const factor = a[k][i] / a[i][i]
      for (let j = i; j <= n; j++) a[k][j] -= factor * a[i][j]
    }
  }
  const x = new Array(n)
  for (let i = n - 1; i >= 0; i--) {
    let value = a[i][n]
    for (let j = i + 1; j < n; j++) value -= a[i][j] * x[j]
    x[i] = value / a[i][i]
  }
  return x
}

/**
 * Minimises sum w_i x rho(r_i) + pull x |x - prior|^2 with the soft-L1 loss rho(r) = 2 s^2 (sqrt(1 + (r/s)^2) - 1).
 * @param options.residuals x -> Float64Array
 * @param options.start where to begin; the prior when left out
 */
export const leastSquares = ({ residuals, prior, start = prior, weights, softScale, pull, steps = 40 }) => {
  const cost = (x, r) => {
    let sum = 0
    for (let i = 0; i < r.length; i++)
      sum += weights[i] * softScale ** 2 * 2 * (Math.sqrt(1 + (r[i] / softScale) ** 2) - 1)
    return x.reduce((total, value, i) => total + pull * (value - prior[i]) ** 2, sum)
  }
  let x = [...start]
  let r = residuals(x)
  let damping = 1e-2
  for (let step = 0; step < steps; step++) {
    const columns = x.map((_, i) => {
      const moved = residuals(x.map((value, k) => (k === i ? value + 1e-4 : value)))
      return moved.map((value, k) => (value - r[k]) / 1e-4)
    })
    const weight = r.map((value, i) => weights[i] / Math.sqrt(1 + (value / softScale) ** 2))
    const dot = (a, b) => {
      let sum = 0
      for (let k = 0; k < a.length; k++) sum += a[k] * weight[k] * b[k]
      return sum
    }
    const gradient = x.map((value, i) => dot(columns[i], r) + pull * (value - prior[i]))
    const hessian = columns.map((a, i) => columns.map((b, j) => dot(a, b) + (i === j ? pull : 0)))
    const before = cost(x, r)
    let gain = null
    for (let trial = 0; trial < 8 && gain === null; trial++) {
      const delta = solve(
        hessian.map((row, i) => row.map((v, j) => (i === j ? v * (1 + damping) : v))),
        gradient,
      )
      const next = x.map((value, i) => value - delta[i])
      const nextResiduals = residuals(next)
      const after = cost(next, nextResiduals)
      if (after < before) {
        gain = before - after
        damping /= 5
        x = next
        r = nextResiduals
      } else damping *= 5
    }
    if (gain === null || gain < 1e-6 * before) break
  }
  return x
}
