// The decimals between two bounds as a GBNF expression over their digits. Exponents are not among them, and no more
// decimals than a double tells apart.

import { type Fields, numberOf } from '../wire/fields.js'
import { anyOf, sequenceOf } from './gbnf.js'
import { integersBetween } from './integer-range.js'

interface Bound {
  readonly value: number
  readonly isExclusive: boolean
}

export interface NumberBounds {
  readonly low: Bound | undefined
  readonly high: Bound | undefined
}

/** What a schema allows; undefined when it bounds no side. */
export const numberBounds = (fields: Fields): NumberBounds | undefined => {
  const low = tighter(fields, 'minimum', 'exclusiveMinimum', (a, b) => a > b)
  const high = tighter(fields, 'maximum', 'exclusiveMaximum', (a, b) => a < b)
  return low || high ? { low, high } : undefined
}

const tighter = (
  fields: Fields,
  inclusive: string,
  exclusive: string,
  isTighter: (a: number, b: number) => boolean,
): Bound | undefined => {
  const within = numberOf(fields[inclusive])
  const beyond = numberOf(fields[exclusive])
  if (within === undefined || (beyond !== undefined && !isTighter(within, beyond)))
    return beyond === undefined ? undefined : { value: beyond, isExclusive: true }
  return { value: within, isExclusive: false }
}

/** Digits that a double tells apart for certain. */
const certainDigits = 15
/** Stands for a side that is open. */
const farthest = 10 ** certainDigits - 1

/** Whether bounds can be written with few enough digits. */
export const areBoundsPlain = ({ low, high }: NumberBounds): boolean =>
  [low, high].every((bound) => !bound || /^-?\d{1,9}(\.\d{1,6})?$/.test(String(bound.value)))

/**
 * @param bounds plain ones
 * @param maxDecimals at most so many digits behind the point
 * @returns undefined when nothing lies between the bounds
 */
export const numbersBetween = (
  { low, high }: NumberBounds,
  maxDecimals = certainDigits,
): string | undefined => {
  const wholeDigits = Math.max(
    ...[low, high].map((bound) => String(Math.trunc(Math.abs(bound?.value ?? 0))).length),
  )
  const decimals = Math.min(maxDecimals, certainDigits - wholeDigits)
  const zero: Bound = { value: 0, isExclusive: false }
  const open: Bound = { value: farthest, isExclusive: false }
  const lowest = low ?? { value: -farthest, isExclusive: false }
  const highest = high ?? open
  const negative =
    lowest.value < 0
      ? magnitudes(highest.value <= 0 ? opposite(highest) : zero, opposite(lowest), decimals)
      : undefined
  const positive =
    highest.value >= 0 ? magnitudes(lowest.value >= 0 ? lowest : zero, highest, decimals) : undefined
  return anyOf([sequenceOf('"-"', negative), positive])
}

const opposite = ({ value, isExclusive }: Bound): Bound => ({ value: Math.abs(value), isExclusive })

/** @param low and `high`: not negative */
const magnitudes = (low: Bound, high: Bound, decimals: number): string | undefined => {
  if (low.value > high.value) return undefined
  const [lowWhole = '', lowRest = ''] = String(low.value).split('.')
  const [highWhole = '', highRest = ''] = String(high.value).split('.')
  if (lowWhole === highWhole) {
    const rest = restBetween({ digits: lowRest, ...low }, { digits: highRest, ...high }, decimals)
    return sequenceOf(`"${lowWhole}"`, rest)
  }
  const between = { low: Number(lowWhole) + 1, high: Number(highWhole) - 1 }
  return anyOf([
    sequenceOf(`"${lowWhole}"`, restFrom({ digits: lowRest, ...low }, decimals)),
    between.low <= between.high ? `(${integersBetween(between)}) ${anyRest(decimals)}`.trim() : undefined,
    sequenceOf(`"${highWhole}"`, restUpTo({ digits: highRest, ...high }, decimals)),
  ])
}

/** Digits behind a point, without zeros at the end. */
interface Rest {
  readonly digits: string
  readonly isExclusive: boolean
}

