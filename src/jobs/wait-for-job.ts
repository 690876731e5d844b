// Watches one job until it has finished. Knows no worker.

import { ArchitectError, type Clock, type Log } from '../core/index.js'
import { isFinished, type Job } from './job.js'
import type { JobEvents } from './job-events.js'
import type { JobTable } from './job-table.js'
import { jobError } from './messages.js'

export interface WaitOptions {
  readonly table: JobTable
  readonly events: JobEvents
  readonly clock: Clock
  readonly log: Log
  readonly pollMs: number
}

export const createJobWaiter = ({ table, events, clock, log, pollMs }: WaitOptions) => {
  /** Undefined while the database is away: that passes, and the job goes on meanwhile. */
  const look = async (id: string): Promise<Job | undefined> => {
    try {
      const job = await table.find(id)
      if (!job) throw jobError('jobs.unknown', { id })
      return job
    } catch (error) {
      if (!(error instanceof ArchitectError && error.retryable)) throw error
      log.warn({ job: id, error }, 'a job cannot be watched at the moment')
      return undefined
    }
  }

  return async (id: string, signal?: AbortSignal, onProgress?: (progress: unknown) => void): Promise<Job> => {
    let seen = JSON.stringify(null)
    for (;;) {
      signal?.throwIfAborted()
      const changed = new AbortController()
      // Listening before looking, so that a change during the look is not slept over.
      const stopListening = events.on(`changed:${id}`, () => changed.abort())
      try {
        const job = await look(id)
        const progress = JSON.stringify(job?.progress ?? null)
        if (job && progress !== seen) onProgress?.(job.progress)
        seen = progress
        if (job && isFinished(job)) return job
        const either = signal ? AbortSignal.any([changed.signal, signal]) : changed.signal
        // It rejects only when something changed or the caller gave up, which is looked at next.
        await clock.sleep(pollMs, either).catch(() => {})
      } finally {
        stopListening()
      }
    }
  }
}
