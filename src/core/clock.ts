// Time as a dependency, so that tests own it. Knows no time zone.

import { setTimeout as delay } from 'node:timers/promises'

export interface Clock {
  /** Monotonic time in ms with a fraction, from an arbitrary origin: for differences only. */
  monotonicMs(): number
  /** Wall-clock time in ms since 1970-01-01T00:00Z. */
  wallMs(): number
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  sleep: (ms, signal) => delay(Math.max(0, ms), undefined, signal ? { signal } : undefined),
}

export interface ManualClock extends Clock {
  /** Moves time on and wakes, in order, every sleeper whose time has come. */
  advance(ms: number): Promise<void>
  /** How many callers are asleep. */
  sleeping(): number
}

/** A clock that stands still until it is told to move. @param startMs wall time at the start, default 0 */
export const createManualClock = (startMs = 0): ManualClock => {
  let now = 0
  let sleepers: { at: number; wake: () => void }[] = []
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    monotonicMs: () => now,
    wallMs: () => startMs + now,
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const sleeper = { at: now + Math.max(0, ms), wake: resolve }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          reject(signal.reason)
        })
      }),
    advance: async (ms) => {
      const end = now + ms
      for (;;) {
        await settle()
        const next = sleepers.filter((s) => s.at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        now = next.at
        sleepers = sleepers.filter((s) => s !== next)
        next.wake()
      }
      now = end
      await settle()
    },
    sleeping: () => sleepers.length,
  }
}
