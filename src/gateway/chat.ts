// The endpoints that answer a chat, in any dialect: bytes to a request, the request to its route's model, the answer
// to bytes.

import { type Clock, languageOfHeader } from '../core/index.js'
import { type ChatRequest, type ChatStream, dialectHeaders, type EncoderOptions } from '../llm/index.js'
import type { Metrics, Operation, Span } from '../telemetry/index.js'
import type { Authenticate, Caller } from './authenticate.js'
import type { GatewayCall } from './call.js'
import type { Deadline } from './deadline.js'
import type { ChatDialect, ChatTurn, Deliver, LaterWork } from './dialects/chat-dialect.js'
import type { Deadlines } from './enforce-deadline.js'
import type { DescribeError } from './error-response.js'
import { type Exchange, failureOf, type Handler, traceOf } from './exchange.js'
import type { LedgerPort } from './ports.js'
import type { BodyReader } from './read-body.js'
import type { Routes } from './routes.js'
import type { ServedChat } from './served-route.js'
import { describeAnswer, describeRequest } from './traced.js'
import { createUpstreamTime, serverTiming, type UpstreamTime } from './upstream-time.js'
import { writeEvents, writeJson } from './write-answer.js'

export interface ChatDeps {
  readonly authenticate: Authenticate
  readonly routes: Routes
  readonly bodies: BodyReader
  readonly ledger: Pick<LedgerPort, 'recorder'>
  readonly architectureHash: string
  readonly describeError: DescribeError
  readonly deadlines: Deadlines
  readonly metrics: Metrics
  readonly clock: Clock
  readonly stalledMs: number
}

export const createChatHandler =
  (deps: ChatDeps, dialect: ChatDialect): Handler =>
  async (exchange, parameters) => {
    const caller = deps.authenticate(exchange.request)
    const bytes = await deps.bodies.read(exchange.request, exchange.response)
    try {
      const answerId = dialect.answerId(exchange.requestId)
      const turn = dialect.begin
        ? await dialect.begin(bytes, { caller, answerId })
        : { request: dialect.read(bytes, parameters) }
      const { request } = turn
      const served = deps.routes.chat(request.model, caller)
      dialect.refuse?.(served, request)
      const job = { exchange, dialect, served, turn, request, caller }
      await (turn.later ? turn.later(laterWork(deps, job)) : measured(deps, job))
    } finally {
      deps.bodies.release(bytes.length)
    }
  }

interface Job {
  readonly exchange: Exchange
  readonly dialect: ChatDialect
  readonly served: ServedChat
  readonly turn: ChatTurn
  readonly request: ChatRequest
  readonly caller: Caller
  /** In place of writing to the exchange. */
  readonly deliver?: Deliver
}

const laterWork = (deps: ChatDeps, job: Job): LaterWork => ({
  exchange: job.exchange,
  ledger: deps.ledger,
  encodingOf: (exchange) => encodingOf(deps, { ...job, exchange }),
  answer: ({ ledger, ...changes }) => measured({ ...deps, ledger }, { ...job, ...changes }),
})

/** Counts and times what the client sees. */
const measured = async (deps: ChatDeps, job: Job): Promise<void> => {
  const { clock, metrics } = deps
  const { startedMs, response } = job.exchange
  const span = job.exchange.traced?.span
  const operation = operationOf(job.request)
  const upstream = createUpstreamTime()
  let firstContentMs: number | null = null
  let upstreamFirstMs = 0
  const onFirstContent = () => {
    const nowMs = clock.monotonicMs()
    firstContentMs = nowMs - startedMs
    upstreamFirstMs = upstream.untilContentMs(nowMs)
    deadline.committed()
    return serverTiming(upstreamFirstMs, firstContentMs)
  }
  const end = (status: number, how: RequestEnd, outputTokens: number) => {
    const nowMs = clock.monotonicMs()
    metrics.requestEnded({
      operation,
      route: job.served.route.name,
      status,
      end: how,
      durationMs: nowMs - startedMs,
      firstContentMs,
      outputTokens,
      upstreamMs: upstream.totalMs(nowMs),
      upstreamFirstMs,
    })
  }
  metrics.requestStarted()
  if (span) describe(span, operation, job)
  const { timeoutMs } = job.served.route
  const deadline = deps.deadlines.start(job.exchange, {
    isStream: job.request.stream,
    routeTimeoutMs: timeoutMs,
  })
  try {
    const call = callOf(deps, { ...job, deadline, operation, upstream })
    const stream = await job.served.model.open(job.request, call)
    await answer(deps, { ...job, stream, onFirstContent })
    const outcome = await stream.outcome
    end(response.statusCode, outcome.end, outcome.usage.output.total)
    if (span) describeAnswer(span, outcome, { answeredBy: stream.answeredBy, status: response.statusCode })
  } catch (cause) {
    const context = { language: 'en', requestId: job.exchange.requestId } as const
    const { status } = deps.describeError(failureOf(job.exchange, cause), context)
    end(status, job.exchange.signal.aborted ? 'cancelled' : 'failed', 0)
    throw cause
  } finally {
    deadline.stop()
  }
}

