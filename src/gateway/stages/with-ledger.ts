// The innermost step: an attempt is in the journal before its deployment is called, and settled there before its
// last frame goes on, however it ends. Promise 9.

import { type Attempt, type Clock, type Log, noUsage, toArchitectError } from '../../core/index.js'
import {
  attemptsOf,
  beforeLastFrame,
  type ChatModel,
  type ChatStream,
  type Outcome,
} from '../../llm/index.js'
import type { Metrics } from '../../telemetry/index.js'
import { type GatewayCall, type Stage, withOpen } from '../call.js'
import { reservationOf } from './reserve-tokens.js'

export interface LedgerStageDeps {
  /** Id, provider and model of the deployment, as metrics name them. */
  readonly deployment: { readonly id: string; readonly provider: string; readonly model: string }
  /** US dollars; null when no price is known. */
  readonly costUsd: (deployment: string, usage: Attempt['usage']) => number | null
  readonly metrics: Metrics
  readonly clock: Clock
  readonly log: Log
}

export const withLedger =
  (deps: LedgerStageDeps): Stage =>
  (inner: ChatModel) =>
    withOpen(inner, async (request, call) => {
      const { clock, deployment } = deps
      const startedMs = clock.monotonicMs()
      const open = await call.recorder.begin({
        requestId: call.requestId,
        attempt: call.nextAttempt(),
        tenant: call.tenant,
        keyId: call.keyId,
        route: call.route,
        deployment: deployment.id,
        architectureHash: call.architectureHash,
        reservation: reservationOf(inner, request),
      })
      const settle = (attempt: Omit<Attempt, 'deployment'>, firstContentMs: number | null) => {
        const timing = { firstContentMs, totalMs: clock.monotonicMs() - startedMs }
        report(deps, call, { ...attempt, ...timing })
        return open.settle(attempt, timing).catch((error: unknown) => {
          // The ledger keeps the row and writes it later; the answer that is ready must not suffer.
          deps.log.error({ err: error, requestId: call.requestId }, 'an attempt could not be settled')
        })
      }
      try {
        const stream = await inner.open(request, call)
        const firstContentMs = clock.monotonicMs() - startedMs
        const settled = beforeLastFrame(stream, async (outcome) => {
          await settle(attemptOf(outcome), firstContentMs)
          return outcome
        })
        return { ...settled, head: ownHead(stream.head) }
      } catch (cause) {
        await settle(failedAttempt(cause), null)
        throw cause
      }
    })

/**
 * Of an upstream's head only its request id goes on, under a name of its own: the rest speaks of our account with
 * it (rate limits, organisation) or of its connection.
 */
const ownHead = ({ headers }: ChatStream['head']): ChatStream['head'] => {
  const id = headers.get('x-request-id')
  return { status: 200, headers: new Map(id === undefined ? [] : [['x-upstream-request-id', id]]) }
}

/** An engine makes one attempt; one that is cut off may have told nothing. */
const attemptOf = (outcome: Outcome): Omit<Attempt, 'deployment'> => {
  const [attempt] = outcome.attempts
  if (attempt) return attempt
  const { usage, error } = outcome
  const end = outcome.end === 'finished' || outcome.end === 'failed' ? outcome.end : 'cancelled'
  return { usage, usageSource: 'estimated', end, ...(error && { error }) }
}

const failedAttempt = (cause: unknown): Omit<Attempt, 'deployment'> => {
  const error = toArchitectError(cause)
  const [attempt] = attemptsOf(error)
  if (attempt) return attempt
  const end = error.code === 'llm.cancelled' ? 'cancelled' : 'failed'
  return { usage: noUsage, usageSource: 'none', end, error }
}

type Report = Omit<Attempt, 'deployment'> & {
  readonly firstContentMs: number | null
  readonly totalMs: number
}

const report = (deps: LedgerStageDeps, call: GatewayCall, attempt: Report) => {
  const { id: deployment, provider, model } = deps.deployment
  const { end, usage, error, firstContentMs, totalMs } = attempt
  deps.metrics.attemptEnded({
    route: call.route,
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
  if (end === 'failed')
    deps.log.warn({ requestId: call.requestId, deployment, err: error }, 'an attempt failed')
}
