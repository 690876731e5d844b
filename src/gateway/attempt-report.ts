// What metrics and the log are told of one call of an engine, and what a call that was rejected counts as. Knows no
// endpoint.

import { type Attempt, type Clock, type Log, noUsage, toArchitectError } from '../core/index.js'
import { attemptsOf, type Outcome } from '../llm/index.js'
import type { Metrics, Operation } from '../telemetry/index.js'
import { isRequestFault } from './error-response.js'

export interface AttemptReportDeps {
  /** Id, provider and model of the deployment, as metrics name them. */
  readonly deployment: { readonly id: string; readonly provider: string; readonly model: string }
  /** US dollars; null when no price is known. */
  readonly costUsd: (deployment: string, usage: Attempt['usage']) => number | null
  readonly metrics: Metrics
  readonly clock: Clock
  readonly log: Log
  /** Told of each end before anybody else: the breaker of the key that was used. */
  readonly onEnd?: ((attempt: Omit<Attempt, 'deployment'>) => void) | undefined
}

type Report = Omit<Attempt, 'deployment'> & {
  readonly firstContentMs: number | null
  readonly totalMs: number
}

export const reportAttempt = (
  deps: AttemptReportDeps,
  {
    operation,
    route,
    requestId,
  }: { readonly operation: Operation; readonly route: string; readonly requestId: string },
  attempt: Report,
): void => {
  const { id: deployment, provider, model } = deps.deployment
  const { end, usage, error, firstContentMs, totalMs } = attempt
  deps.onEnd?.(attempt)
  deps.metrics.attemptEnded({
    operation,
    route,
    deployment,
    provider,
    model,
    end,
    ...(error && { errorCode: error.code }),
    durationMs: totalMs,
    firstContentMs,
    usage,
    costUsd: deps.costUsd(deployment, usage),
  })
  if (end !== 'failed') return
  // A request that is wrong says nothing about this system: no stack, and no warning.
  if (error && isRequestFault(error))
    deps.log.info({ requestId, deployment, code: error.code, reason: error.message }, 'a request was refused')
  else deps.log.warn({ requestId, deployment, err: error }, 'an attempt failed')
}

/** An engine makes one attempt; one that is cut off may have told nothing. */
export const attemptOf = (outcome: Outcome): Omit<Attempt, 'deployment'> => {
  const [attempt] = outcome.attempts
  if (attempt) return attempt
  const { usage, error } = outcome
  const end = outcome.end === 'finished' || outcome.end === 'failed' ? outcome.end : 'cancelled'
  return { usage, usageSource: 'estimated', end, ...(error && { error }) }
}

/** The attempt of a rejected call: what its engine says of it, or one that used nothing. */
export const failedAttempt = (cause: unknown): Omit<Attempt, 'deployment'> => {
  const error = toArchitectError(cause)
  const [attempt] = attemptsOf(error)
  if (attempt) return attempt
  const end = error.code === 'llm.cancelled' ? 'cancelled' : 'failed'
  return { usage: noUsage, usageSource: 'none', end, error }
}
