// One timer for all calls of an engine: a timer of its own per call costs more than the rest of the call. Sleeps in
// slices of a second, so that a process that has nothing left to watch may end.

import { type Clock, createBag } from '../../core/index.js'

export interface Watched {
  /** When it has to be over, in monotonic ms; may move later while it is watched, and sooner with `moved`. */
  dueMs(): number
  expire(): void
}

export interface Watch {
  /** The due time has moved. */
  moved(): void
  stop(): void
}

export interface Watchdog {
  watch(watched: Watched): Watch
  /** Stops the timer; what is still watched is not told. */
  close(): void
}

interface Running {
  readonly watched: Watched
  stop: () => void
}

const sliceMs = 1000

export const createWatchdog = (clock: Clock): Watchdog => {
  const all = createBag<Running>()
  const closing = new AbortController()
  /** When the timer that is running wakes us. */
  let wakeMs = Number.POSITIVE_INFINITY

  const arm = (dueMs: number) => {
    const nowMs = clock.monotonicMs()
    const atMs = Math.min(dueMs, nowMs + sliceMs)
    if (atMs >= wakeMs || closing.signal.aborted) return
    wakeMs = atMs
    clock.sleep(atMs - nowMs, closing.signal).then(
      () => {
        if (wakeMs === atMs) wakeMs = Number.POSITIVE_INFINITY
        check()
      },
      () => {
        // Closed.
      },
    )
  }

  const check = () => {
    const nowMs = clock.monotonicMs()
    let nextMs = Number.POSITIVE_INFINITY
    for (const running of all) {
      const dueMs = running.watched.dueMs()
      if (dueMs <= nowMs) {
        running.stop()
        running.watched.expire()
      } else nextMs = Math.min(nextMs, dueMs)
    }
    if (all.size > 0) arm(nextMs)
  }

  return {
    watch: (watched) => {
      const running = { watched, stop: () => {} }
      running.stop = all.add(running)
      arm(watched.dueMs())
      return { moved: () => arm(watched.dueMs()), stop: running.stop }
    },
    close: () => {
      all.clear()
      closing.abort()
    },
  }
}
