// Fields of a configuration file, under the several names that architectures give them. What is broken is collected, so
// that all of it can be told at once. Knows no architecture.

type Json = Readonly<Record<string, unknown>>

/** A field that holds what no model has. */
export interface FieldProblem {
  /** With the sections around it: `text_config.hidden_size`. */
  readonly field: string
  /** As it is written; null = nothing is. */
  readonly found: string | null
  /** A whole number from 1 to this, or one that divides another field. */
  readonly most: number
  readonly divides: string | null
}

export interface Fields {
  /** Null when none of the names holds a number. */
  number(...names: readonly string[]): number | null
  /** A whole number from 1 on, or null when none of the names holds anything. */
  count(...names: readonly string[]): number | null
  /** As `count`; where nothing is held, that is a problem, and 1 stands in. */
  required(...names: readonly string[]): number
  flag(name: string): boolean | null
  text(name: string): string | null
  list(...names: readonly string[]): readonly unknown[] | null
  section(...names: readonly string[]): Fields | null
  record(name: string): Json | null
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** No model comes near these; a file beyond them is broken, and would be counted layer by layer. */
const limits: readonly (readonly [RegExp, number])[] = [
  [/layers|depth/, 2000],
  [/heads|experts/, 10_000],
  [/^max_position|^n_positions|^seq_length/, 1_000_000_000],
  [/vocab|intermediate/, 10_000_000],
]

export const mostOf = (name: string): number =>
  limits.find(([pattern]) => pattern.test(name))?.[1] ?? 1_000_000

interface Where {
  /** Where the file's problems are collected. */
  readonly problems: FieldProblem[]
  readonly path: string
}

export const fieldsOf = (json: Json, { problems, path }: Where = { problems: [], path: '' }): Fields => {
  const firstOf = <T>(names: readonly string[], isWanted: (value: unknown) => value is T): T | null => {
    for (const name of names) if (isWanted(json[name])) return json[name]
    return null
  }
  const report = (name: string, value: unknown) => {
    const field = `${path}${name}`
    if (problems.some((known) => known.field === field)) return
    const found = value === undefined || value === null ? null : JSON.stringify(value).slice(0, 40)
    problems.push({ field, found, most: mostOf(name), divides: null })
  }
  const count = (...names: readonly string[]) => {
    const name = names.find((each) => json[each] !== undefined && json[each] !== null)
    if (name === undefined) return null
    const value = json[name]
    if (Number.isInteger(value) && isWithin(value, 1, mostOf(name))) return value
    report(name, value)
    return 1
  }
  return {
    count,
    number: (...names) => {
      const name = names.find((each) => typeof json[each] === 'number')
      const value = name === undefined ? null : json[name]
      if (name === undefined || isWithin(value, -mostOf(name), mostOf(name))) return value as number | null
      report(name, value)
      return 1
    },
    required: (...names) => {
      const value = count(...names)
      if (value === null) report(names[0] ?? '', null)
      return value ?? 1
    },
    flag: (name) => firstOf([name], (value) => typeof value === 'boolean'),
    text: (name) => firstOf([name], (value) => typeof value === 'string'),
    list: (...names) => firstOf(names, Array.isArray) as readonly unknown[] | null,
    section: (...names) => {
      const name = names.find((each) => isObject(json[each]))
      return name === undefined ? null : fieldsOf(json[name] as Json, { problems, path: `${path}${name}.` })
    },
    record: (name) => firstOf([name], isObject),
  }
}

const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most
