// Fields of a configuration file, under the several names that architectures give them. Knows no architecture.

import { catalogError } from '../messages.js'

type Json = Readonly<Record<string, unknown>>

export interface Fields {
  /** Null when none of the names holds a number. */
  number(...names: readonly string[]): number | null
  /** @throws `catalog.config-incomplete` */
  required(...names: readonly string[]): number
  flag(name: string): boolean | null
  text(name: string): string | null
  list(...names: readonly string[]): readonly unknown[] | null
  section(...names: readonly string[]): Fields | null
  record(name: string): Json | null
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const fieldsOf = (json: Json): Fields => {
  const firstOf = <T>(names: readonly string[], isWanted: (value: unknown) => value is T): T | null => {
    for (const name of names) if (isWanted(json[name])) return json[name]
    return null
  }
  const number = (...names: readonly string[]) => firstOf(names, isNumber)
  return {
    number,
    required: (...names) => {
      const value = number(...names)
      if (value !== null) return value
      throw catalogError('catalog.config-incomplete', { field: names[0] ?? '' })
    },
    flag: (name) => firstOf([name], (value) => typeof value === 'boolean'),
    text: (name) => firstOf([name], (value) => typeof value === 'string'),
    list: (...names) => firstOf(names, Array.isArray) as readonly unknown[] | null,
    section: (...names) => {
      const found = firstOf(names, isObject)
      return found === null ? null : fieldsOf(found)
    },
    record: (name) => firstOf([name], isObject),
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
