// The read side: pages of rows, and sums by group. Knows no journal: what it cannot see yet is flushed before.

import { type RawBuilder, sql } from 'kysely'
import type { Store } from '../store/index.js'
import type { LedgerRow } from './ledger-row.js'
import { ledgerError } from './messages.js'

/** Asks for the rows of every tenant. A symbol, so that no text of a caller can mean it. */
export const allTenants: unique symbol = Symbol('all tenants')

export interface RowsFilter {
  /** Whose rows; there is no default, so that nobody sees another tenant's rows by leaving it out. */
  readonly tenant: string | typeof allTenants
  readonly requestId?: string
  /** Wall-clock ms since 1970: attempts that started at or after it. */
  readonly from?: number
  /** Wall-clock ms since 1970: attempts that started before it. */
  readonly to?: number
}

export interface RowsQuery extends RowsFilter {
  /** Rows of a page, 1 to 1,000; default 100. */
  readonly limit?: number
  /** The `next` of the page before, in the same order. */
  readonly after?: string
  /** Default `oldest`. */
  readonly first?: 'oldest' | 'newest'
}

export interface RowsPage {
  /** In order of their start. */
  readonly rows: readonly LedgerRow[]
  /** Where the next page starts; null at the end. */
  readonly next: string | null
}

export const summaryGroups = ['tenant', 'key', 'route', 'deployment', 'day'] as const
export type SummaryGroup = (typeof summaryGroups)[number]

export interface SummaryQuery extends RowsFilter {
  readonly by: SummaryGroup
}

export interface SummaryRow {
  /** The tenant, key id, route or deployment; or the day in UTC, as `2026-11-25`. */
  readonly group: string
  readonly requests: number
  readonly attempts: number
  readonly failed: number
  /** Attempts whose process ended before they were settled. */
  readonly unsettled: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Sum of the priced attempts, in whole nano-dollars. */
  readonly costNanoUsd: bigint
  /** Attempts without a price or a usage: what the sum does not contain. */
  readonly unpriced: number
}

/** @throws `ledger.cursor-invalid` */
export const selectRows = async (store: Pick<Store, 'db'>, query: RowsQuery): Promise<RowsPage> => {
  const { isAfter, direction } = orders[query.first ?? 'oldest']
  const limit = Math.min(1000, Math.max(1, Math.trunc(query.limit ?? 100)))
  const { rows } = await sql<RowRecord>`select * from ledger_attempt
    where ${sql.join([...conditions(query), ...afterCursor(query.after, isAfter)], sql` and `)}
    order by started_at ${direction}, request_id ${direction}, attempt ${direction} limit ${limit + 1}`.execute(
    store.db,
  )
  const page = rows.slice(0, limit).map(rowOf)
  const last = page.at(-1)
  return { rows: page, next: rows.length > limit && last ? cursorOf(last) : null }
}

/** How a later row of the pages compares with one before it. */
const orders = {
  oldest: { isAfter: sql`>`, direction: sql`asc` },
  newest: { isAfter: sql`<`, direction: sql`desc` },
}

export const selectSummary = async (
  store: Pick<Store, 'db'>,
  query: SummaryQuery,
): Promise<readonly SummaryRow[]> => {
  const { rows } = await sql<SummaryRecord>`select ${groupColumn[query.by]} as "group",
      count(distinct request_id) as requests, count(*) as attempts,
      count(*) filter (where ended = 'failed') as failed, count(*) filter (where ended = 'unknown') as unsettled,
      sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
      coalesce(sum(cost_nano_usd), 0) as cost_nano_usd, count(*) filter (where cost_nano_usd is null) as unpriced
    from ledger_attempt where ${sql.join(conditions(query), sql` and `)}
    group by 1 order by 1`.execute(store.db)
  return rows.map((row) => ({
    group: row.group,
    requests: Number(row.requests),
    attempts: Number(row.attempts),
    failed: Number(row.failed),
    unsettled: Number(row.unsettled),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    costNanoUsd: BigInt(row.cost_nano_usd),
    unpriced: Number(row.unpriced),
  }))
}

