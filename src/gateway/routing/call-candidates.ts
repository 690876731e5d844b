// Asks a route's deployments in order until one answers, each attempt journalled before its call and settled before
// the answer is used. For answers that come whole: embeddings and rerank scores.

import { type Attempt, type AttemptRecorder, toArchitectError, type Usage } from '../../core/index.js'
import { type Answered, attemptsOf, type ModelCall, withAttempts } from '../../llm/index.js'
import type { Operation, Span, SpanAttributes } from '../../telemetry/index.js'
import { type AttemptReportDeps, failedAttempt, reportAttempt } from '../attempt-report.js'
import { endAttempt } from '../traced.js'
import type { UpstreamTime } from '../upstream-time.js'
import { deadlineExceeded, type Failure, isPastDeadline, mayTryNext, noAnswer } from './failure.js'
import { type DeploymentPolicy, tryDeployment } from './try-deployment.js'

/** A deployment's engine with one of its keys, and how its attempts are told. */
export interface KeyedEngine<Engine> {
  readonly engine: Engine
  /** What the span of each of its attempts says. */
  readonly attributes: SpanAttributes
  readonly report: AttemptReportDeps
}

/** A deployment that may be asked, with each of its keys in the order of the policy's breakers. */
export interface Candidate<Engine> {
  readonly keyed: readonly [KeyedEngine<Engine>, ...KeyedEngine<Engine>[]]
  readonly policy: DeploymentPolicy
}

/** Who calls, as the ledger's row says it. */
export interface RecordedCall extends ModelCall {
  readonly operation: Operation
  /** Told of each attempt. */
  readonly upstream: UpstreamTime
  /** Undefined for a request that is not traced. */
  readonly span?: Span
  readonly tenant: string
  readonly keyId: string
  readonly route: string
  readonly architectureHash: string
  readonly recorder: AttemptRecorder
  /** Upper bound of what one attempt may use. */
  readonly reservation: Usage
}

export interface CandidateAnswer<Answer> {
  readonly answer: Answer
  /** Id of the deployment that answered. */
  readonly deployment: string
}

/** @param candidates at least one, in the order to try @throws gateway.no-answer and what may not be tried again */
export const callCandidates = async <Engine, Answer extends Answered>(
  candidates: readonly Candidate<Engine>[],
  call: RecordedCall,
  ask: (engine: Engine, call: RecordedCall) => Promise<Answer>,
): Promise<CandidateAnswer<Answer>> => {
  const failures: Failure[] = []
  const attempts: Attempt[] = []
  let attempt = 0
  for (const { keyed, policy } of candidates) {
    const { deployment } = policy
    const askWith = (key: number) =>
      attemptOnce(keyed[key] as KeyedEngine<Engine>, { ...call, attempt: attempt++ }, ask)
    try {
      const { answer } = await tryDeployment(policy, call, { ask: askWith, over: isOver })
      return { answer, deployment }
    } catch (cause) {
      const error = toArchitectError(cause)
      attempts.push(...attemptsOf(error))
      if (call.signal.aborted || !mayTryNext(error)) throw withAttempts(error, attempts)
      failures.push({ deployment, error })
      if (isPastDeadline(error)) throw deadlineExceeded(failures, attempts)
    }
  }
  throw noAnswer(call.route, failures, attempts)
}

/** An answer that comes whole leaves its deployment nothing to do. */
const isOver = () => undefined

const attemptOnce = async <Engine, Answer extends Answered>(
  { engine, attributes, report }: KeyedEngine<Engine>,
  call: RecordedCall & { readonly attempt: number },
  ask: (engine: Engine, call: RecordedCall) => Promise<Answer>,
): Promise<Answer> => {
  const { clock, log } = report
  const { requestId, attempt, tenant, keyId, route, architectureHash, reservation } = call
  const startedMs = clock.monotonicMs()
  const open = await call.recorder.begin({
    requestId,
    attempt,
    tenant,
    keyId,
    route,
    deployment: report.deployment.id,
    architectureHash,
    reservation,
  })
  call.upstream.called(clock.monotonicMs())
  const span = call.span?.begin(`${call.operation} ${report.deployment.model}`, {
    kind: 'client',
    attributes: { 'gen_ai.operation.name': call.operation, ...attributes },
  })
  const settle = async (settled: Omit<Attempt, 'deployment'>) => {
    const endedMs = clock.monotonicMs()
    const timing = { firstContentMs: null, totalMs: endedMs - startedMs }
    call.upstream.ended(endedMs)
    if (span) endAttempt(span, settled)
    reportAttempt(report, call, { ...settled, ...timing })
    await open.settle(settled, timing).catch((error: unknown) => {
      // The ledger keeps the row and writes it later; the answer that is ready must not suffer.
      log.error({ err: error, requestId }, 'an attempt could not be settled')
    })
  }
  let answer: Answer
  try {
    answer = await ask(engine, span ? { ...call, ...span.context } : call)
  } catch (cause) {
    await settle(failedAttempt(cause))
    throw cause
  }
  await settle({ usage: answer.usage, usageSource: answer.usageSource, end: 'finished' })
  return answer
}
