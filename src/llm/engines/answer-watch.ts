// The limits of time of an answer that comes from no socket of ours: the deployment's own, and the caller's.

import type { ArchitectError, Clock } from '../../core/index.js'
import type { ChatCall } from '../contract.js'
import { llmError, type TimeoutPhase } from '../messages.js'
import type { EngineDeployment } from './engine-deployment.js'
import type { Watchdog } from './watchdog.js'

export interface WatchedAnswer {
  readonly deployment: Pick<EngineDeployment, 'id' | 'timeouts'>
  readonly clock: Clock
  readonly watchdog: Watchdog
  readonly call: ChatCall
}

export interface AnswerWatch {
  stop(): void
  /** The first content is here. */
  spoke(): void
  /** It goes on. */
  worked(): void
}

/** The deployment's limits and the caller's. Before the first content nothing moves its limit; after it, work does. */
export const watchAnswer = (
  { deployment, clock, watchdog, call }: WatchedAnswer,
  fail: (error: ArchitectError) => void,
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
  return {
    stop: () => watch.stop(),
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
