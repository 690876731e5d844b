// Ends a child process that runs and does not answer: one that is stopped, or whose main thread never returns. It is
// then started again like any other that has ended. Knows no request.

import type { Clock, Log } from '../core/index.js'
import type { ChildRun } from './child-process.js'

export interface HealthPolicy {
  /** How often it is asked for a sign of life. */
  readonly everyMs: number
  /** So many in a row may stay without one; more end it. Must allow for the longest work of its main thread. */
  readonly misses: number
}

/** Asks until the run ends or `until` is aborted; never rejects. */
export const watchHealth = async (
  run: Pick<ChildRun, 'heard' | 'send' | 'kill'>,
  { name, clock, log, health, until }: WatchOptions,
): Promise<void> => {
  let missed = 0
  while (missed <= health.misses) {
    const before = run.heard()
    run.send({ type: 'ping' })
    // It rejects only when it is to end, which is looked at next.
    await clock.sleep(health.everyMs, until).catch(() => {})
    if (until.aborted) return
    missed = run.heard() === before ? missed + 1 : 0
  }
  log.error({ child: name, silentMs: missed * health.everyMs }, 'child process does not answer and is ended')
  run.kill()
}

interface WatchOptions {
  readonly name: string
  readonly clock: Clock
  readonly log: Log
  readonly health: HealthPolicy
  readonly until: AbortSignal
}
