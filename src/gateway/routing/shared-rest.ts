// For how long something is to be left alone, in the shared counters: a bucket of ms that drains by one each ms.

import type { Counters } from '../../ledger/index.js'

export interface SharedRest {
  /** Left alone for at least `restMs` from now on. */
  announce(reason: string, restMs: number): Promise<void>
  remainingMs(reason: string): Promise<number>
}

/** Nothing is left alone for longer. */
const longestMs = 7 * 24 * 3600 * 1000

export const createSharedRest = (prefix: string, counters: Counters): SharedRest => {
  const keyOf = (reason: string) => `${prefix}/${reason}`
  return {
    announce: async (reason, restMs) => {
      const key = keyOf(reason)
      const more = Math.min(restMs, longestMs) - (await counters.used(key))
      if (more <= 0) return
      const taken = await counters.reserve({ key, amount: more, limit: longestMs, windowMs: longestMs })
      if (taken.granted) await counters.settle(taken, taken.amount)
    },
    remainingMs: (reason) => counters.used(keyOf(reason)),
  }
}
