// Batches as their owners see them: made, watched, cancelled and forgotten. A worker does what they ask for.

import { type Clock, createId, type Log, silentLog } from '../core/index.js'
import type { JobQueue } from '../jobs/index.js'
import type { Store } from '../store/index.js'
import {
  changeStatus,
  deleteBatch,
  deleteBatchesUntil,
  insertBatch,
  selectBatches,
  selectNamed,
  selectUnfinished,
} from './batch-table.js'
import { selectResults } from './line-table.js'
import type { Batch, Batches } from './records.js'

export interface BatchOptions {
  readonly store: Store
  readonly clock: Clock
  readonly jobs: Pick<JobQueue, 'enqueue'>
  readonly log?: Log
  /** How many days a batch can be asked for. */
  readonly retentionDays: number
}

/** The kind of the jobs. */
export const batchJobs = 'batch'

const dayMs = 86_400_000
/** OpenAI's one completion window, and Anthropic's limit. */
const windowMs = dayMs
const tidyEveryMs = 3_600_000
/** What a crash interrupts goes on where it was, so it may be interrupted often. */
const maxAttempts = 1_000

/** The tables must be there: `store.migrate('batches', batchMigrations)`. */
export const createBatches = (options: BatchOptions): Batches => {
  const { store, clock, jobs, log = silentLog, retentionDays } = options
  const { db } = store
  const closing = new AbortController()
  let tidying: Promise<void> | undefined
  const enqueue = (id: string) => jobs.enqueue(batchJobs, { id }, { key: id, maxAttempts })
  const find: Batches['find'] = (name) => selectNamed(db, name)
  return {
    create: async ({ tenant, keyId }, { lines, ...given }) => {
      const nowMs = clock.wallMs()
      const status = given.inputFileId === null ? 'in_progress' : 'validating'
      const batch: Batch = {
        ...given,
        id: createId(given.dialect === 'openai' ? 'batch' : 'msgbatch', nowMs),
        tenant,
        keyId,
        status,
        counts: { total: lines.length, succeeded: 0, failed: 0, cancelled: 0, expired: 0 },
        problems: [],
        hasOutput: false,
        hasErrors: false,
        createdAt: new Date(nowMs),
        expiresAt: new Date(nowMs + windowMs),
        reachedMs: { [status]: nowMs },
      }
      await insertBatch(db, batch, lines)
      await enqueue(batch.id)
      return batch
    },
    find,
    list: (owner, query) => selectBatches(db, owner, query),
    cancel: async (name) => {
      const batch = await find(name)
      if (!batch) return undefined
      await changeStatus(db, batch.id, {
        from: ['validating', 'in_progress'],
        to: 'cancelling',
        nowMs: clock.wallMs(),
        ending: 'cancelled',
      })
      return find(name)
    },
    results: ({ id }) => selectResults(db, id, ['succeeded', 'failed', 'cancelled', 'expired']),
    remove: (name) => deleteBatch(db, name),
    start: () => {
      const tidy = async () => {
        // A process that ended between keeping a batch and queueing it, or a queue that gave up on one, left these.
        for (const id of await selectUnfinished(db)) await enqueue(id)
        const count = await deleteBatchesUntil(db, new Date(clock.wallMs() - retentionDays * dayMs))
        if (count > 0) log.info({ count, retentionDays }, 'old batches deleted')
      }
      tidying ??= tidyRegularly(tidy, { clock, log, signal: closing.signal })
    },
    close: async () => {
      closing.abort()
      await tidying
    },
  }
}

const tidyRegularly = async (
  tidy: () => Promise<void>,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> => {
  while (!signal.aborted) {
    try {
      await tidy()
    } catch (error) {
      log.warn({ err: error }, 'unfinished batches could not be queued, or old ones deleted')
    }
    // It rejects when it is aborted, and then the loop ends.
    await clock.sleep(tidyEveryMs, signal).catch(() => {})
  }
}
