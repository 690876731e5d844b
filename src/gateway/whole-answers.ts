// What /v1/embeddings and /v1/rerank have in common: key, body, route, limits, guard, ledger, audit, metrics, and an
// answer in one piece. What a request and an answer look like is the endpoint's own.

import type { RequestEntry } from '../audit/index.js'
import type { Clock, Usage } from '../core/index.js'
import { guardrailsError } from '../guardrails/index.js'
import type { Counters } from '../ledger/index.js'
import type { Answered } from '../llm/index.js'
import type { Metrics, Operation } from '../telemetry/index.js'
import type { Authenticate, Caller } from './authenticate.js'
import type { Deadlines, RunningDeadline } from './enforce-deadline.js'
import type { DescribeError } from './error-response.js'
import { type Exchange, failureOf, type Handler, traceOf } from './exchange.js'
import { parseJson } from './parse-json.js'
import type { AuditPort, GuardPort, LedgerPort } from './ports.js'
import type { BodyReader } from './read-body.js'
import { reserveRequest } from './reserve-request.js'
import type { Routes } from './routes.js'
import { callCandidates, type RecordedCall } from './routing/call-candidates.js'
import { type Headers, send } from './send.js'
import type { EngineOf, ServedEngines, WholeKind } from './served-route.js'
import { describeRequest } from './traced.js'
import { createUpstreamTime, serverTiming, type UpstreamTime } from './upstream-time.js'

export interface WholeAnswerDeps {
  readonly authenticate: Authenticate
  readonly routes: Routes
  readonly bodies: BodyReader
  readonly counters: Counters
  readonly guardrails: GuardPort
  readonly ledger: Pick<LedgerPort, 'recorder'>
  readonly audit?: AuditPort | undefined
  readonly architectureHash: string
  readonly describeError: DescribeError
  readonly deadlines: Deadlines
  readonly metrics: Metrics
  readonly clock: Clock
}

/** One endpoint: how its requests are read, checked and asked, and how its answers are written. */
export interface WholeEndpoint<Kind extends WholeKind, Request, Answer extends Answered> {
  readonly kind: Kind
  readonly operation: Operation
  /**
   * @param parameters what the path's `{...}` segments hold
   * @throws gateway.field-missing, gateway.field-invalid, gateway.fields-invalid
   */
  read(body: unknown, parameters: readonly string[]): { readonly model: string; readonly request: Request }
  /** Refuses what this route cannot do. */
  refuse?(served: ServedEngines<Kind>, request: Request): void
  /** The request with each of its texts replaced by what `check` makes of it. */
  mapTexts(request: Request, check: (text: string) => string): Request
  reservation(request: Request): Usage
  ask(engine: EngineOf<Kind>, request: Request, call: RecordedCall): Promise<Answer>
  /** The answer as the client gets it. @param asked the request before the guard */
  write(
    answer: Answer,
    context: { readonly model: string; readonly asked: Request; readonly id: string },
  ): object
}

interface Job<Kind extends WholeKind, Request> {
  readonly exchange: Exchange
  readonly served: ServedEngines<Kind>
  readonly request: Request
  readonly caller: Caller
  readonly bytes: Buffer
}

type TimedJob<Kind extends WholeKind, Request> = Job<Kind, Request> & {
  readonly deadline: RunningDeadline
  readonly operation: Operation
  readonly upstream: UpstreamTime
}

export const createWholeAnswers =
  <Kind extends WholeKind, Request, Answer extends Answered>(
    deps: WholeAnswerDeps,
    endpoint: WholeEndpoint<Kind, Request, Answer>,
  ): Handler =>
  async (exchange, parameters) => {
    const caller = deps.authenticate(exchange.request)
    const bytes = await deps.bodies.read(exchange.request, exchange.response)
    try {
      const { model, request } = endpoint.read(parseJson(bytes), parameters)
      const served = deps.routes.engines(endpoint.kind, model, caller)
      await measured(deps, endpoint, { exchange, served, request, caller, bytes })
    } finally {
      deps.bodies.release(bytes.length)
    }
  }

