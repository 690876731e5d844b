// Runs one attempt of a claimed job and records how it ended. Knows no queue.

import { ArchitectError, toArchitectError } from '../core/index.js'
import type { Job, JobHandler } from './job.js'
import type { Ending } from './job-table.js'
import { keepLease, type Lease, type LeaseOptions } from './lease.js'
import { jobError } from './messages.js'

export interface AttemptOptions extends LeaseOptions {
  readonly retryDelayMs: number
  readonly maxRetryDelayMs: number
}

export interface ClaimedJob {
  readonly job: Job
  readonly token: string
  readonly handler: JobHandler
}

/** Resolves when the attempt is over and recorded, or when it is somebody else's by now; never rejects. */
export const runAttempt = async (claimed: ClaimedJob, options: AttemptOptions): Promise<void> => {
  const { table, log } = options
  const { id, kind } = claimed.job
  const lease = keepLease(claimed, options)
  try {
    const ending = await work(claimed, lease, options)
    if (lease.lost()) return
    const recorded = await persist(options, () => table.end(claimed.token, ending, lease.progress()))
    if (!recorded) log.warn({ job: id, kind }, 'a job ended after it was cancelled or taken over')
    else if ('error' in ending) log.warn({ job: id, kind, ending }, 'an attempt of a job failed')
  } catch (error) {
    log.error({ job: id, kind, error }, 'the end of a job could not be recorded; it is done again')
  } finally {
    lease.stop()
  }
}

const work = async ({ job, handler }: ClaimedJob, lease: Lease, options: AttemptOptions): Promise<Ending> => {
  const { id, kind, attempts, maxAttempts, payload, progress } = job
  if (attempts > maxAttempts)
    return { state: 'failed', error: jobError('jobs.abandoned', { id, kind, attempts: maxAttempts }) }
  try {
    const { signal, report } = lease
    return {
      state: 'done',
      result: await handler({ id, payload, attempt: attempts, progress, signal, report }),
    }
  } catch (cause) {
    if (options.closing.aborted) return { state: 'interrupted' }
    const error = toArchitectError(cause)
    const isHopeless = cause instanceof ArchitectError && !cause.retryable
    if (isHopeless || attempts >= maxAttempts) return { state: 'failed', error }
    const pauseMs = Math.min(options.maxRetryDelayMs, options.retryDelayMs * 2 ** (attempts - 1))
    return { state: 'queued', error, pauseMs }
  }
}

/** Repeats a statement over a short absence of the database, for as long as the lease may last. */
const persist = async <T>({ clock, leaseMs }: AttemptOptions, statement: () => Promise<T>): Promise<T> => {
  const giveUpMs = clock.monotonicMs() + leaseMs
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 2000)) {
    try {
      return await statement()
    } catch (error) {
      const mayPass = error instanceof ArchitectError && error.retryable
      if (!mayPass || clock.monotonicMs() + pauseMs > giveUpMs) throw error
      await clock.sleep(pauseMs)
    }
  }
}
