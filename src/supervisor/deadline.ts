// Waiting with an end. Knows nothing of what is waited for.

import type { Clock } from '../core/index.js'

/** Runs with a signal that is aborted with `late` after `ms`, or earlier with the caller's own reason. */
export const withDeadline = async <T>(
  clock: Clock,
  ms: number,
  call: { late: Error; signal: AbortSignal | undefined; run(until: AbortSignal): Promise<T> },
): Promise<T> => {
  const deadline = new AbortController()
  const done = new AbortController()
  clock.sleep(ms, done.signal).then(
    () => deadline.abort(call.late),
    // It rejects only when the call was over first.
    () => {},
  )
  const signals = call.signal ? [deadline.signal, call.signal] : [deadline.signal]
  return call.run(AbortSignal.any(signals)).finally(() => done.abort())
}

/** Whether `promise` resolved within `ms`; the promise itself goes on. */
export const within = async (clock: Clock, ms: number, promise: Promise<unknown>): Promise<boolean> => {
  const late = new Error('late')
  const inTime = (until: AbortSignal) => untilAborted(promise, until).then(() => true)
  return withDeadline(clock, ms, { late, signal: undefined, run: inTime }).catch((error) => {
    if (error === late) return false
    throw error
  })
}

/** Waits for `promise`, or rejects with the signal's reason. */
export const untilAborted = async <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  signal?.throwIfAborted()
  if (!signal) return promise
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
