// Money as whole nano-dollars (1e-9 US dollars) in a bigint, so that sums are exact. Knows no price.

const nanosPerUsd = 1_000_000_000

/** The nearest whole number of nano-dollars; an amount below half of one is 0. @param usd finite, >= 0 */
export const nanoUsd = (usd: number): bigint => {
  if (!Number.isFinite(usd) || usd < 0)
    throw new RangeError(`An amount of money must be a finite number >= 0, not ${usd}`)
  // Dollars and their fraction apart, so that large amounts keep their last digits.
  const dollars = Math.trunc(usd)
  return BigInt(dollars) * BigInt(nanosPerUsd) + BigInt(Math.round((usd - dollars) * nanosPerUsd))
}

/** The exact decimal number of US dollars, without trailing zeros: `0.000012345`. */
export const usdText = (nanos: bigint): string => {
  const sign = nanos < 0n ? '-' : ''
  const digits = (nanos < 0n ? -nanos : nanos).toString().padStart(10, '0')
  const fraction = digits.slice(-9).replace(/0+$/, '')
  return `${sign}${digits.slice(0, -9)}${fraction === '' ? '' : `.${fraction}`}`
}

/** US dollars as a number, for showing and for metrics; sums are made before this, never after. */
export const usdNumber = (nanos: bigint): number => Number(nanos) / nanosPerUsd
