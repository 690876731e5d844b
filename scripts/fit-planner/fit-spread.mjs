// How deployments differ from the fit: the scales of log factors, one for each part of a time, that make the residuals
// of all deployments most likely (type-II maximum likelihood; C. Bishop: Pattern Recognition and Machine Learning, 3.5).

const total = (parts) => Object.values(parts).reduce((sum, part) => sum + part, 0)

/** log N(r; 0, C) up to a constant, by the Cholesky factor of C. */
const logLikelihood = (rows, residuals, variance, noise) => {
  const n = rows.length
  const factor = rows.map(() => new Float64Array(n))
  let sum = 0
  const z = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let value = i === j ? noise : 0
      for (let k = 0; k < variance.length; k++) value += rows[i][k] * variance[k] * rows[j][k]
      for (let k = 0; k < j; k++) value -= factor[i][k] * factor[j][k]
      factor[i][j] = i === j ? Math.sqrt(Math.max(value, 1e-12)) : value / factor[j][j]
    }
    let value = residuals[i]
    for (let k = 0; k < i; k++) value -= factor[i][k] * z[k]
    z[i] = value / factor[i][i]
    sum -= 0.5 * z[i] ** 2 + Math.log(factor[i][i])
  }
  return sum
}

/** @param groups of each deployment its points: parts of the predicted time, and the measured one */
export const fitSpread = (groups) => {
  const names = ['all', ...Object.keys(groups[0][0].parts)]
  const data = groups.map((points) => ({
    rows: points.map(({ parts }) => {
      const whole = total(parts)
      return names.map((name) => (name === 'all' ? 1 : parts[name] / whole))
    }),
    residuals: points.map(({ parts, measuredMs }) => Math.log(measuredMs / total(parts))),
  }))
  const score = (logs) => {
    const values = logs.map((value) => Math.exp(2 * value))
    const noise = values.at(-1)
    return data.reduce(
      (sum, { rows, residuals }) => sum + logLikelihood(rows, residuals, values.slice(0, -1), noise),
      0,
    )
  }
  let logs = [...names.map(() => Math.log(0.3)), Math.log(0.1)]
  let best = score(logs)
  for (let step = 1; step > 0.02; step /= 2)
    for (let sweep = 0; sweep < 6; sweep++) {
      const before = best
      logs.forEach((_, i) => {
        for (const sign of [1, -1]) {
          const next = logs.map((value, k) =>
            k === i ? Math.max(Math.log(0.01), value + sign * step) : value,
          )
          const value = score(next)
          if (value > best) {
            best = value
            logs = next
          }
        }
      })
      if (best - before < 0.01) break
    }
  const values = logs.map(Math.exp)
  return { scales: Object.fromEntries(names.map((name, i) => [name, values[i]])), noise: values.at(-1) }
}
