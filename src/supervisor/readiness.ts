// Whether a child process can be asked, and the waiting for it. Knows no process.

import { supervisorError } from './messages.js'

export type ChildState = 'starting' | 'ready' | 'restarting' | 'failed' | 'closed'

export interface Readiness {
  /** The first start: resolves once, or rejects when it is given up. */
  readonly first: Promise<void>
  state(): ChildState
  /** Resolves when requests can be sent; rejects when the start that is under way fails. */
  now(): Promise<void>
  /** @returns whether it was ready before */
  becameReady(): boolean
  wentAway(): void
  /** Those who wait are told, instead of waiting for the start after this one. */
  startFailed(cause: unknown): void
  /** The first start is given up: `first` rejects, and what becomes ready later counts as a restart. */
  gaveUpFirst(error: Error): void
  /** Final: nothing is tried any more. */
  end(state: 'failed' | 'closed', error: Error): void
}

export const createReadiness = (name: string): Readiness => {
  const first = quiet(Promise.withResolvers<void>())
  let current = quiet(Promise.withResolvers<void>())
  let state: ChildState = 'starting'
  let wasReady = false
  return {
    first: first.promise,
    state: () => state,
    now: () => current.promise,
    becameReady: () => {
      const before = wasReady
      wasReady = true
      state = 'ready'
      current.resolve()
      first.resolve()
      return before
    },
    wentAway: () => {
      state = 'restarting'
      current = quiet(Promise.withResolvers<void>())
    },
    startFailed: (cause) => {
      const detail = cause instanceof Error ? cause.message : String(cause)
      current.reject(supervisorError('supervisor.child-away', { name, detail }, { cause, retryable: true }))
      current = quiet(Promise.withResolvers<void>())
    },
    gaveUpFirst: (error) => {
      wasReady = true
      state = 'restarting'
      first.reject(error)
      current.reject(error)
      current = quiet(Promise.withResolvers<void>())
    },
    end: (last, error) => {
      state = last
      first.reject(error)
      current.reject(error)
      // It may have been resolved before; from now on nobody gets through.
      current = quiet(Promise.withResolvers<void>())
      current.reject(error)
    },
  }
}

/** A promise whose rejection nobody has to hear. */
const quiet = (deferred: PromiseWithResolvers<void>) => {
  // Those who wait hear it; without any of them it is no unhandled rejection.
  deferred.promise.catch(() => {})
  return deferred
}
