// Servers and hosted APIs that differ from the API they speak, each difference with its source. Knows neither engines
// nor what a quirk does: names and values are those of `quirks` in architecture.yaml.

import data from './data/servers.json' with { type: 'json' }
import { type Source, sourceOf } from './table.js'

export interface KnownServer {
  /** As a deployment's `engine` or `provider` names it. */
  readonly name: string
  /** The API it is best spoken to in, where that is not OpenAI's chat completions. */
  readonly dialect: Fact | null
  readonly quirks: Readonly<Record<string, Fact>>
}

export interface Fact {
  readonly value: unknown
  readonly source: Source
}

interface Row {
  readonly name: string
  readonly dialect?: readonly unknown[]
  readonly quirks: Readonly<Record<string, readonly unknown[]>>
}

/** What the catalogue knows of servers, in order of their names. */
export const readServers = (): readonly KnownServer[] =>
  (data.servers as unknown as readonly Row[]).map(({ name, dialect, quirks }) => ({
    name,
    dialect: dialect ? factOf(dialect) : null,
    quirks: Object.fromEntries(Object.entries(quirks).map(([quirk, fact]) => [quirk, factOf(fact)])),
  }))

const factOf = ([value, source]: readonly unknown[]): Fact => ({
  value,
  source: sourceOf(data.sources[Number(source)] ?? []),
})
