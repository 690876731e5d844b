// Answers that are written whole and lie unread: after a while without progress their client is taken for gone.

import type { ServerResponse } from 'node:http'
import type { Clock } from '../core/index.js'
import type { Watchdog } from '../llm/index.js'

export interface UnreadDeps {
  readonly watchdog: Watchdog
  readonly clock: Clock
  readonly stalledMs: number
}

/** Looks after a response that has been ended; costs nothing where the system has taken all of it. */
export const watchUnread = (response: ServerResponse, { watchdog, clock, stalledMs }: UnreadDeps): void => {
  const { socket } = response
  if (!socket || socket.writableLength === 0 || response.destroyed) return
  let unread = socket.writableLength
  let sinceMs = clock.monotonicMs()
  const watch = watchdog.watch({
    dueMs: () => {
      if (socket.writableLength !== unread) {
        unread = socket.writableLength
        sinceMs = clock.monotonicMs()
      }
      return sinceMs + stalledMs
    },
    expire: () => response.destroy(),
  })
  response.once('close', watch.stop)
}
