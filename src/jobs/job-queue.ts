// The durable queue: jobs survive the process, run again when it died, and are told of within it at once.
// Knows no kind of job.

import { type Clock, createId, type Log } from '../core/index.js'
import type { Store } from '../store/index.js'
import { type AttemptOptions, runAttempt } from './attempt.js'
import type { Job, JobHandler } from './job.js'
import { createJobEvents, type JobEvents } from './job-events.js'
import { createJobTable, type JobTable } from './job-table.js'
import { createJobWaiter } from './wait-for-job.js'
import { startWorkers, type Worker } from './worker.js'

export interface JobQueue {
  /**
   * Keeps a job; durable when it resolves.
   * @param options.key at most one unfinished job of a kind has it: a second one is not made
   * @param options.maxAttempts default 5
   * @returns the job's id, or that of the unfinished job with the same key
   */
  enqueue(kind: string, payload: unknown, options?: { key?: string; maxAttempts?: number }): Promise<string>
  /** Starts to run jobs of a kind, `concurrency` (default 1) at a time. */
  work(kind: string, handler: JobHandler, options?: { concurrency?: number }): Worker
  get(id: string): Promise<Job | undefined>
  /** Newest first. @param query.limit default 100 */
  list(query?: { kind?: string; limit?: number }): Promise<Job[]>
  /** @returns false when the job had finished already */
  cancel(id: string): Promise<boolean>
  /**
   * Resolves with the job when it has finished, in whichever state.
   * @param onProgress called with each new progress that is seen
   * @throws `jobs.unknown` | the signal's reason
   */
  wait(id: string, signal?: AbortSignal, onProgress?: (progress: unknown) => void): Promise<Job>
  /** Stops all workers. Jobs that were running go on at the next start. */
  close(): Promise<void>
}

export interface JobQueueOptions {
  readonly store: Pick<Store, 'db'>
  readonly clock: Clock
  readonly log: Log
  /** No other process works on this store, so a job left running was left by one that is gone. Default false. */
  readonly soleWorker?: boolean
  /** How long a job stays with a process that no longer answers for it. Default 30,000. */
  readonly leaseMs?: number
  /** How soon jobs and changes of other processes are noticed. Default 1,000. */
  readonly pollMs?: number
  /** Pause before the second attempt, doubled for each further one. Default 1,000. */
  readonly retryDelayMs?: number
  /** Default 60,000. */
  readonly maxRetryDelayMs?: number
}

const defaults = {
  soleWorker: false,
  leaseMs: 30_000,
  pollMs: 1000,
  retryDelayMs: 1000,
  maxRetryDelayMs: 60_000,
}

/**
 * Opens the queue on a store whose `jobs` tables are up to date.
 * @example
 * await store.migrate('jobs', jobMigrations)
 * const queue = createJobQueue({ store, clock, log })
 * queue.work('ingest', async ({ payload, signal, report }) => ingest(payload, { signal, onProgress: report }))
 * const id = await queue.enqueue('ingest', { root }, { key: root })
 * const job = await queue.wait(id)
 */
export const createJobQueue = (options: JobQueueOptions): JobQueue => {
  const settings = { ...defaults, ...options }
  const { store, clock, log, pollMs } = settings
  const table = createJobTable(store)
  const events = createJobEvents()
  const workers = new Set<Worker>()
  const prepare = createPreparation(settings.soleWorker, table)
  let lastIdMs = 0

  const work: JobQueue['work'] = (kind, handler, { concurrency = 1 } = {}) => {
    const worker = startWorkers(concurrency, {
      kind,
      clock,
      log,
      pollMs,
      prepare: () => prepare(kind),
      runNext: (closing) => runNext({ kind, handler, closing }, { ...settings, table, events }),
      onEnqueued: (listener) => events.on(`enqueued:${kind}`, listener),
    })
    workers.add(worker)
    return worker
  }

  return {
    enqueue: async (kind, payload, { key, maxAttempts = 5 } = {}) => {
      // Jobs of the same millisecond keep their order, too.
      lastIdMs = Math.max(clock.wallMs(), lastIdMs + 1)
      const id = await table.insert({ id: createId('job', lastIdMs), kind, payload, key, maxAttempts })
      events.emit(`enqueued:${kind}`)
      return id
    },
    work,
    get: (id) => table.find(id),
    list: ({ kind, limit = 100 } = {}) => table.list(kind, limit),
    cancel: async (id) => {
      if (!(await table.cancel(id))) return false
      events.emit(`cancelled:${id}`)
      events.emit(`changed:${id}`)
      return true
    },
    wait: createJobWaiter({ table, events, clock, log, pollMs }),
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.stop()))
    },
  }
}

const runNext = async (
  { kind, handler, closing }: { kind: string; handler: JobHandler; closing: AbortSignal },
  deps: Omit<AttemptOptions, 'closing' | 'onCancelled'> & { readonly events: JobEvents },
): Promise<boolean> => {
  const { table, clock, leaseMs, events } = deps
  const token = createId('lease', clock.wallMs())
  const job = await table.claim(kind, token, leaseMs)
  if (!job) return false
  const onCancelled = (id: string, listener: () => void) => events.on(`cancelled:${id}`, listener)
  await runAttempt({ job, token, handler }, { ...deps, closing, onCancelled })
  events.emit(`changed:${job.id}`)
  return true
}

/** What comes before the first job of a kind: a sole worker takes back what its predecessor left running. */
const createPreparation = (soleWorker: boolean, table: JobTable) => {
  const running = new Map<string, Promise<void>>()
  return (kind: string): Promise<void> => {
    const before = running.get(kind)
    if (before || !soleWorker) return before ?? Promise.resolve()
    const preparation = table.expireLeases(kind)
    running.set(kind, preparation)
    // The worker is told of the failure, and asks again.
    preparation.catch(() => running.delete(kind))
    return preparation
  }
}
