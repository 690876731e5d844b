// What became of each file of a knowledge base when it was last read: a LanceDB table. Knows neither the files nor
// their passages.

import type { Connection } from '@lancedb/lancedb'
import { Field, Int32, Schema, Utf8 } from 'apache-arrow'
import type { Message } from '../core/index.js'
import { isOneOf } from './access-filter.js'
import { upsert } from './upsert.js'

/** What became of a file when it was last read. */
export type DocumentState = 'ingested' | 'empty' | 'failed'

export interface DocumentRecord {
  readonly path: string
  readonly state: DocumentState
  readonly reason?: Message
  /** Of the file's bytes and of the settings it was read under; empty when it has to be read again. */
  readonly fingerprint: string
  readonly passages: number
}

export interface DocumentTable {
  all(): Promise<ReadonlyMap<string, DocumentRecord>>
  put(records: readonly DocumentRecord[]): Promise<void>
  remove(paths: readonly string[]): Promise<void>
  optimize(before: Date): Promise<void>
  close(): void
}

const text = (name: string) => new Field(name, new Utf8(), false)
const documentSchema = new Schema([
  ...['path', 'state', 'reason', 'fingerprint'].map(text),
  new Field('passages', new Int32(), false),
])

export const openDocumentTable = async (connection: Connection, name: string): Promise<DocumentTable> => {
  const table = await connection.createEmptyTable(name, documentSchema, { mode: 'create', existOk: true })
  return {
    all: async () => {
      const rows: Record<string, string>[] = await table.query().toArray()
      return new Map(rows.map((row) => [row.path ?? '', recordOf(row)]))
    },
    put: async (records) => {
      if (records.length === 0) return
      const rows = records.map(({ reason, ...record }) => ({
        ...record,
        reason: reason ? JSON.stringify(reason) : '',
      }))
      await upsert(table, 'path', rows)
    },
    remove: async (paths) => {
      if (paths.length > 0) await table.delete(isOneOf('path', paths))
    },
    optimize: async (before) => {
      await table.optimize({ cleanupOlderThan: before })
    },
    close: () => table.close(),
  }
}

const recordOf = (row: Record<string, unknown>): DocumentRecord => ({
  path: String(row.path),
  state: row.state as DocumentState,
  fingerprint: String(row.fingerprint),
  passages: Number(row.passages),
  ...(row.reason !== '' && { reason: JSON.parse(String(row.reason)) as Message }),
})
