// Takes due jobs of one kind, one after the other, until it is stopped. Knows no table and no handler.

import type { Clock, Log } from '../core/index.js'

export interface Worker {
  /** Interrupts the jobs at hand, which go back to the queue, and takes no more. */
  stop(): Promise<void>
}

export interface WorkerOptions {
  readonly kind: string
  readonly clock: Clock
  readonly log: Log
  readonly pollMs: number
  /** Runs before the first job, again until it succeeds. */
  prepare(): Promise<void>
  /** Runs the next due job to its end; never rejects for the job's own failure. @returns false when none was due */
  runNext(stopping: AbortSignal): Promise<boolean>
  /** Calls back when a job was enqueued in this process. Returns the function that stops it. */
  onEnqueued(listener: () => void): () => void
}

/** @param count how many jobs run at a time */
export const startWorkers = (count: number, options: WorkerOptions): Worker => {
  const stopping = new AbortController()
  const ended = Promise.all(Array.from({ length: count }, () => workUntil(stopping.signal, options)))
  return {
    stop: async () => {
      stopping.abort()
      await ended
    },
  }
}

const workUntil = async (stopping: AbortSignal, options: WorkerOptions): Promise<void> => {
  const { kind, clock, log, pollMs } = options
  let wake = new AbortController()
  let isPrepared = false
  const stopListening = options.onEnqueued(() => wake.abort())
  while (!stopping.aborted) {
    // Renewed before looking, so that a job that comes during the look is not slept over.
    wake = new AbortController()
    try {
      if (!isPrepared) await options.prepare()
      isPrepared = true
      if (await options.runNext(stopping)) continue
    } catch (error) {
      log.warn({ kind, error }, 'jobs cannot be taken at the moment')
    }
    // It rejects only when woken or stopped, which is looked at next.
    await clock.sleep(pollMs, AbortSignal.any([wake.signal, stopping])).catch(() => {})
  }
  stopListening()
}
