// One deployment as a candidate: takes a seat, picks a key that is in order, calls, and calls again where that makes
// sense and nothing has been said yet. Serves chat and answers that come whole alike.

import {
  type ArchitectError,
  type Attempt,
  type Clock,
  type Random,
  toArchitectError,
} from '../../core/index.js'
import { attemptsOf, withAttempts } from '../../llm/index.js'
import type { Span } from '../../telemetry/index.js'
import { gatewayError } from '../messages.js'
import type { Breaker, Rest } from './breaker.js'
import { isKeyRefused } from './breaker-verdict.js'
import { type RetryOptions, retryPauseMs } from './retry-plan.js'
import type { Seats } from './seats.js'

export interface DeploymentPolicy {
  readonly deployment: string
  /** One for each key, in the order in which keys are used. */
  readonly breakers: readonly Breaker[]
  readonly retry: RetryOptions
  /** Undefined where there is no limit. */
  readonly seats: Seats | undefined
  readonly clock: Clock
  readonly random: Random
  readonly onRetry: (route: string, deployment: string, reason: string) => void
}

export interface TryingCall {
  readonly tenant: string
  readonly route: string
  readonly signal: AbortSignal
  /** Undefined for a request that is not traced. */
  readonly span?: Span | undefined
  readonly deadlineMs?: number | undefined
  /** Monotonic ms by which the first content has to be there. */
  readonly commitByMs?: number | undefined
}

export interface Asking<Answer> {
  /** @param key index of the key to use */
  ask(key: number): Promise<Answer>
  /** Resolves when the deployment has nothing more to do for the answer; undefined when that is now. */
  over(answer: Answer): Promise<unknown> | undefined
}

export interface Tried<Answer> {
  readonly answer: Answer
  /** The attempts before the one that answered. */
  readonly spent: readonly Attempt[]
}

/** @throws what the last call failed of, with all attempts, or why none was made */
export const tryDeployment = async <Answer>(
  policy: DeploymentPolicy,
  call: TryingCall,
  asking: Asking<Answer>,
): Promise<Tried<Answer>> => {
  const { breakers, seats } = policy
  // The common case, which costs no more than the call: the first key is in order, and nobody has to wait.
  if (!seats && breakers[0]?.isClosed()) {
    try {
      return { answer: await asking.ask(0), spent: none }
    } catch (cause) {
      return tryAgain(policy, call, asking, { calls: 1, cause })
    }
  }
  return tryAgain(policy, call, asking, { calls: 0, cause: undefined })
}

const none: readonly Attempt[] = []

interface SoFar {
  readonly calls: number
  /** What the call failed of, if there was one. */
  readonly cause: unknown
}

const tryAgain = async <Answer>(
  policy: DeploymentPolicy,
  call: TryingCall,
  asking: Asking<Answer>,
  { calls: made, cause: first }: SoFar,
): Promise<Tried<Answer>> => {
  const spent: Attempt[] = []
  let last: ArchitectError | undefined
  const failed = async (cause: unknown, calls: number) => {
    const error = toArchitectError(cause)
    spent.push(...attemptsOf(error))
    last = withAttempts(error, spent)
    const pauseMs = call.signal.aborted ? undefined : pauseBefore(policy, call, { error, calls })
    if (pauseMs === undefined) throw last
    policy.onRetry(call.route, policy.deployment, error.code)
    if (pauseMs > 0) await pause(policy, call, { pauseMs, spent })
  }
  if (made > 0) await failed(first, made)
  for (let calls = made + 1; ; calls++) {
    const key = pick(policy)
    if (typeof key !== 'number') throw last ?? resting(policy.deployment, key)
    try {
      return { answer: await callOnce(policy, call, { ...asking, key }), spent }
    } catch (cause) {
      await failed(cause, calls)
    }
  }
}