const anyDigits = (left: number) => (left > 0 ? `[0-9]{0,${left}}` : '')
const zeros = (left: number) => (left > 0 ? `[0]{0,${left}}` : '')
const notOnlyZeros = (left: number) => (left > 0 ? sequenceOf(anyDigits(left - 1), '[1-9]') : undefined)
const anyRest = (left: number) => (left > 0 ? `("." [0-9]{1,${left}})?` : '')

const optional = (expression: string | undefined) => (expression === undefined ? '' : `(${expression})?`)

const restFrom = (low: Rest, left: number): string | undefined => {
  if (low.digits !== '' || low.isExclusive) return sequenceOf('"."', digitsFrom(low, left))
  return anyRest(left)
}

const restUpTo = (high: Rest, left: number): string | undefined => {
  if (high.digits !== '') return optional(sequenceOf('"."', digitsUpTo(high, left)))
  if (high.isExclusive) return undefined
  return left > 0 ? `("." [0]{1,${left}})?` : ''
}

const restBetween = (low: Rest, high: Rest, left: number): string | undefined => {
  if (low.digits === high.digits) {
    if (low.isExclusive || high.isExclusive) return undefined
    return low.digits === ''
      ? restUpTo(high, left)
      : low.digits.length <= left
        ? `".${low.digits}"`
        : undefined
  }
  const length = Math.max(low.digits.length, high.digits.length)
  const padded = [low, high].map((rest) => ({ ...rest, digits: rest.digits.padEnd(length, '0') }))
  const [from, to] = padded as [Rest, Rest]
  if (from.digits > to.digits) return undefined
  const inside = sequenceOf('"."', digitsBetween(from, to, left))
  return low.digits === '' && !low.isExclusive ? optional(inside) : inside
}

const digitsFrom = ({ digits, isExclusive }: Rest, left: number): string | undefined => {
  if (digits === '') return isExclusive ? notOnlyZeros(left) : anyDigits(left)
  if (left <= 0) return undefined
  const first = Number(digits[0])
  return anyOf([
    sequenceOf(`"${first}"`, digitsFrom({ digits: digits.slice(1), isExclusive }, left - 1)),
    first < 9 ? sequenceOf(`[${first + 1}-9]`, anyDigits(left - 1)) : undefined,
  ])
}

/** @param high with digits */
const digitsUpTo = ({ digits, isExclusive }: Rest, left: number): string | undefined => {
  if (left <= 0) return undefined
  const first = Number(digits[0])
  const rest = { digits: digits.slice(1), isExclusive }
  const isLast = rest.digits === ''
  return anyOf([
    first > 0 ? sequenceOf(`[0-${first - 1}]`, anyDigits(left - 1)) : undefined,
    isLast && isExclusive
      ? undefined
      : sequenceOf(`"${first}"`, isLast ? zeros(left - 1) : optional(digitsUpTo(rest, left - 1))),
  ])
}

/** @param from as many digits as `to`, and less */
const digitsBetween = (from: Rest, to: Rest, left: number): string | undefined => {
  if (left <= 0) return undefined
  const [low, high] = [Number(from.digits[0]), Number(to.digits[0])]
  const [fromRest, toRest] = [from, to].map((rest) => ({ ...rest, digits: rest.digits.slice(1) })) as [
    Rest,
    Rest,
  ]
  if (low === high) {
    const inside = digitsBetween(fromRest, toRest, left - 1)
    const mayEnd = !from.isExclusive && /^0*$/.test(fromRest.digits)
    return sequenceOf(`"${low}"`, mayEnd ? optional(inside) : inside)
  }
  const top = { ...toRest, digits: toRest.digits.replace(/0+$/, '') }
  const isLast = top.digits === ''
  return anyOf([
    sequenceOf(`"${low}"`, digitsFrom({ ...fromRest, digits: fromRest.digits.replace(/0+$/, '') }, left - 1)),
    low + 1 < high ? sequenceOf(`[${low + 1}-${high - 1}]`, anyDigits(left - 1)) : undefined,
    isLast && top.isExclusive
      ? undefined
      : sequenceOf(`"${high}"`, isLast ? zeros(left - 1) : optional(digitsUpTo(top, left - 1))),
  ])
}
