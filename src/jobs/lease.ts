// Keeps a running job ours: extends its lease, writes its progress, and says when it is ours no longer.
// Knows no handler.

import type { Clock, Log } from '../core/index.js'
import type { Job } from './job.js'
import type { JobTable } from './job-table.js'
import { jobError } from './messages.js'

export interface LeaseOptions {
  readonly table: JobTable
  readonly clock: Clock
  readonly log: Log
  readonly leaseMs: number
  /** Aborted when the queue closes. */
  readonly closing: AbortSignal
  /** Calls back when the job was cancelled in this process. Returns the function that stops it. */
  onCancelled(jobId: string, listener: () => void): () => void
}

export interface Lease {
  /** Aborted when the lease is lost or the queue closes. */
  readonly signal: AbortSignal
  progress(): unknown
  report(progress: unknown): void
  lost(): boolean
  stop(): void
}

/** How often progress is written, at most. */
const progressEveryMs = 250

/** @param claimed a job that was just claimed with `token` */
export const keepLease = (claimed: { job: Job; token: string }, options: LeaseOptions): Lease => {
  const { job } = claimed
  const handler = new AbortController()
  const stopped = new AbortController()
  let progress = job.progress
  let lost = false

  const lose = () => {
    lost = true
    stopped.abort()
    handler.abort(jobError('jobs.lease-lost', { id: job.id }))
  }
  const onClosing = () => handler.abort(jobError('jobs.closing', { id: job.id }, { retryable: true }))
  options.closing.addEventListener('abort', onClosing)
  if (options.closing.aborted) onClosing()
  const stopListening = options.onCancelled(job.id, lose)

  void extendUntil(stopped.signal, { ...claimed, progress: () => progress, lose }, options)

  return {
    signal: handler.signal,
    progress: () => progress,
    report: (value) => {
      progress = value
    },
    lost: () => lost,
    stop: () => {
      stopped.abort()
      stopListening()
      options.closing.removeEventListener('abort', onClosing)
    },
  }
}

const extendUntil = async (
  stopped: AbortSignal,
  { job, token, progress, lose }: { job: Job; token: string; progress(): unknown; lose(): void },
  { table, clock, log, leaseMs }: LeaseOptions,
): Promise<void> => {
  const renewAfterMs = leaseMs / 3
  let extendedMs = clock.monotonicMs()
  let written = progress()
  for (;;) {
    // It rejects only when stopped, which is looked at next.
    await clock.sleep(Math.min(progressEveryMs, renewAfterMs), stopped).catch(() => {})
    if (stopped.aborted) return
    const latest = progress()
    if (latest === written && clock.monotonicMs() - extendedMs < renewAfterMs) continue
    try {
      const startedMs = clock.monotonicMs()
      if (!(await table.extend(token, leaseMs, latest))) return lose()
      extendedMs = startedMs
      written = latest
    } catch (error) {
      log.warn({ job: job.id, error }, 'the lease of a job could not be extended')
      if (clock.monotonicMs() - extendedMs >= leaseMs) return lose()
    }
  }
}
