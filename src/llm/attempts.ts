// How a rejected `open` says what was tried. The attempts themselves stay beside the error; what travels in
// its params is a summary of plain values.

import { ArchitectError, type Attempt } from '../core/index.js'

const attemptsByError = new WeakMap<ArchitectError, readonly Attempt[]>()

/** The attempts a rejected `open` made, in order; empty when it made none. */
export const attemptsOf = (error: unknown): readonly Attempt[] =>
  error instanceof ArchitectError ? (attemptsByError.get(error) ?? []) : []

/**
 * The same error, carrying the attempts that led to it: whole for `attemptsOf`, and as
 * `params.attempts` `{deployment, end, code, message}` for who renders it.
 */
export const withAttempts = (error: ArchitectError, attempts: readonly Attempt[]): ArchitectError => {
  const summary = attempts.map(({ deployment, end, error: cause }) => ({
    deployment,
    end,
    code: cause?.code ?? null,
    message: cause?.message ?? null,
  }))
  const carrying = new ArchitectError(error.code, { ...error.params, attempts: summary }, error.message, {
    retryable: error.retryable,
    cause: error.cause,
  })
  attemptsByError.set(carrying, attempts)
  return carrying
}
