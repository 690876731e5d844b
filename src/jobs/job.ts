// What a job is, to those who enqueue, run and watch it. Knows no table.

import type { ArchitectError } from '../core/index.js'

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

/** A job as it was when it was read. */
export interface Job {
  readonly id: string
  readonly kind: string
  readonly payload: unknown
  readonly state: JobState
  /** How often it was started. */
  readonly attempts: number
  readonly maxAttempts: number
  /** What the handler reported last; kept over attempts. */
  readonly progress: unknown
  /** What the handler returned; null unless `done`. */
  readonly result: unknown
  /** Why the last attempt failed. */
  readonly error: ArchitectError | null
  readonly createdAt: Date
  readonly finishedAt: Date | null
}

/** One attempt, as its handler sees it. */
export interface RunningJob {
  readonly id: string
  readonly payload: unknown
  /** 1 for the first. */
  readonly attempt: number
  /** What an earlier attempt reported last: where to go on from. */
  readonly progress: unknown
  /** Aborted when the job was cancelled, was taken over, or the queue closes. */
  readonly signal: AbortSignal
  /** Keeps a JSON value for watchers and for a later attempt; written at most a few times a second. */
  report(progress: unknown): void
}

/**
 * Does the work; what it returns (JSON) is the job's result. It may run again after a crash, so it must be able to
 * repeat what it has done. An ArchitectError that is not retryable fails the job at once; anything else is
 * tried again with back-off.
 */
export type JobHandler = (job: RunningJob) => Promise<unknown>

export const isFinished = (job: Job): boolean => job.state !== 'queued' && job.state !== 'running'
