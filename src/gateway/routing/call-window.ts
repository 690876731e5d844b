// How many calls of the last while have failed, in two halves of the window: what is older than both is forgotten.

import type { Clock } from '../../core/index.js'

export interface CallCount {
  readonly calls: number
  readonly failures: number
}

export interface CallWindow {
  add(isFailure: boolean): void
  /** The calls of the last half to whole window. */
  count(): CallCount
  clear(): void
}

/** @param windowMs asked each time, since a reload may change it */
export const createCallWindow = (clock: Clock, windowMs: () => number): CallWindow => {
  let current = { calls: 0, failures: 0, sinceMs: clock.monotonicMs() }
  let before: CallCount = { calls: 0, failures: 0 }

  const turn = () => {
    const nowMs = clock.monotonicMs()
    const ageMs = nowMs - current.sinceMs
    const halfMs = windowMs() / 2
    if (ageMs < halfMs) return
    before = ageMs < 2 * halfMs ? current : { calls: 0, failures: 0 }
    current = { calls: 0, failures: 0, sinceMs: nowMs }
  }
  return {
    add: (isFailure) => {
      turn()
      current.calls++
      if (isFailure) current.failures++
    },
    count: () => {
      turn()
      return { calls: current.calls + before.calls, failures: current.failures + before.failures }
    },
    clear: () => {
      current = { calls: 0, failures: 0, sinceMs: clock.monotonicMs() }
      before = { calls: 0, failures: 0 }
    },
  }
}
