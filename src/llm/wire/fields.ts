// Reading JSON values whose shape nobody guarantees. Knows no dialect.

import { llmError } from '../messages.js'

export type Fields = Readonly<Record<string, unknown>>

/** The value as an object, undefined when it is none. */
export const objectOf = (value: unknown): Fields | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : undefined

export const stringOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The object that a JSON text says, undefined when it says none or is no JSON. */
export const fieldsIn = (text: string): Fields | undefined => {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** The fields whose names are not among `known`. */
export const restOf = (fields: Fields, known: ReadonlySet<string>): Record<string, unknown> => {
  const rest: Record<string, unknown> = {}
  for (const name of Object.keys(fields)) if (!known.has(name)) rest[name] = fields[name]
  return rest
}

export const isEmpty = (fields: Fields): boolean => {
  for (const _name in fields) return false
  return true
}

/** Leaves out what is undefined, as `exactOptionalPropertyTypes` wants it. */
export const compact = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } => {
  const kept: Record<string, unknown> = {}
  for (const name in fields) {
    const value = fields[name]
    if (value !== undefined) kept[name] = value
  }
  return kept as { [K in keyof T]: Exclude<T[K], undefined> }
}

/** @throws `llm.request-unreadable` */
export const unreadable = (field: string, expected: string): never => {
  throw llmError('llm.request-unreadable', { field, expected })
}

/** A request's field that must be an object. @throws `llm.request-unreadable` */
export const requireObject = (value: unknown, field: string): Fields =>
  objectOf(value) ?? unreadable(field, 'an object')

/** @throws `llm.request-unreadable` */
export const requireString = (value: unknown, field: string): string =>
  stringOf(value) ?? unreadable(field, 'a string')

/** @throws `llm.request-unreadable` */
export const requireList = (value: unknown, field: string): readonly unknown[] =>
  Array.isArray(value) ? value : unreadable(field, 'a list')

/** Counts of tokens, by their names. An object without any reports nothing: what was used is estimated then. */
export const countsIn = (value: unknown, ...names: readonly string[]): Fields | undefined => {
  const usage = objectOf(value)
  return usage && names.some((name) => typeof usage[name] === 'number') ? usage : undefined
}