const measured = async <Kind extends WholeKind, Request, Answer extends Answered>(
  deps: WholeAnswerDeps,
  endpoint: WholeEndpoint<Kind, Request, Answer>,
  job: Job<Kind, Request>,
): Promise<void> => {
  const { clock, metrics } = deps
  const { exchange, served, caller } = job
  const { operation } = endpoint
  const upstream = createUpstreamTime()
  const end = (status: number, how: Parameters<Metrics['requestEnded']>[0]['end']) => {
    const nowMs = clock.monotonicMs()
    metrics.requestEnded({
      operation,
      route: served.route.name,
      status,
      end: how,
      durationMs: nowMs - exchange.startedMs,
      firstContentMs: null,
      outputTokens: 0,
      upstreamMs: upstream.totalMs(nowMs),
      upstreamFirstMs: 0,
    })
  }
  metrics.requestStarted()
  if (exchange.traced?.span)
    describeRequest(exchange.traced.span, { operation, model: served.route.name, tenant: caller.tenant })
  const deadline = deps.deadlines.start(exchange, {
    isStream: false,
    routeTimeoutMs: served.route.timeoutMs,
  })
  try {
    await answer(deps, endpoint, { ...job, deadline, operation, upstream })
    end(exchange.response.statusCode, 'finished')
  } catch (cause) {
    const error = failureOf(exchange, cause)
    const { status } = deps.describeError(error, { language: 'en', requestId: exchange.requestId })
    const failed = error.code === 'guardrails.blocked' ? 'blocked' : 'failed'
    end(status, exchange.signal.aborted ? 'cancelled' : failed)
    audited(deps, job, { answeredBy: 'none', end: 'refused', errorCode: error.code })
    throw cause
  } finally {
    deadline.stop()
  }
}

const answer = async <Kind extends WholeKind, Request, Answer extends Answered>(
  deps: WholeAnswerDeps,
  endpoint: WholeEndpoint<Kind, Request, Answer>,
  job: TimedJob<Kind, Request>,
): Promise<void> => {
  const { exchange, served, caller, request: asked } = job
  const limits = await reserveRequest(deps.counters, caller)
  endpoint.refuse?.(served, asked)
  const { policy } = served
  const request = policy ? endpoint.mapTexts(asked, guarded(deps, policy)) : asked
  const call = callOf(deps, job, endpoint.reservation(request))
  const { answer, deployment } = await callCandidates(served.candidates, call, (engine, attempt) =>
    endpoint.ask(engine, request, attempt),
  )
  const { upstreamRequestId } = answer
  const headers: Headers = {
    ...limits,
    ...(upstreamRequestId !== undefined && { 'x-upstream-request-id': upstreamRequestId }),
  }
  const context = { model: served.route.name, asked, id: exchange.requestId }
  const body = JSON.stringify(endpoint.write(answer, context))
  audited(deps, job, { answeredBy: deployment, end: 'finished', errorCode: null })
  exchange.traced?.span?.set({ 'llm_architect.answered_by': deployment, 'llm_architect.end': 'finished' })
  const nowMs = deps.clock.monotonicMs()
  const timing = serverTiming(job.upstream.totalMs(nowMs), nowMs - exchange.startedMs)
  send(exchange, {
    status: 200,
    body,
    contentType: 'application/json',
    headers: { ...headers, 'server-timing': timing },
  })
}

/** @throws guardrails.blocked */
const guarded =
  ({ guardrails, metrics }: WholeAnswerDeps, policy: string) =>
  (text: string) => {
    const verdict = guardrails.check({ policy, stage: 'input', source: 'user', text })
    metrics.guardVerdict({ policy, stage: 'input', action: verdict.action })
    if (verdict.action !== 'block') return verdict.text
    const kinds = verdict.findings.filter(({ severity }) => severity !== 'low').map(({ kind }) => kind)
    throw guardrailsError('guardrails.blocked', { stage: 'input', kinds: [...new Set(kinds)] })
  }

const callOf = <Kind extends WholeKind>(
  deps: WholeAnswerDeps,
  { exchange, served, caller, deadline, operation, upstream }: TimedJob<Kind, unknown>,
  reservation: Usage,
): RecordedCall => {
  return {
    operation,
    upstream,
    requestId: exchange.requestId,
    signal: exchange.signal,
    deadlineMs: deadline.deadlineMs,
    ...traceOf(exchange),
    tenant: caller.tenant,
    keyId: caller.keyId,
    route: served.route.name,
    architectureHash: deps.architectureHash,
    recorder: deps.ledger.recorder(caller.limits),
    reservation,
  }
}

type Ending = Pick<RequestEntry, 'answeredBy' | 'end' | 'errorCode'>

const audited = <Kind extends WholeKind>(
  { audit, architectureHash }: WholeAnswerDeps,
  { exchange, caller, served, bytes }: Job<Kind, unknown>,
  ending: Ending,
) =>
  audit?.append({
    type: 'request',
    requestId: exchange.requestId,
    tenant: caller.tenant,
    keyId: caller.keyId,
    route: served.route.name,
    architectureHash,
    content: bytes,
    ...ending,
  })
