// The multiples of a number as a GBNF expression over their digits.

import { llmError } from '../messages.js'
import type { Fields } from '../wire/fields.js'
import { areBoundsPlain, type NumberBounds, numberBounds, numbersBetween } from './number-range.js'

/** Rules of the grammar that is being written. */
export interface RuleBook {
  /** A name for a rule that others may mention before it is defined. */
  name(): string
  define(name: string, body: string): void
}

export interface Multiples {
  /** The schema's `multipleOf`. */
  readonly step: number
  /** The schema, for its bounds. */
  readonly fields: Fields
  readonly isInteger: boolean
}

/** So many numbers are listed one by one. */
const maxListed = 500
/** Each remainder is a rule for each digit that may follow. */
const maxStep = 64
const maxDigits = 15

/** @throws `llm.schema-not-supported` where no multiple lies between the bounds, or a grammar would be too large */
export const multiplesExpression = (multiples: Multiples, book: RuleBook): string => {
  const { step, fields, isInteger } = multiples
  const bounds = numberBounds(fields) ?? { low: undefined, high: undefined }
  const listed = listOfMultiples(multiples, bounds)
  if (listed) return listed
  const decimals = Math.round(-Math.log10(step))
  if (!isInteger && decimals > 0 && Number(`1e-${decimals}`) === step) {
    const plain = areBoundsPlain(bounds) ? bounds : { low: undefined, high: undefined }
    const expression = numbersBetween(plain, decimals)
    if (expression !== undefined) return expression
  }
  const sign = signOf(bounds, step)
  if (!Number.isInteger(step) || step > maxStep || !sign) throw refused(step)
  return wholeMultiples(step, sign, book)
}

const refused = (step: number) =>
  llmError('llm.schema-not-supported', { what: `multipleOf ${step} within these bounds` })

const listOfMultiples = ({ step, isInteger }: Multiples, { low, high }: NumberBounds): string | undefined => {
  if (!low || !high || !(step > 0) || (high.value - low.value) / step > maxListed) return undefined
  const first = Math.ceil(low.value / step - 1e-9)
  const last = Math.floor(high.value / step + 1e-9)
  const values: number[] = []
  for (let i = first; i <= last; i++) {
    const value = Number((i * step).toPrecision(12))
    const isOutside = (low.isExclusive && value <= low.value) || (high.isExclusive && value >= high.value)
    if (!isOutside && (!isInteger || Number.isInteger(value))) values.push(value)
  }
  if (values.length === 0) throw refused(step)
  return `(${values.map((value) => `"${JSON.stringify(value)}"`).join(' | ')})`
}

interface Sign {
  readonly mayBeNegative: boolean
  readonly mayBeZero: boolean
}

/** Undefined for bounds that more than the sign decides about. */
const signOf = ({ low, high }: NumberBounds, step: number): Sign | undefined => {
  if (high) return undefined
  if (!low) return { mayBeNegative: true, mayBeZero: true }
  const { value, isExclusive } = low
  if (value < 0 && (value > -step || (value === -step && isExclusive)))
    return { mayBeNegative: false, mayBeZero: true }
  if (value === 0) return { mayBeNegative: false, mayBeZero: !isExclusive }
  const isFirst = value > 0 && (value < step || (value === step && !isExclusive))
  return isFirst ? { mayBeNegative: false, mayBeZero: false } : undefined
}

/** Long division, digit by digit: a state is the remainder so far, and the digits that may follow. */
const wholeMultiples = (step: number, { mayBeNegative, mayBeZero }: Sign, book: RuleBook): string => {
  const names = new Map<string, string>()
  const after = (remainder: number, digit: number) => (remainder * 10 + digit) % step
  const canEnd = (remainder: number, left: number): boolean =>
    remainder === 0 || (left > 0 && allDigits.some((digit) => canEnd(after(remainder, digit), left - 1)))
  const next = (remainder: number, digits: readonly number[], left: number): string => {
    const byTarget = Map.groupBy(digits, (digit) => after(remainder, digit))
    return [...byTarget]
      .filter(([target]) => canEnd(target, left - 1))
      .map(([target, group]) => `[${group.join('')}] ${state(target, left - 1)}`)
      .join(' | ')
  }
  const state = (remainder: number, left: number): string => {
    const key = `${remainder}/${left}`
    const known = names.get(key)
    if (known) return known
    const name = book.name()
    names.set(key, name)
    const more = left > 0 ? [next(remainder, allDigits, left)] : []
    book.define(name, [...more, ...(remainder === 0 ? ['""'] : [])].join(' | '))
    return name
  }
  const whole = `${mayBeNegative ? '"-"? ' : ''}(${next(0, allDigits.slice(1), maxDigits)})`
  return mayBeZero ? `("0" | ${whole})` : whole
}

const allDigits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
