// The net under every request: engines keep its deadline themselves and say what they were waiting for; whatever
// else is still at work a moment later (a search, a guard, a queue) is ended here. One timer for all requests.

import type { Clock } from '../core/index.js'
import { createWatchdog } from '../llm/index.js'
import { type Deadline, deadlineOf } from './deadline.js'
import type { Exchange } from './exchange.js'
import { gatewayError } from './messages.js'

export interface Deadlines {
  /** Begins to watch a request of a route. */
  start(
    exchange: Exchange,
    of: { readonly isStream: boolean; readonly routeTimeoutMs: number },
  ): RunningDeadline
  close(): void
}

export interface RunningDeadline extends Deadline {
  /** The first content has gone out. */
  committed(): void
  /** Nothing is left to end. */
  stop(): void
}

/** What is left to engines after the deadline, to end by themselves. */
const graceMs = 250

export const createDeadlines = (clock: Clock): Deadlines => {
  const watchdog = createWatchdog(clock)
  return {
    start: (exchange, { isStream, routeTimeoutMs }) => {
      const { startedMs, request } = exchange
      const deadline = deadlineOf({ headers: request.headers, isStream, startedMs, routeTimeoutMs })
      let dueMs = deadline.commitByMs ?? deadline.deadlineMs
      const watch = watchdog.watch({
        dueMs: () => dueMs + graceMs,
        expire: () =>
          exchange.abort(
            gatewayError('gateway.deadline-exceeded', { limitMs: Math.round(dueMs - startedMs), tried: [] }),
          ),
      })
      return {
        ...deadline,
        committed: () => {
          dueMs = deadline.deadlineMs
        },
        stop: watch.stop,
      }
    },
    close: watchdog.close,
  }
}
