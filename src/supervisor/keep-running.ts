// Starts a process again whenever it ends, with exponential back-off, until told to stop. Knows no request.

import type { ArchitectError, Clock, Log } from '../core/index.js'
import type { ChildRun } from './child-process.js'
import { supervisorError } from './messages.js'
import type { Readiness } from './readiness.js'
import { type HealthPolicy, watchHealth } from './watch-health.js'

export interface RestartPolicy {
  /** Pause after the first failure, doubled after each further one. Default 100. */
  readonly initialDelayMs?: number
  /** Default 10,000. */
  readonly maxDelayMs?: number
  /** A run of this length makes the failures before it forgotten. Default 30,000. */
  readonly stableAfterMs?: number
  /** Attempts at the first start before giving up; once it has run, it is restarted for ever. Default 3. */
  readonly maxStartAttempts?: number
  /** After these attempts goes on trying, with pauses that double up to so many ms. Default: no more is tried. */
  readonly retryUpToMs?: number
  /** Default 60,000. */
  readonly startTimeoutMs?: number
}

const defaults = {
  initialDelayMs: 100,
  maxDelayMs: 10_000,
  stableAfterMs: 30_000,
  maxStartAttempts: 3,
  startTimeoutMs: 60_000,
}

export interface KeepRunningOptions {
  readonly name: string
  readonly clock: Clock
  readonly log: Log
  readonly readiness: Readiness
  readonly restart: RestartPolicy | undefined
  /** Default: nobody asks whether it lives. */
  readonly health: HealthPolicy | undefined
  readonly stop: AbortSignal
  start(): ChildRun
  restarted(): void
}

/** Resolves when it was stopped or has given up; never rejects. */
export const keepRunning = async (options: KeepRunningOptions): Promise<void> => {
  const { name, clock, log, readiness, stop } = options
  const policy = { ...defaults, ...options.restart }
  let failures = 0
  let longestMs = policy.maxDelayMs
  while (!stop.aborted) {
    const { cause, ranMs } = await runOnce(options, policy.startTimeoutMs)
    if (stop.aborted) return
    if (ranMs > 0) longestMs = policy.maxDelayMs
    failures = ranMs >= policy.stableAfterMs ? 1 : failures + 1
    const neverRan = readiness.state() === 'starting'
    if (neverRan && (failures >= policy.maxStartAttempts || isHopeless(cause))) {
      const error = startError(options, cause, failures)
      if (policy.retryUpToMs === undefined) return readiness.end('failed', error)
      readiness.gaveUpFirst(error)
      longestMs = policy.retryUpToMs
    }
    // A waiter sees one failed start; the first failure after a run is the crash, and its restart is to come.
    if (failures > 1) readiness.startFailed(cause)
    const delayMs = Math.min(longestMs, policy.initialDelayMs * 2 ** (failures - 1))
    log.warn(
      { child: name, cause: cause.message, failures, delayMs },
      'child process ended and is started again',
    )
    // It rejects only when stopped, which is looked at next.
    await clock.sleep(delayMs, stop).catch(() => {})
  }
}

/** One run from start to end, and how long it could be asked. */
const runOnce = async (
  { name, clock, log, readiness, health, stop, start, restarted }: KeepRunningOptions,
  startTimeoutMs: number,
): Promise<{ cause: ArchitectError; ranMs: number }> => {
  const run = start()
  const started = new AbortController()
  clock.sleep(startTimeoutMs, started.signal).then(
    () => run.kill(),
    // It rejects only when the start was over first.
    () => {},
  )
  try {
    await run.ready
  } catch (error) {
    return { cause: error as ArchitectError, ranMs: 0 }
  } finally {
    started.abort()
  }
  const readyMs = clock.monotonicMs()
  if (!stop.aborted && readiness.becameReady()) restarted()
  const ended = new AbortController()
  if (health)
    void watchHealth(run, { name, clock, log, health, until: AbortSignal.any([ended.signal, stop]) })
  const detail = await run.exited
  ended.abort()
  if (!stop.aborted) readiness.wentAway()
  const cause = supervisorError('supervisor.child-away', { name, detail }, { retryable: true })
  return { cause, ranMs: clock.monotonicMs() - readyMs }
}

/** A start that failed for a reason that does not go away by itself is not repeated. */
const isHopeless = (cause: ArchitectError) => !cause.retryable && cause.code !== 'core.unexpected'

const startError = ({ name, log }: KeepRunningOptions, cause: ArchitectError, attempts: number) => {
  const detail = cause.code === 'supervisor.child-away' ? String(cause.params.detail) : cause.message
  const error = isHopeless(cause)
    ? cause
    : supervisorError('supervisor.child-not-started', { name, attempts, detail }, { cause })
  log.error({ child: name, cause: error.message }, 'child process could not be started')
  return error
}
