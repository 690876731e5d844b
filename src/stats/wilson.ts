// The interval of a rate. Holds for 0 and n successes too, where the textbook interval has no width.
// Source: E. Wilson, J. Am. Stat. Assoc. 22 (1927) 209; recommended by Brown, Cai, DasGupta, Stat. Sci. 16 (2001).

import { normalPoint } from './distributions.js'
import { type Interval, unknownInterval } from './interval.js'

/**
 * The 95 % Wilson score interval of a rate.
 * @param successes whole number in [0, n]
 * @param n number of independent trials; 0 gives an unknown interval
 * @throws RangeError when the counts are not such numbers
 */
export const wilson = (successes: number, n: number): Interval => {
  if (!Number.isInteger(successes) || !Number.isInteger(n) || successes < 0 || successes > n)
    throw new RangeError(`wilson(${successes}, ${n}) needs whole numbers with 0 <= successes <= n`)
  if (n === 0) return unknownInterval
  const share = successes / n
  const z2 = normalPoint ** 2
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n)
  const half = (normalPoint / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))
  return {
    value: share,
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === n ? 1 : Math.min(1, centre + half),
    n,
  }
}
