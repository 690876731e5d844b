// The texts that citations refer to, by version: a LanceDB table. A text stays readable when its document changes,
// and goes when the document goes.

import { type Connection, Index, type Table } from '@lancedb/lancedb'
import { Field, Float64, Schema, Utf8 } from 'apache-arrow'
import { isOneOf, quoted } from './access-filter.js'
import { upsert } from './upsert.js'

export interface VersionedText {
  /** Names the text, its document and its knowledge base; a hash that cannot be guessed without the text. */
  readonly version: string
  readonly path: string
  readonly text: string
  readonly ingestedAtMs: number
}

export interface TextTable {
  put(texts: readonly VersionedText[]): Promise<void>
  read(version: string): Promise<string | undefined>
  /** Removes every text of these documents. */
  remove(paths: readonly string[]): Promise<void>
  /** Keeps the newest `kept` texts of each of these documents. */
  prune(paths: readonly string[], kept: number): Promise<void>
  optimize(before: Date): Promise<void>
  close(): void
}

const textSchema = new Schema([
  ...['version', 'path', 'text'].map((name) => new Field(name, new Utf8(), false)),
  new Field('ingestedAtMs', new Float64(), false),
])

export const openTextTable = async (connection: Connection, name: string): Promise<TextTable> => {
  const table = await connection.createEmptyTable(name, textSchema, { mode: 'create', existOk: true })
  const indexed = new Set((await table.listIndices()).flatMap((index) => index.columns))
  for (const column of ['version', 'path'])
    if (!indexed.has(column)) await table.createIndex(column, { config: Index.btree() })
  return {
    put: (texts) => upsert(table, 'version', texts),
    read: async (version) => {
      const rows: { text: string }[] = await table
        .query()
        .where(`version = ${quoted(version)}`)
        .select(['text'])
        .limit(1)
        .toArray()
      return rows[0]?.text
    },
    remove: async (paths) => {
      if (paths.length > 0) await table.delete(isOneOf('path', paths))
    },
    prune: async (paths, kept) => {
      const superseded = await oldVersions(table, paths, kept)
      if (superseded.length > 0) await table.delete(isOneOf('version', superseded))
    },
    optimize: async (before) => {
      await table.optimize({ cleanupOlderThan: before })
    },
    close: () => table.close(),
  }
}

const oldVersions = async (table: Table, paths: readonly string[], kept: number): Promise<string[]> => {
  if (paths.length === 0) return []
  const rows: VersionedText[] = await table
    .query()
    .where(isOneOf('path', paths))
    .select(['version', 'path', 'ingestedAtMs'])
    .toArray()
  const byPath = Map.groupBy(rows, (row) => row.path)
  return [...byPath.values()].flatMap((versions) =>
    versions
      .sort((a, b) => b.ingestedAtMs - a.ingestedAtMs)
      .slice(kept)
      .map((row) => row.version),
  )
}
