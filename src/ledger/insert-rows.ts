// Writes rows of attempts, one statement per batch. Knows no journal.

import { sql } from 'kysely'
import type { Store } from '../store/index.js'
import type { LedgerRow } from './ledger-row.js'

/**
 * Inserts rows, no two with the same key. A row that is there already stays, unless its end was unknown and is
 * known now; so the same rows may be written any number of times and in any order.
 */
export const insertRows = async (store: Pick<Store, 'db'>, rows: readonly LedgerRow[]): Promise<void> => {
  if (rows.length === 0) return
  const names = sql.join(columns.map(({ name }) => sql.ref(name)))
  const types = sql.join(columns.map(({ name, type }) => sql`${sql.ref(name)} ${sql.raw(type)}`))
  const replaced = sql.join(
    columns
      .filter(({ name }) => !keyColumns.has(name))
      .map(({ name }) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`),
  )
  await sql`insert into ledger_attempt (${names}) select * from json_to_recordset(${recordsOf(rows)}::json) as rows (${types})
    on conflict (request_id, attempt) do update set ${replaced}
    where ledger_attempt.ended = 'unknown' and excluded.ended <> 'unknown'`.execute(store.db)
}

interface Column {
  readonly name: string
  readonly type: 'text' | 'integer' | 'bigint' | 'double precision' | 'timestamptz'
  readonly value: (row: LedgerRow) => string | number | null
}

const columns: readonly Column[] = [
  { name: 'request_id', type: 'text', value: (row) => row.requestId },
  { name: 'attempt', type: 'integer', value: (row) => row.attempt },
  { name: 'tenant', type: 'text', value: (row) => row.tenant },
  { name: 'key_id', type: 'text', value: (row) => row.keyId },
  { name: 'route', type: 'text', value: (row) => row.route },
  { name: 'deployment', type: 'text', value: (row) => row.deployment },
  { name: 'architecture_hash', type: 'text', value: (row) => row.architectureHash },
  { name: 'started_at', type: 'timestamptz', value: (row) => new Date(row.startedAtMs).toISOString() },
  { name: 'first_content_ms', type: 'double precision', value: (row) => row.firstContentMs },
  { name: 'total_ms', type: 'double precision', value: (row) => row.totalMs },
  { name: 'input_tokens', type: 'bigint', value: (row) => row.usage.input.total },
  { name: 'input_cache_read_tokens', type: 'bigint', value: (row) => row.usage.input.cacheRead },
  { name: 'input_cache_write_tokens', type: 'bigint', value: (row) => row.usage.input.cacheWrite },
  { name: 'output_tokens', type: 'bigint', value: (row) => row.usage.output.total },
  { name: 'output_reasoning_tokens', type: 'bigint', value: (row) => row.usage.output.reasoning },
  { name: 'usage_source', type: 'text', value: (row) => row.usageSource },
  { name: 'ended', type: 'text', value: (row) => row.end },
  { name: 'error_code', type: 'text', value: (row) => row.errorCode },
  { name: 'price_version', type: 'text', value: (row) => row.priceVersion },
  {
    name: 'cost_nano_usd',
    type: 'bigint',
    value: (row) => (row.costNanoUsd === null ? null : row.costNanoUsd.toString()),
  },
]
const keyColumns = new Set(['request_id', 'attempt'])

/** One text for all rows: the driver writes an array per column some ten times slower. */
const recordsOf = (rows: readonly LedgerRow[]): string =>
  JSON.stringify(
    rows.map((row) => {
      const record: Record<string, string | number | null> = {}
      for (const { name, value } of columns) record[name] = value(row)
      return record
    }),
  )
