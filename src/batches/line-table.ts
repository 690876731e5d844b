// The SQL of the requests of batches. A request has at most one result: it is written only where there is none, in
// the statement that counts it.

import { sql } from 'kysely'
import type { Store } from '../store/index.js'
import type { BatchLine, BatchStatus, LineOutcome, LineResult } from './records.js'

type Database = Store['db']

export interface NumberedLine extends BatchLine {
  readonly number: number
}

export const insertLines = async (
  db: Database,
  batchId: string,
  lines: readonly NumberedLine[],
): Promise<void> => {
  const numbers = lines.map(({ number }) => number)
  const customIds = lines.map(({ customId }) => customId)
  const bodies = lines.map(({ body }) => body)
  await sql`with added as (
      insert into batches_line (batch_id, number, custom_id, request)
      select ${batchId}, * from unnest(${numbers}::integer[], ${customIds}::text[], ${bodies}::text[])
      returning 1)
    update batches_batch set total = total + (select count(*) from added) where id = ${batchId}`.execute(db)
}

/** For reading the input anew. */
export const deleteLines = async (db: Database, batchId: string): Promise<void> => {
  await sql`with gone as (delete from batches_line where batch_id = ${batchId})
    update batches_batch set total = 0 where id = ${batchId}`.execute(db)
}

/** What became of them stands in files. */
export const forgetLines = async (db: Database, batchId: string): Promise<void> => {
  await sql`delete from batches_line where batch_id = ${batchId}`.execute(db)
}

export interface StartedLine extends NumberedLine {
  /** How often it was started, this time included. */
  readonly starts: number
}

/** Starts the next request without a result. @returns none when the batch is not `in_progress` or has none left */
export const startLine = async (
  db: Database,
  batchId: string,
  afterNumber: number,
): Promise<StartedLine | undefined> => {
  const { rows } = await sql<{ number: number; custom_id: string; request: string; starts: number }>`
    update batches_line set starts = starts + 1
    where batch_id = ${batchId} and number = (
      select number from batches_line
      where batch_id = ${batchId} and outcome is null and number > ${afterNumber}
        and (select status from batches_batch where id = ${batchId}) = 'in_progress'
      order by number limit 1)
    returning number, custom_id, request, starts`.execute(db)
  const [row] = rows
  return row && { number: row.number, customId: row.custom_id, body: row.request, starts: row.starts }
}

/** Undoes a start that came to nothing in good order. */
export const releaseLine = async (db: Database, batchId: string, number: number): Promise<void> => {
  await sql`update batches_line set starts = starts - 1
    where batch_id = ${batchId} and number = ${number} and outcome is null`.execute(db)
}

export const hasOpenLines = async (db: Database, batchId: string): Promise<boolean> => {
  const { rows } = await sql`select from batches_line
    where batch_id = ${batchId} and outcome is null limit 1`.execute(db)
  return rows.length > 0
}

export const selectStatus = async (db: Database, batchId: string): Promise<BatchStatus | undefined> => {
  const { rows } = await sql<{ status: BatchStatus }>`select status from batches_batch
    where id = ${batchId}`.execute(db)
  return rows[0]?.status
}

/** Keeps a result where there is none yet. */
export const endLine = async (
  db: Database,
  batchId: string,
  { number, outcome, answer }: Omit<LineResult, 'customId'>,
): Promise<void> => {
  await sql`with ended as (
      update batches_line set outcome = ${outcome}, status = ${answer?.status ?? null},
        request_id = ${answer?.requestId ?? null}, answer = ${answer?.body ?? null}
      where batch_id = ${batchId} and number = ${number} and outcome is null
      returning 1)
    update batches_batch set ${sql.ref(outcome)} = ${sql.ref(outcome)} + (select count(*) from ended)
    where id = ${batchId}`.execute(db)
}

/** Ends all requests that have no result. */
export const endOpenLines = async (db: Database, batchId: string, outcome: LineOutcome): Promise<void> => {
  await sql`with ended as (
      update batches_line set outcome = ${outcome} where batch_id = ${batchId} and outcome is null returning 1)
    update batches_batch set ${sql.ref(outcome)} = ${sql.ref(outcome)} + (select count(*) from ended)
    where id = ${batchId}`.execute(db)
}

const pageSize = 100

/** In their order, a few at a time. */
export async function* selectResults(
  db: Database,
  batchId: string,
  outcomes: readonly LineOutcome[],
): AsyncGenerator<LineResult> {
  for (let after = 0; ; ) {
    const { rows } = await sql<ResultRow>`
      select number, custom_id, outcome, status, request_id, answer from batches_line
      where batch_id = ${batchId} and outcome = any(${[...outcomes]}::text[]) and number > ${after}
      order by number limit ${pageSize}`.execute(db)
    yield* rows.map(resultOf)
    after = rows.at(-1)?.number ?? 0
    if (rows.length < pageSize) return
  }
}

interface ResultRow {
  readonly number: number
  readonly custom_id: string
  readonly outcome: LineOutcome
  readonly status: number | null
  readonly request_id: string | null
  readonly answer: string | null
}

const resultOf = ({ number, custom_id, outcome, status, request_id, answer }: ResultRow): LineResult => ({
  number,
  customId: custom_id,
  outcome,
  answer:
    status === null || request_id === null || answer === null
      ? null
      : { status, requestId: request_id, body: answer },
})
