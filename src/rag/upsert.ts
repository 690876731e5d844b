// Writes rows by their key. Knows no table.

import type { Table } from '@lancedb/lancedb'

/** Inserts or replaces rows by their key, in one step. */
export const upsert = async (table: Table, key: string, rows: readonly object[]) => {
  if (rows.length === 0) return
  await table
    .mergeInsert(key)
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .execute(rows.map((row) => ({ ...row })))
}
