// Units that appear in files and on screens. Binary prefixes are 1024-based, decimal ones 1000-based.

import type { Language } from './language.js'

export const bytesPerGiB = 1024 ** 3
/** Mean hours of a month: 365.25 x 24 / 12. */
export const hoursPerMonth = 730.5
export const secondsPerMonth = hoursPerMonth * 3600

/** A number with at most `digits` significant digits and thousands separators, for people. */
export const formatNumber = (value: number, digits = 3): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: Math.max(digits, integerDigits(value)) })

const integerDigits = (value: number) =>
  Math.min(21, Math.max(1, Math.trunc(Math.abs(value)).toString().length))

/** A share for people: `12.3 %`, and `12.3%` in Chinese. */
export const formatPercent = (share: number, language: Language, digits = 3): string =>
  `${formatNumber(share * 100, digits)}${language === 'en' ? ' ' : ''}%`

/** US dollars for people: `$1,234`, `$0.042`. */
export const formatUsd = (usd: number): string => `$${formatNumber(usd, 3)}`

/** A duration in ms for people: `850 µs`, `12.3 ms`, `4.2 s`, `3 min`. */
export const formatMs = (ms: number): string => {
  if (ms < 1) return `${formatNumber(ms * 1000)} µs`
  if (ms < 1000) return `${formatNumber(ms)} ms`
  return ms < 120_000 ? `${formatNumber(ms / 1000)} s` : `${formatNumber(ms / 60_000)} min`
}
