// The innermost step: an attempt is in the journal before its deployment is called, and settled there before its
// last frame goes on, however it ends. Promise 9.

import type { Attempt } from '../../core/index.js'
import { type ChatModel, type ChatStream, settleFirst, withHead } from '../../llm/index.js'
import { type AttemptReportDeps, attemptOf, failedAttempt, reportAttempt } from '../attempt-report.js'
import { type Stage, withOpen } from '../call.js'
import { reservationOf } from './reserve-tokens.js'

export const withLedger =
  (deps: AttemptReportDeps): Stage =>
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
      call.upstream.called(clock.monotonicMs())
      const settle = (attempt: Omit<Attempt, 'deployment'>, firstContentMs: number | null) => {
        const endedMs = clock.monotonicMs()
        const timing = { firstContentMs, totalMs: endedMs - startedMs }
        call.upstream.ended(endedMs)
        reportAttempt(deps, call, { ...attempt, ...timing })
        return open.settle(attempt, timing).catch((error: unknown) => {
          // The ledger keeps the row and writes it later; the answer that is ready must not suffer.
          deps.log.error({ err: error, requestId: call.requestId }, 'an attempt could not be settled')
        })
      }
      try {
        const stream = await inner.open(request, call)
        const answeredMs = clock.monotonicMs()
        const firstContentMs = answeredMs - startedMs
        call.upstream.answered(answeredMs)
        return settleFirst(withHead(stream, ownHead(stream.head)), async (outcome) => {
          await settle(attemptOf(outcome), firstContentMs)
          return outcome
        })
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
