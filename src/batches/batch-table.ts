// The SQL of batches themselves. Each statement is a single one, so that no transaction is held open on the embedded
// database. A status changes only from those that it may follow, so that of two processes one has its way.

import { sql } from 'kysely'
import type { Store } from '../store/index.js'
import type {
  Batch,
  BatchDialect,
  BatchEnding,
  BatchLine,
  BatchName,
  BatchPage,
  BatchProblem,
  BatchQuery,
  BatchStatus,
} from './records.js'

type Database = Store['db']

export const insertBatch = async (db: Database, batch: Batch, lines: readonly BatchLine[]): Promise<void> => {
  await sql`with batch as (
      insert into batches_batch (id, tenant, key_id, dialect, endpoint, input_file_id, metadata,
        output_expires_after_ms, status, total, created_at, expires_at, reached_ms)
      values (${batch.id}, ${batch.tenant}, ${batch.keyId}, ${batch.dialect}, ${batch.endpoint},
        ${batch.inputFileId}, ${batch.metadata && JSON.stringify(batch.metadata)}, ${batch.outputExpiresAfterMs},
        ${batch.status}, ${lines.length}, ${batch.createdAt}, ${batch.expiresAt},
        ${JSON.stringify(batch.reachedMs)}::jsonb))
    insert into batches_line (batch_id, number, custom_id, request)
    select ${batch.id}, added.number, added.custom_id, added.request
    from unnest(${lines.map(({ customId }) => customId)}::text[], ${lines.map(({ body }) => body)}::text[])
      with ordinality as added (custom_id, request, number)`.execute(db)
}

export const selectBatch = async (db: Database, id: string): Promise<StoredBatch | undefined> => {
  const { rows } = await sql<Row>`select * from batches_batch where id = ${id}`.execute(db)
  return rows[0] && batchOf(rows[0])
}

export const selectNamed = async (db: Database, name: BatchName): Promise<StoredBatch | undefined> => {
  const { rows } = await sql<Row>`select * from batches_batch where ${isNamed(name)}`.execute(db)
  return rows[0] && batchOf(rows[0])
}

/** @returns undefined when there is no batch `after` or `before` */
export const selectBatches = async (
  db: Database,
  owner: { readonly tenant: string; readonly dialect: BatchDialect },
  { after, before, limit }: BatchQuery,
): Promise<BatchPage | undefined> => {
  const id = after ?? before
  const from = id === undefined ? undefined : await selectNamed(db, { ...owner, id })
  if (id !== undefined && !from) return undefined
  const isBackward = after === undefined && before !== undefined
  const [direction, compare] = isBackward ? [sql`asc`, sql`>`] : [sql`desc`, sql`<`]
  const { rows } = await sql<Row>`select * from batches_batch
    where tenant = ${owner.tenant} and dialect = ${owner.dialect}
      ${from ? sql`and (created_at, id) ${compare} (${from.createdAt}, ${from.id})` : sql``}
    order by created_at ${direction}, id ${direction} limit ${limit + 1}`.execute(db)
  const batches = rows.slice(0, limit).map(batchOf)
  return { batches: isBackward ? batches.toReversed() : batches, hasMore: rows.length > limit }
}

/** @returns false when it was in none of the statuses it may come from */
export const changeStatus = async (
  db: Database,
  id: string,
  change: {
    readonly from: readonly BatchStatus[]
    readonly to: BatchStatus
    readonly nowMs: number
    /** What it will end as. */
    readonly ending?: BatchEnding
    readonly problems?: readonly BatchProblem[]
    readonly hasOutput?: boolean
    readonly hasErrors?: boolean
  },
): Promise<boolean> => {
  const { from, to, nowMs, ending, problems, hasOutput = false, hasErrors = false } = change
  const { numAffectedRows } = await sql`update batches_batch set status = ${to},
      reached_ms = reached_ms || ${JSON.stringify({ [to]: nowMs })}::jsonb,
      ending = coalesce(${ending ?? null}, ending),
      problems = coalesce(${problems ? JSON.stringify(problems) : null}, problems),
      has_output = ${hasOutput}, has_errors = ${hasErrors}
    where id = ${id} and status = any(${[...from]}::text[])`.execute(db)
  return numAffectedRows === 1n
}

/** Those that a worker has still to do with, oldest first. */
export const selectUnfinished = async (db: Database): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`select id from batches_batch
    where status in ('validating', 'in_progress', 'finalizing', 'cancelling') order by created_at, id`.execute(
    db,
  )
  return rows.map(({ id }) => id)
}

/** @returns false when it was not there or has not ended */
export const deleteBatch = async (db: Database, name: BatchName): Promise<boolean> => {
  const { numAffectedRows } = await sql`delete from batches_batch
    where ${isNamed(name)} and ${isOver}`.execute(db)
  return numAffectedRows === 1n
}

/** @returns how many there were */
export const deleteBatchesUntil = async (db: Database, until: Date): Promise<number> => {
  const { numAffectedRows } = await sql`delete from batches_batch
    where created_at <= ${until} and ${isOver}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

const isOver = sql`status in ('completed', 'failed', 'expired', 'cancelled')`

const isNamed = ({ tenant, dialect, id }: BatchName) =>
  sql`tenant = ${tenant} and dialect = ${dialect} and id = ${id}`

export interface StoredBatch extends Batch {
  /** Known from `finalizing` on. */
  readonly ending: BatchEnding | null
}

interface Row {
  readonly id: string
  readonly tenant: string
  readonly key_id: string
  readonly dialect: BatchDialect
  readonly endpoint: string
  readonly input_file_id: string | null
  readonly metadata: string | null
  readonly output_expires_after_ms: string | null
  readonly status: BatchStatus
  readonly ending: BatchEnding | null
  readonly total: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly expired: number
  readonly problems: string
  readonly has_output: boolean
  readonly has_errors: boolean
  readonly created_at: Date
  readonly expires_at: Date
  readonly reached_ms: Batch['reachedMs']
}

const batchOf = (row: Row): StoredBatch => ({
  id: row.id,
  tenant: row.tenant,
  keyId: row.key_id,
  dialect: row.dialect,
  endpoint: row.endpoint,
  inputFileId: row.input_file_id,
  metadata: row.metadata === null ? null : JSON.parse(row.metadata),
  outputExpiresAfterMs: row.output_expires_after_ms === null ? null : Number(row.output_expires_after_ms),
  status: row.status,
  ending: row.ending,
  counts: {
    total: row.total,
    succeeded: row.succeeded,
    failed: row.failed,
    cancelled: row.cancelled,
    expired: row.expired,
  },
  problems: JSON.parse(row.problems),
  hasOutput: row.has_output,
  hasErrors: row.has_errors,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  reachedMs: row.reached_ms,
})
