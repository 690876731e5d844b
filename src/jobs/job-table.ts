// Every statement of the queue. Each is a single one, so that no transaction is held open on the embedded database;
// leases and pauses are measured by the database's clock, which all workers share. Knows no handler.

import { sql } from 'kysely'
import { type ArchitectError, reviveError } from '../core/index.js'
import type { Store } from '../store/index.js'
import type { Job, JobState } from './job.js'

export interface NewJob {
  readonly id: string
  readonly kind: string
  readonly payload: unknown
  readonly key: string | undefined
  readonly maxAttempts: number
}

/** How an attempt ended. */
export type Ending =
  | { readonly state: 'done'; readonly result: unknown }
  | { readonly state: 'failed'; readonly error: ArchitectError }
  /** To be tried again. */
  | { readonly state: 'queued'; readonly error: ArchitectError; readonly pauseMs: number }
  /** Was interrupted, which does not count as an attempt. */
  | { readonly state: 'interrupted' }

export type JobTable = ReturnType<typeof createJobTable>

export const createJobTable = ({ db }: Pick<Store, 'db'>) => ({ ...createRecords(db), ...createLeases(db) })

interface Row {
  readonly id: string
  readonly kind: string
  readonly payload: unknown
  readonly state: JobState
  readonly attempts: number
  readonly max_attempts: number
  readonly progress: unknown
  readonly result: unknown
  readonly error: unknown
  readonly created_at: Date
  readonly finished_at: Date | null
}

const columns = sql.raw(
  'id, kind, payload, state, attempts, max_attempts, progress, result, error, created_at, finished_at',
)

/** What those who ask for work and watch it need. */
const createRecords = (db: Store['db']) => ({
  /** @returns the new job's id, or that of the unfinished job with the same kind and key */
  insert: async ({ id, kind, payload, key, maxAttempts }: NewJob): Promise<string> => {
    for (;;) {
      const inserted = await sql<{ id: string }>`
        insert into jobs_job (id, kind, dedupe_key, payload, max_attempts)
        values (${id}, ${kind}, ${key ?? null}, ${json(payload)}, ${maxAttempts})
        on conflict (kind, dedupe_key) where state in ('queued', 'running') do nothing
        returning id`.execute(db)
      const existing =
        inserted.rows[0] ??
        (
          await sql<{ id: string }>`
            select id from jobs_job
            where kind = ${kind} and dedupe_key = ${key ?? null} and state in ('queued', 'running')`.execute(
            db,
          )
        ).rows[0]
      // It may have finished between the two statements: then there is room for the new one.
      if (existing) return existing.id
    }
  },

  find: async (id: string): Promise<Job | undefined> => {
    const { rows } = await sql<Row>`select ${columns} from jobs_job where id = ${id}`.execute(db)
    return rows[0] && jobOf(rows[0])
  },

  /** Newest first. */
  list: async (kind: string | undefined, limit: number): Promise<Job[]> => {
    const { rows } = await sql<Row>`
      select ${columns} from jobs_job where ${kind ?? null}::text is null or kind = ${kind ?? null}
      order by created_at desc, id desc limit ${limit}`.execute(db)
    return rows.map(jobOf)
  },

  /** @returns false when it had finished already */
  cancel: async (id: string): Promise<boolean> => {
    const { numAffectedRows } = await sql`
      update jobs_job set state = 'cancelled', lease_token = null, lease_until = null, finished_at = now()
      where id = ${id} and state in ('queued', 'running')`.execute(db)
    return numAffectedRows === 1n
  },
})

/** What workers need. */
const createLeases = (db: Store['db']) => ({
  /** Starts the next attempt of the job that has been due longest; undefined when none is due. */
  claim: async (kind: string, token: string, leaseMs: number): Promise<Job | undefined> => {
    const { rows } = await sql<Row>`
      update jobs_job set state = 'running', attempts = attempts + 1,
        lease_token = ${token}, lease_until = now() + ${interval(leaseMs)}
      where id = (
        select id from jobs_job
        where kind = ${kind}
          and ((state = 'queued' and run_at <= now()) or (state = 'running' and lease_until < now()))
        order by run_at, id limit 1 for update skip locked)
      returning ${columns}`.execute(db)
    return rows[0] && jobOf(rows[0])
  },

  /** Extends the lease and keeps the progress. @returns false when the lease is no longer ours */
  extend: async (token: string, leaseMs: number, progress: unknown): Promise<boolean> => {
    const { numAffectedRows } = await sql`
      update jobs_job set lease_until = now() + ${interval(leaseMs)}, progress = ${json(progress)}
      where lease_token = ${token} and state = 'running'`.execute(db)
    return numAffectedRows === 1n
  },

  /** Ends the attempt. @returns false when the lease was no longer ours, and nothing was changed */
  end: async (token: string, ending: Ending, progress: unknown): Promise<boolean> => {
    const { numAffectedRows } = await sql`
      update jobs_job set lease_token = null, lease_until = null, progress = ${json(progress)}, ${changes(ending)}
      where lease_token = ${token} and state = 'running'`.execute(db)
    return numAffectedRows === 1n
  },

  /** Makes every running job of a kind due at once: their workers are known to be gone. */
  expireLeases: async (kind: string): Promise<void> => {
    await sql`update jobs_job set lease_until = '-infinity' where kind = ${kind} and state = 'running'`.execute(
      db,
    )
  },
})

const json = (value: unknown) => sql`${JSON.stringify(value ?? null)}::jsonb`

const interval = (ms: number) => sql`${ms} * interval '1 millisecond'`

const changes = (ending: Ending) => {
  switch (ending.state) {
    case 'done':
      return sql`state = 'done', result = ${json(ending.result)}, error = null, finished_at = now()`
    case 'failed':
      return sql`state = 'failed', error = ${json(ending.error)}, finished_at = now()`
    case 'queued':
      return sql`state = 'queued', error = ${json(ending.error)}, run_at = now() + ${interval(ending.pauseMs)}`
    case 'interrupted':
      return sql`state = 'queued', attempts = attempts - 1, run_at = now()`
  }
}

const jobOf = (row: Row): Job => ({
  id: row.id,
  kind: row.kind,
  payload: row.payload,
  state: row.state,
  attempts: row.attempts,
  maxAttempts: row.max_attempts,
  progress: row.progress,
  result: row.result,
  error: row.error === null ? null : reviveError(row.error),
  createdAt: row.created_at,
  finishedAt: row.finished_at,
})
