// The integers between two bounds as a GBNF expression over their digits.

import { type Fields, numberOf } from '../wire/fields.js'

export interface IntegerBounds {
  readonly low: number
  readonly high: number
}

/** What a schema allows; a side that it leaves open ends where doubles no longer tell integers apart. */
export const integerBounds = (fields: Fields): IntegerBounds | undefined => {
  const lows = [
    ...map(numberOf(fields.minimum), Math.ceil),
    ...map(numberOf(fields.exclusiveMinimum), (bound) => Math.floor(bound) + 1),
  ]
  const highs = [
    ...map(numberOf(fields.maximum), Math.floor),
    ...map(numberOf(fields.exclusiveMaximum), (bound) => Math.ceil(bound) - 1),
  ]
  if (lows.length + highs.length === 0) return undefined
  const low = Math.max(Number.MIN_SAFE_INTEGER, ...lows)
  const high = Math.min(Number.MAX_SAFE_INTEGER, ...highs)
  return Number.isSafeInteger(low) && Number.isSafeInteger(high) ? { low, high } : undefined
}

const map = (value: number | undefined, change: (value: number) => number) =>
  value === undefined ? [] : [change(value)]

/** @param bounds safe integers, the lower one first */
export const integersBetween = ({ low, high }: IntegerBounds): string => {
  const negative = low < 0 ? magnitudes(Math.max(1, -high), -low).map((digits) => `"-" ${digits}`) : []
  const positive = high >= 0 ? magnitudes(Math.max(0, low), high) : []
  return [...negative, ...positive].join(' | ')
}

/** One expression for each number of digits. */
const magnitudes = (low: number, high: number): readonly string[] => {
  const first = String(low).length
  const last = String(high).length
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const length = first + i
    const from = length === first ? String(low) : `1${'0'.repeat(length - 1)}`
    const to = length === last ? String(high) : '9'.repeat(length)
    return digitsBetween(from, to)
  })
}

/** @param from as many digits as `to` */
const digitsBetween = (from: string, to: string): string => {
  const rest = from.length - 1
  const isAll = /^0*$/.test(from) && /^9*$/.test(to)
  if (isAll) return anyDigits(from.length)
  const [low = '', high = ''] = [from[0], to[0]]
  const [lowRest, highRest] = [from.slice(1), to.slice(1)]
  if (low === high) return sequence(`"${low}"`, digitsBetween(lowRest, highRest))
  if (/^0*$/.test(lowRest) && /^9*$/.test(highRest)) return sequence(`[${low}-${high}]`, anyDigits(rest))
  const between = [Number(low) + 1, Number(high) - 1] as const
  const parts = [
    sequence(`"${low}"`, digitsBetween(lowRest, '9'.repeat(rest))),
    ...(between[0] <= between[1] ? [sequence(`[${between[0]}-${between[1]}]`, anyDigits(rest))] : []),
    sequence(`"${high}"`, digitsBetween('0'.repeat(rest), highRest)),
  ]
  return `(${parts.join(' | ')})`
}

const anyDigits = (count: number) => (count === 0 ? '' : count === 1 ? '[0-9]' : `[0-9]{${count}}`)

const sequence = (first: string, rest: string) => (rest === '' ? first : `${first} ${rest}`)
