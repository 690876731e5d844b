// The worker that the job queue has for batches.

import type { Clock, Log } from '../core/index.js'
import type { JobQueue, Worker } from '../jobs/index.js'
import type { Store } from '../store/index.js'
import { batchJobs } from './batches.js'
import { createLineSeats } from './line-seats.js'
import type { InputLimits } from './read-input.js'
import { createBatchRunner, type FilePort } from './run-batch.js'
import type { AnswerLine } from './run-lines.js'

export interface BatchWorkerOptions {
  readonly jobs: Pick<JobQueue, 'work'>
  readonly store: Pick<Store, 'db'>
  readonly files: FilePort
  readonly answer: AnswerLine
  readonly clock: Clock
  readonly log: Log
  /** How many requests of all batches together are under way. */
  readonly concurrency: number
  readonly limits: InputLimits
  /** How long requests under way may go on once the worker is stopped. */
  readonly graceMs: number
}

/** So many batches are worked on side by side, as a short one should not wait for a long one; each looks for work by itself. */
const maxBatches = 3

export const startBatchWorker = (options: BatchWorkerOptions): Worker => {
  const { jobs, store, concurrency } = options
  const seats = createLineSeats(concurrency)
  const runner = createBatchRunner({ ...options, db: store.db, seats })
  return jobs.work(batchJobs, runner, { concurrency: maxBatches })
}
