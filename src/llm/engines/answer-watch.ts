// What ends an answer that comes from no socket of ours: the deployment's limits of time, the caller's, and a caller that
// gives up.

import type { Clock } from '../../core/index.js'
import type { ChatCall, Outcome } from '../contract.js'
import { llmError, type TimeoutPhase } from '../messages.js'
import type { ChatDelivery } from './chat-delivery.js'
import type { EngineDeployment } from './engine-deployment.js'
import type { Watchdog } from './watchdog.js'

export interface WatchedAnswer {
  readonly deployment: Pick<EngineDeployment, 'id' | 'timeouts'>
  readonly clock: Clock
  readonly watchdog: Watchdog
  readonly call: ChatCall
}

export interface AnswerWatch {
  /** The first content is here. */
  spoke(): void
  /** It goes on. */
  worked(): void
}

/**
 * Watches until the outcome is settled; a call that has been given up already fails at once. Before the first content
 * nothing moves its limit; after it, work does.
 */
export const watchAnswer = (
  { deployment, clock, watchdog, call }: WatchedAnswer,
  { fail, outcome }: { readonly fail: ChatDelivery['fail']; readonly outcome: Promise<Outcome> },
): AnswerWatch => {
  const { firstContentMs, idleMs } = deployment.timeouts
  let phase: TimeoutPhase = 'first-content'
  let limitMs = firstContentMs
  let sinceMs = clock.monotonicMs()
  const startedMs = sinceMs
  const deadlineMs = call.deadlineMs ?? Number.POSITIVE_INFINITY
  const watch = watchdog.watch({
    dueMs: () => Math.min(deadlineMs, sinceMs + limitMs),
    expire: () => {
      const isDeadline = deadlineMs <= sinceMs + limitMs
      const params = isDeadline
        ? { phase: 'deadline' as const, limitMs: Math.round(deadlineMs - startedMs) }
        : { phase, limitMs }
      fail(
        llmError(
          'llm.upstream-timeout',
          { deployment: deployment.id, ...params },
          { retryable: !isDeadline },
        ),
      )
    },
  })
  const onAbort = () =>
    fail(llmError('llm.cancelled', { deployment: deployment.id, reason: 'aborted' }), 'cancelled')
  void outcome.then(() => {
    watch.stop()
    call.signal.removeEventListener('abort', onAbort)
  })
  if (call.signal.aborted) onAbort()
  else call.signal.addEventListener('abort', onAbort, { once: true })
  return {
    spoke: () => {
      if (phase === 'idle') return
      phase = 'idle'
      limitMs = idleMs
      sinceMs = clock.monotonicMs()
      watch.moved()
    },
    worked: () => {
      if (phase === 'idle') sinceMs = clock.monotonicMs()
    },
  }
}