const operationOf = ({ dialect }: ChatRequest): Operation =>
  dialect === 'openai-completions' ? 'text_completion' : 'chat'

const describe = (span: Span, operation: Operation, { served, request, caller }: Job) =>
  describeRequest(span, {
    operation,
    model: served.route.name,
    prompt: served.promptVariant,
    tenant: caller.tenant,
    isStream: request.stream,
  })

type RequestEnd = Parameters<Metrics['requestEnded']>[0]['end']

const answer = async (
  deps: ChatDeps,
  {
    exchange,
    dialect,
    turn,
    request,
    stream,
    onFirstContent,
    deliver,
  }: Job & { stream: ChatStream; onFirstContent: () => string },
): Promise<void> => {
  if (deliver) return deliver(stream, onFirstContent)
  const encoding = encodingOf(deps, { exchange, dialect, turn, request })
  const kept = turn.keep?.(stream, encoding) ?? stream
  const target = {
    exchange,
    codec: dialect.codec,
    headers: dialect.envelope.headers(exchange.requestId),
    encoding,
    wantsUsage: dialect.wantsUsage(request),
    stalledMs: deps.stalledMs,
    onFirstContent,
  }
  await (request.stream ? writeEvents(kept, target) : writeJson(kept, target))
}

const encodingOf = (
  { clock, describeError }: ChatDeps,
  { exchange, dialect, turn, request }: Pick<Job, 'exchange' | 'dialect' | 'turn' | 'request'>,
): EncoderOptions => ({
  id: dialect.answerId(exchange.requestId),
  model: request.model,
  createdSeconds: Math.floor(clock.wallMs() / 1000),
  framing: dialect.framing?.(exchange.search) ?? 'sse',
  ...(turn.repeats && { repeats: turn.repeats }),
  renderError: (error) => {
    const language = languageOfHeader(exchange.request.headers['accept-language'])
    const { requestId } = exchange
    return dialect.envelope.errorInStream(describeError(failureOf(exchange, error), { language, requestId }))
  },
})

interface CallParts {
  readonly deadline: Deadline
  readonly operation: Operation
  readonly upstream: UpstreamTime
}

const callOf = (
  deps: ChatDeps,
  { exchange, dialect, served, caller, deadline, operation, upstream }: Job & CallParts,
): GatewayCall => {
  const { headers } = exchange.request
  let attempts = 0
  return {
    operation,
    upstream,
    requestId: exchange.requestId,
    tenant: caller.tenant,
    keyId: caller.keyId,
    principal: caller.principal,
    signal: exchange.signal,
    deadlineMs: deadline.deadlineMs,
    ...(deadline.commitByMs !== undefined && { commitByMs: deadline.commitByMs }),
    ...traceOf(exchange),
    dialectHeaders: dialectHeaders(dialect.codec.dialect, headers),
    promptVariant: served.promptVariant,
    routeArm: 'default',
    recorder: deps.ledger.recorder(caller.limits),
    route: served.route.name,
    architectureHash: deps.architectureHash,
    limits: caller.limits,
    caching: cachingOf(headers['cache-control']),
    nextAttempt: () => attempts++,
  }
}

const cachingOf = (header: string | undefined): GatewayCall['caching'] => {
  if (header === undefined) return 'use'
  return /\bno-store\b/i.test(header) ? 'bypass' : /\bno-cache\b/i.test(header) ? 'refresh' : 'use'
}
