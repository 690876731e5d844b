// Writes rows of attempts, one statement per batch. Knows no journal.

import { CompiledQuery } from 'kysely'
import type { Store } from '../store/index.js'
import type { LedgerRow } from './ledger-row.js'

/**
 * Inserts rows, no two with the same key. A row that is there already stays, unless its end was unknown and is
 * known now; so the same rows may be written any number of times and in any order.
 */
export const insertRows = async (store: Pick<Store, 'db'>, rows: readonly LedgerRow[]): Promise<void> => {
  if (rows.length > 0) await store.db.executeQuery(CompiledQuery.raw(statement, [recordsOf(rows)]))
}

const types = {
  request_id: 'text',
  attempt: 'integer',
  tenant: 'text',
  key_id: 'text',
  route: 'text',
  deployment: 'text',
  architecture_hash: 'text',
  started_at: 'timestamptz',
  first_content_ms: 'double precision',
  total_ms: 'double precision',
  input_tokens: 'bigint',
  input_cache_read_tokens: 'bigint',
  input_cache_write_tokens: 'bigint',
  output_tokens: 'bigint',
  output_reasoning_tokens: 'bigint',
  usage_source: 'text',
  ended: 'text',
  error_code: 'text',
  price_version: 'text',
  cost_nano_usd: 'bigint',
} as const
const keyColumns = new Set(['request_id', 'attempt'])
const names = Object.keys(types)
const typed = Object.entries(types).map(([name, type]) => `${name} ${type}`)
const replaced = names.filter((name) => !keyColumns.has(name)).map((name) => `${name} = excluded.${name}`)

/** Written once: for a batch of few rows, putting it together costs more than the rows. */
const statement = `insert into ledger_attempt (${names.join(', ')})
  select * from json_to_recordset($1::json) as rows (${typed.join(', ')})
  on conflict (request_id, attempt) do update set ${replaced.join(', ')}
  where ledger_attempt.ended = 'unknown' and excluded.ended <> 'unknown'`

/** Written out, since a list of columns to go through for each row costs twice as much. */
const recordOf = (row: LedgerRow): Readonly<Record<keyof typeof types, string | number | null>> => ({
  request_id: row.requestId,
  attempt: row.attempt,
  tenant: row.tenant,
  key_id: row.keyId,
  route: row.route,
  deployment: row.deployment,
  architecture_hash: row.architectureHash,
  started_at: new Date(row.startedAtMs).toISOString(),
  first_content_ms: row.firstContentMs,
  total_ms: row.totalMs,
  input_tokens: row.usage.input.total,
  input_cache_read_tokens: row.usage.input.cacheRead,
  input_cache_write_tokens: row.usage.input.cacheWrite,
  output_tokens: row.usage.output.total,
  output_reasoning_tokens: row.usage.output.reasoning,
  usage_source: row.usageSource,
  ended: row.end,
  error_code: row.errorCode,
  price_version: row.priceVersion,
  cost_nano_usd: row.costNanoUsd === null ? null : row.costNanoUsd.toString(),
})

/** One text for all rows: the driver writes an array per column some ten times slower. */
const recordsOf = (rows: readonly LedgerRow[]): string => JSON.stringify(rows.map(recordOf))