/** The first key that is in order, else the first that could be tried out, else the rest that is over first. */
const pick = ({ breakers }: DeploymentPolicy): number | Rest => {
  if (breakers[0]?.isClosed()) return 0
  const closed = breakers.findIndex((breaker) => breaker.isClosed())
  if (closed >= 0) return closed
  const rests = breakers.map((breaker) => breaker.rest())
  const probing = rests.indexOf(undefined)
  if (probing >= 0) return probing
  return (rests as Rest[]).reduce((soonest, rest) => (rest.restMs < soonest.restMs ? rest : soonest))
}

/** @throws gateway.deployment-resting, and what `take` and the call throw */
const callOnce = async <Answer>(
  { deployment, breakers, seats }: DeploymentPolicy,
  call: TryingCall,
  { ask, over, key }: Asking<Answer> & { readonly key: number },
): Promise<Answer> => {
  const breaker = breakers[key] as Breaker
  if (seats && !seats.tryTake()) {
    const { tenant, signal, span } = call
    const waiting = span?.begin(`queue ${deployment}`, {
      attributes: { 'llm_architect.deployment': deployment },
    })
    await seats.take({ tenant, signal, deadlineMs: dueMs(call) }).then(
      () => waiting?.end(),
      (cause: unknown) => {
        waiting?.end(toArchitectError(cause).code)
        throw cause
      },
    )
  }
  let isProbe = false
  try {
    if (!breaker.isClosed()) {
      const rest = await breaker.claimProbe()
      if (rest) throw resting(deployment, rest)
      isProbe = true
    }
    const answer = await ask(key)
    // A long answer is no reason to keep everybody else waiting for its end.
    if (isProbe) breaker.record({ kind: 'success' })
    const end = seats && over(answer)
    if (end) void end.then(seats.leave)
    else seats?.leave()
    return answer
  } catch (cause) {
    seats?.leave()
    // An attempt that was recorded has given its verdict already; one that was never made gives the probe back.
    if (isProbe && attemptsOf(cause).length === 0) breaker.record({ kind: 'nothing' })
    throw cause
  }
}

/** The pause before the next call; undefined when there is none. Another key needs no pause. */
const pauseBefore = (
  { breakers, retry, clock, random }: DeploymentPolicy,
  call: TryingCall,
  { error, calls }: { readonly error: ArchitectError; readonly calls: number },
): number | undefined => {
  const leftMs = (dueMs(call) ?? Number.POSITIVE_INFINITY) - clock.monotonicMs()
  const isOfKey = isKeyRefused(error) || (error.code === 'llm.upstream-status' && error.params.status === 429)
  if (isOfKey && leftMs > 0 && breakers.length > 1 && breakers.some((breaker) => breaker.isClosed())) return 0
  return retryPauseMs({ error, calls, leftMs }, retry, random)
}

/** A timer may fire up to a ms early, and what was to be left alone is left alone for the whole time. */
const timerSlackMs = 2

const pause = async (
  { clock }: DeploymentPolicy,
  { signal }: TryingCall,
  { pauseMs, spent }: { readonly pauseMs: number; readonly spent: readonly Attempt[] },
): Promise<void> => {
  try {
    await clock.sleep(pauseMs + timerSlackMs, signal)
  } catch {
    // Node rejects with an AbortError; what ended the call is the signal's reason.
    throw withAttempts(toArchitectError(signal.reason), spent)
  }
}

const dueMs = ({ deadlineMs, commitByMs }: TryingCall): number | undefined =>
  commitByMs === undefined ? deadlineMs : Math.min(commitByMs, deadlineMs ?? commitByMs)

/** A limit of rate is told as the deployment itself would tell it. */
const resting = (deployment: string, { reason, restMs }: Rest): ArchitectError =>
  gatewayError(
    'gateway.deployment-resting',
    {
      deployment,
      reason,
      retryAfterMs: Math.ceil(restMs),
      ...(reason === 'rate-limited' && { status: 429 as const }),
    },
    { retryable: true },
  )
