// What a deployment's failure means for its route: whether another deployment may be asked, and what the client
// is told when none could answer. Knows no HTTP.

import { type ArchitectError, type Attempt, toArchitectError } from '../../core/index.js'
import { withAttempts } from '../../llm/index.js'
import { isClientFault, isUnsuited } from '../error-response.js'
import { gatewayError, type Tried } from '../messages.js'

export interface Failure {
  readonly deployment: string
  readonly error: ArchitectError
}

/**
 * Whether another deployment may do better. Not where the request itself is at fault, where the caller has left,
 * or where the refusal is ours (limits, budget, a full journal): those hold for every deployment.
 */
export const mayTryNext = (cause: unknown): boolean => {
  const error = toArchitectError(cause)
  if (error.code === 'core.unexpected') return true
  if (everywhere.has(error.code)) return false
  return (error.code.startsWith('llm.') || isNoAnswer(error)) && !isClientFault(error)
}

/** Failures of engines that no other engine could mend. */
const everywhere: ReadonlySet<string> = new Set([
  'llm.request-unreadable',
  'llm.request-not-expressible',
  'llm.cancelled',
])

/** Part of a route's tree could not answer; another part may. */
const isNoAnswer = ({ code }: ArchitectError) => partial.has(code)

const partial: ReadonlySet<string> = new Set([
  'gateway.no-answer',
  'gateway.upstream-slow',
  'gateway.upstream-busy',
  'gateway.deployment-resting',
  'gateway.queue-full',
  'gateway.queue-slow',
])

/** Whether the caller's own limit of time is over, so that no other deployment can help. */
export const isPastDeadline = ({ code, params }: ArchitectError): boolean =>
  code === 'gateway.queue-slow' ||
  code === 'gateway.deadline-exceeded' ||
  (code === 'llm.upstream-timeout' && params.phase === 'deadline')

/** @param failures in the order of the attempts, the one that met the deadline last */
export const deadlineExceeded = (
  failures: readonly Failure[],
  attempts: readonly Attempt[],
): ArchitectError => {
  const cause = failures.at(-1)?.error
  return withAttempts(
    gatewayError(
      'gateway.deadline-exceeded',
      { limitMs: null, tried: failures.map(triedOf) },
      { retryable: true, cause },
    ),
    attempts,
  )
}

/**
 * The error of a route none of whose deployments could answer; the last one's own where the request suited none,
 * or where every answer broke the schema that it was to follow.
 * @param failures in the order of the attempts
 */
export const noAnswer = (
  model: string,
  failures: readonly Failure[],
  attempts: readonly Attempt[],
): ArchitectError => {
  const capable = failures.filter(({ error }) => !incapabilities.has(error.code))
  const incapable = capable.length === 0 && failures[0]?.error
  if (incapable) return withAttempts(incapable, attempts)
  const tried = failures.map(triedOf)
  const cause = failures.at(-1)?.error
  if (cause && failures.every(({ error }) => isUnsuited(error))) return withAttempts(cause, attempts)
  const invalid = capable.every(({ error }) => error.code === 'llm.answer-invalid') && capable.at(-1)?.error
  if (invalid) return withAttempts(invalid, attempts)
  if (failures.every(({ error }) => error.params.status === 429 && error.retryable))
    return withAttempts(
      gatewayError(
        'gateway.upstream-busy',
        { model, tried, retryAfterMs: soonest(failures) },
        { retryable: true, cause },
      ),
      attempts,
    )
  const code = failures.every(({ error }) => error.code === 'llm.upstream-timeout')
    ? 'gateway.upstream-slow'
    : 'gateway.no-answer'
  const retryAfterMs = failures.every(isUnasked) ? soonest(failures) : null
  return withAttempts(
    gatewayError(code, { model, tried, retryAfterMs }, { retryable: true, cause }),
    attempts,
  )
}

/** What no repetition mends: the engine has no such ability, or its server no such endpoint. */
const incapabilities: ReadonlySet<string> = new Set(['llm.not-capable', 'llm.completions-absent'])

/** Known not to answer before it was asked: there is no use in asking again any sooner. */
const isUnasked = ({ error }: Failure) => error.code === 'gateway.deployment-resting'

const triedOf = ({ deployment, error: { code, params } }: Failure): Tried => ({
  deployment,
  code: typeof params.status === 'number' ? `${code} ${params.status}` : code,
})

const soonest = (failures: readonly Failure[]): number | null => {
  const waits = failures
    .map(({ error }) => error.params.retryAfterMs)
    .filter((wait): wait is number => typeof wait === 'number')
  return waits.length > 0 ? Math.min(...waits) : null
}