/** What each key has spent since a time, in nano-dollars. */
export const selectSpending = async (
  store: Pick<Store, 'db'>,
  fromMs: number,
): Promise<ReadonlyMap<string, bigint>> => {
  const { rows } = await sql<{ key_id: string; cost: string }>`
    select key_id, sum(cost_nano_usd) as cost from ledger_attempt
    where started_at >= ${new Date(fromMs)} and cost_nano_usd is not null group by key_id`.execute(store.db)
  return new Map(rows.map((row) => [row.key_id, BigInt(row.cost)]))
}

const groupColumn: Readonly<Record<SummaryGroup, RawBuilder<string>>> = {
  tenant: sql<string>`tenant`,
  key: sql<string>`key_id`,
  route: sql<string>`route`,
  deployment: sql<string>`deployment`,
  day: sql<string>`to_char(started_at at time zone 'UTC', 'YYYY-MM-DD')`,
}

const conditions = ({ tenant, requestId, from, to }: RowsFilter): RawBuilder<unknown>[] => [
  tenant === allTenants ? sql`true` : sql`tenant = ${tenant}`,
  ...(requestId === undefined ? [] : [sql`request_id = ${requestId}`]),
  ...(from === undefined ? [] : [sql`started_at >= ${new Date(from)}`]),
  ...(to === undefined ? [] : [sql`started_at < ${new Date(to)}`]),
]

/** The position of a row in the order of pages. */
const cursorOf = (row: LedgerRow) =>
  Buffer.from(JSON.stringify([row.startedAtMs, row.requestId, row.attempt])).toString('base64url')

const afterCursor = (cursor: string | undefined, isAfter: RawBuilder<unknown>): RawBuilder<unknown>[] => {
  if (cursor === undefined) return []
  const [startedAtMs, requestId, attempt] = parseCursor(cursor)
  return [
    sql`(started_at, request_id, attempt) ${isAfter} (${new Date(startedAtMs)}, ${requestId}::text, ${attempt}::integer)`,
  ]
}

const parseCursor = (cursor: string): readonly [number, string, number] => {
  try {
    const [startedAtMs, requestId, attempt] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    const isTime = Number.isFinite(startedAtMs) && Math.abs(startedAtMs) <= 8.64e15
    if (isTime && typeof requestId === 'string' && Number.isInteger(attempt))
      return [startedAtMs, requestId, attempt]
  } catch {
    // Not JSON: refused below like any other wrong position.
  }
  throw ledgerError('ledger.cursor-invalid', { cursor })
}

/** What the driver returns: bigint as text, timestamptz as Date. */
interface RowRecord {
  readonly request_id: string
  readonly attempt: number
  readonly tenant: string
  readonly key_id: string
  readonly route: string
  readonly deployment: string
  readonly architecture_hash: string
  readonly started_at: Date
  readonly first_content_ms: number | null
  readonly total_ms: number | null
  readonly input_tokens: string
  readonly input_cache_read_tokens: string
  readonly input_cache_write_tokens: string
  readonly output_tokens: string
  readonly output_reasoning_tokens: string
  readonly usage_source: LedgerRow['usageSource']
  readonly ended: LedgerRow['end']
  readonly error_code: string | null
  readonly price_version: string | null
  readonly cost_nano_usd: string | null
}

type SummaryRecord = Readonly<
  Record<
    | 'group'
    | 'requests'
    | 'attempts'
    | 'failed'
    | 'unsettled'
    | 'input_tokens'
    | 'output_tokens'
    | 'cost_nano_usd'
    | 'unpriced',
    string
  >
>

const rowOf = (record: RowRecord): LedgerRow => ({
  requestId: record.request_id,
  attempt: record.attempt,
  tenant: record.tenant,
  keyId: record.key_id,
  route: record.route,
  deployment: record.deployment,
  architectureHash: record.architecture_hash,
  startedAtMs: record.started_at.getTime(),
  firstContentMs: record.first_content_ms,
  totalMs: record.total_ms,
  usage: {
    input: {
      total: Number(record.input_tokens),
      cacheRead: Number(record.input_cache_read_tokens),
      cacheWrite: Number(record.input_cache_write_tokens),
    },
    output: { total: Number(record.output_tokens), reasoning: Number(record.output_reasoning_tokens) },
  },
  usageSource: record.usage_source,
  end: record.ended,
  errorCode: record.error_code,
  priceVersion: record.price_version,
  costNanoUsd: record.cost_nano_usd === null ? null : BigInt(record.cost_nano_usd),
})
