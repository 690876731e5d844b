// The two distributions the intervals and tests of this folder need, both by the incomplete beta function.
// Source: M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 26.5.24 and 26.5.27.

import { incompleteBeta } from './incomplete-beta.js'

/** Upper 97.5 % point of the standard normal distribution. */
export const normalPoint = 1.959963984540054

/** P(B <= k) for B ~ Binomial(n, p). */
export const binomialCumulative = (k: number, n: number, p: number): number => {
  if (k < 0) return 0
  return k >= n ? 1 : incompleteBeta(n - k, k + 1, 1 - p)
}

/** P(T > t) for Student's T and t >= 0. @param degrees degrees of freedom, > 0 */
const studentTail = (t: number, degrees: number): number =>
  incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2

/** The t with P(T > t) = `tail`, by bisection to 12 digits. @param tail in (0, 0.5) */
export const studentPoint = (tail: number, degrees: number): number => {
  let low = 0
  let high = 1
  while (studentTail(high, degrees) > tail) high *= 2
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2
    if (studentTail(middle, degrees) > tail) low = middle
    else high = middle
  }
  return (low + high) / 2
}
