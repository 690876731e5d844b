// The configuration files of the catalogue's models, with what was added to them by hand: fields
// of some, and further models (`further-model-configs.json`). Knows no arithmetic.

import further from './data/further-model-configs.json' with { type: 'json' }
import additions from './data/model-config-additions.json' with { type: 'json' }
import table from './data/model-configs.json' with { type: 'json' }
import { isObject } from './hf-config/fields.js'
import { type Source, sourceOf } from './table.js'

export interface ModelConfig {
  readonly name: string
  readonly source: Source
  /** As parsed from a `config.json`. */
  readonly config: Readonly<Record<string, unknown>>
}

export const readModelConfigs = (): readonly ModelConfig[] =>
  Object.entries(rows).map(([name, row]) => ({
    name,
    source: sourceOf(row.source),
    config: { ...expanded(row), ...addedTo(name) },
  }))

interface Row {
  readonly source: readonly string[]
  /** A model of the same shape, whose configuration this one only differs from. */
  readonly like?: string
  readonly config: object
}

const rows: Readonly<Record<string, Row>> = { ...table, ...further }

const expanded = ({ like, config }: Row): Readonly<Record<string, unknown>> => {
  const shared = like === undefined ? undefined : rows[like]
  return { ...(shared ? expanded(shared) : {}), ...(expand(config) as Readonly<Record<string, unknown>>) }
}

const addedTo = (name: string): Readonly<Record<string, unknown>> => {
  const all: Readonly<Record<string, { readonly config: Readonly<Record<string, unknown>> } | undefined>> =
    additions
  return all[name]?.config ?? {}
}

/** Long lists are kept as one period and a length, or as runs of equal values. */
const expand = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(expand)
  if (!isObject(value)) return value
  const { cycle, length, runs } = value
  if (Array.isArray(cycle)) return Array.from({ length: Number(length) }, (_, i) => cycle[i % cycle.length])
  if (Array.isArray(runs))
    return runs.flatMap(([item, times]) => Array.from({ length: times }, () => expand(item)))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, expand(inner)]))
}
