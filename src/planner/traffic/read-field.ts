// Values out of decoded rows: by the first name that is there, as a number, a text or a moment.

import type { Row } from './traffic-row.js'

interface Place {
  readonly name: string
  /** For `a.b`: the names on the way. */
  readonly path: readonly string[]
}

/** Lists of names are few and asked for in every row of a log: their paths are split once. */
const places = new WeakMap<readonly string[], readonly Place[]>()

const placesOf = (names: readonly string[]): readonly Place[] => {
  const known = places.get(names)
  if (known) return known
  const made = names.map((name) => ({ name, path: name.includes('.') ? name.split('.') : [] }))
  places.set(names, made)
  return made
}

/** The value under the first of these names that is there and not empty. `a.b` looks into objects, and into JSON texts. */
export const fieldOf = (row: Row, names: readonly string[]): unknown => {
  for (const { name, path } of placesOf(names)) {
    const own = row[name] ?? (path.length > 0 ? nested(row, path) : undefined)
    if (own !== undefined && own !== null && own !== '') return own
  }
  return undefined
}

const nested = (row: Row, path: readonly string[]): unknown => {
  let value: unknown = row
  for (const name of path) {
    const object = typeof value === 'string' && value.startsWith('{') ? parsed(value) : value
    if (typeof object !== 'object' || object === null) return undefined
    value = (object as Row)[name]
    if (value === undefined) return undefined
  }
  return value
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // A text that only begins like JSON has no fields.
    return undefined
  }
}

/** A number >= 0, also when it is written as text. */
export const amountOf = (row: Row, names: readonly string[]): number | null => amount(fieldOf(row, names))

const amount = (value: unknown): number | null => {
  const number = typeof value === 'string' ? Number(value.replace(/^\$/, '')) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null
}

/** A count of tokens as it is written: null where there is none, NaN for what is no number. */
export const tokensOf = (row: Row, names: readonly string[]): number | null => {
  const value = fieldOf(row, names)
  if (value === undefined) return null
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN
}

export const textOf = (row: Row, names: readonly string[]): string | null => {
  const value = fieldOf(row, names)
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null
}

export const timeOf = (row: Row, names: readonly string[]): number | null => readTime(fieldOf(row, names))

/**
 * A moment in ms since 1970, fractions kept. Texts are ISO 8601 with `T` or a space and any number of decimals, in
 * UTC where no zone is given. Numbers are seconds, ms, µs or ns by their size: below 1e11, 1e14, 1e17 or above.
 */
export const readTime = (value: unknown): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? fromEpoch(value) : null
  if (typeof value !== 'string') return null
  if (/^\d+(\.\d+)?$/.test(value)) return fromEpoch(Number(value))
  const match = iso.exec(value.trim())
  if (!match) return null
  const [, day, clock = '00:00:00', fraction = '', zone = 'Z'] = match
  const whole = Date.parse(`${day}T${clock}Z`)
  const ms = whole + (fraction === '' ? 0 : Number(`0${fraction.replace(',', '.')}`) * 1000) - offsetMs(zone)
  return Number.isNaN(ms) ? null : ms
}

const iso =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)([.,]\d+)?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?)?$/

const offsetMs = (zone: string): number => {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  if (!match) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return (match[1] === '-' ? -1 : 1) * minutes * 60_000
}

const fromEpoch = (value: number): number =>
  value < 1e11 ? value * 1000 : value < 1e14 ? value : value < 1e17 ? value / 1000 : value / 1e6
