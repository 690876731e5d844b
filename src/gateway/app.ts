// The gateway: endpoints, the life of a request from its first byte to its answer or its error, and the end of it
// all. Holds one architecture; a reload makes another gateway.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnswerLine } from '../batches/index.js'
import { type Clock, createId, type Log, languageOfHeader, type Renderer, type Usage } from '../core/index.js'
import type { Counters } from '../ledger/index.js'
import {
  type ChatModel,
  createWatchdog,
  type EmbeddingModel,
  type RerankModel,
  type Watchdog,
} from '../llm/index.js'
import type { Architecture } from '../spec/index.js'
import type { Metrics, Tracer } from '../telemetry/index.js'
import { adminEndpoints } from './admin.js'
import { auditedAdmin } from './audited-admin.js'
import { createAuthenticate } from './authenticate.js'
import { createAnswerLine } from './batch-api/answer-line.js'
import { anthropicBatchEndpoints } from './batch-api/anthropic-batches.js'
import { lineEndpoints } from './batch-api/line-endpoints.js'
import { openaiBatchEndpoints } from './batch-api/openai-batches.js'
import { createChatHandler } from './chat.js'
import { createCountTokens } from './count-tokens.js'
import { anthropicCount, anthropicMessages } from './dialects/anthropic-messages.js'
import { envelopeOf } from './dialects/envelope.js'
import { openaiChat } from './dialects/openai-chat.js'
import { openaiCompaction } from './dialects/openai-compaction.js'
import { openaiCompletions } from './dialects/openai-completions.js'
import { openaiResponses } from './dialects/openai-responses.js'
import { createEmbeddings } from './embeddings.js'
import { createDeadlines, type Deadlines } from './enforce-deadline.js'
import { createErrorDescriber } from './error-response.js'
import { type Exchange, failureOf } from './exchange.js'
import { fileEndpoints } from './file-api/file-endpoints.js'
import { uploadEndpoints } from './file-api/upload-endpoints.js'
import { geminiEndpoints } from './gemini-endpoints.js'
import { checkReadiness, createHealth, createReadMetrics, type HealthDeps, type Readiness } from './health.js'
import { createInFlight, type InFlight } from './in-flight.js'
import { gatewayError } from './messages.js'
import { createGetModel, createListModels } from './models.js'
import { createModerations } from './moderations.js'
import type {
  AuditPort,
  BatchPort,
  ConversationPort,
  FilePort,
  GuardPort,
  IngestPort,
  KeyAdmin,
  KeyFinder,
  KnowledgePort,
  LedgerPort,
  UploadPort,
} from './ports.js'
import { createBodyReader } from './read-body.js'
import { createRerank } from './rerank.js'
import { type BackgroundRuns, createBackgroundRuns } from './responses/background-runs.js'
import { conversationEndpoints } from './responses/conversation-endpoints.js'
import { responseEndpoints } from './responses/response-endpoints.js'
import { createRouter, type Endpoint } from './router.js'
import { createRoutes } from './routes.js'
import type { DeploymentKeys } from './routing/deployment-policy.js'
import type { Resilience } from './routing/resilience.js'
import { createSearchStore } from './search-store.js'
import { send } from './send.js'
import { createDetokenize, createTokenize } from './tokenize.js'
import { endRequest, requestFailed, traceRequest } from './traced.js'
import { watchUnread } from './unread.js'

export interface GatewayOptions {
  readonly architecture: Architecture
  readonly architectureHash: string
  /** The engines, by deployment id. */
  readonly models: ReadonlyMap<string, ChatModel>
  /** Those of kind `embedding` and `rerank`. */
  readonly embeddingModels?: ReadonlyMap<string, EmbeddingModel> | undefined
  readonly rerankModels?: ReadonlyMap<string, RerankModel> | undefined
  readonly keyring: KeyFinder
  readonly ledger: LedgerPort
  readonly counters: Counters
  /** What is remembered of deployments from one architecture to the next. */
  readonly resilience: Resilience
  /** Of deployments with several keys: the same engines made with the further ones. */
  readonly keys?: DeploymentKeys | undefined
  readonly guardrails: GuardPort
  /** Where responses and conversations are kept; without it none are. */
  readonly conversations?: ConversationPort | undefined
  /** Those that run in the background, also of an architecture before this one. Default: none yet. */
  readonly runs?: BackgroundRuns | undefined
  /** Where files and batches are kept; without it there are none. */
  readonly stored?:
    | { readonly files: FilePort; readonly batches: BatchPort; readonly uploads: UploadPort }
    | undefined
  /** Needed when a route names a knowledge base. */
  readonly knowledge?: KnowledgePort | undefined
  /** What a usage of a deployment costs, for metrics; null when no price is known. */
  readonly costUsd: (deployment: string, usage: Usage) => number | null
  readonly audit?: AuditPort | undefined
  readonly metrics: Metrics
  /** Without it nothing is traced, and a client's own trace context passes as it came. */
  readonly tracer?: Tracer | undefined
  /** The states of engines that run on this machine, by deployment; see `health.ts`. */
  readonly engineStates?: (() => ReadonlyMap<string, string>) | undefined
  /** Knows the messages of every room. */
  readonly render: Renderer
  readonly log: Log
  readonly clock: Clock
  /** Without it there is no admin API. */
  readonly admin?:
    | { readonly token: string; readonly keys: KeyAdmin; readonly ingest?: IngestPort | undefined }
    | undefined
  readonly patience?: Partial<Patience>
}

/** How long the gateway waits for its clients, in ms. */
export interface Patience {
  /** The longest pause within a request body. Default 15 s. */
  readonly bodyIdleMs: number
  /** How long an answer may lie unread. Default 60 s. */
  readonly stalledMs: number
}

export interface Gateway {
  /** Answers one request; never throws and never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Answers one request of a batch. */
  readonly answerLine: AnswerLine
  /** Looks at everything that answers need. Never rejects. */
  probe(): Promise<Readiness>
  /** Refuses new requests, lets those under way finish, and cancels what is left after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>
  close(): Promise<void>
}

const maxHeldBodyBytes = 256 * 1024 * 1024
/** After a cancellation, for the streams to tell their clients and the ledger. */
const cancelGraceMs = 2_000

/**
 * Builds the gateway of one architecture.
 * @throws gateway.strategy-not-supported, gateway.reference-unknown, gateway.knowledge-unavailable
 */
export const createGateway = (options: GatewayOptions): Gateway => {
  const { clock, log, render, tracer } = options
  const describeError = createErrorDescriber(render)
  const inFlight = createInFlight(cancelGraceMs)
  const deadlines = createDeadlines(clock)
  const watchdog = createWatchdog(clock)
  const { lingering, hold, isDraining } = inFlight
  const parts = { ...options, deadlines, watchdog, lingering, hold }
  const { endpoints, answerLine } = endpointsOf(parts, isDraining)
  const router = createRouter(endpoints)

  const fail = (exchange: Exchange, cause: unknown) => {
    const { request, response, requestId } = exchange
    const error = failureOf(exchange, cause)
    const language = languageOfHeader(request.headers['accept-language'])
    const { status, body, headers, isExpected } = describeError(error, { language, requestId })
    if (exchange.traced?.span) requestFailed(exchange.traced.span, error.code, status)
    if (!isExpected) log.error({ err: error, requestId, path: exchange.path }, 'a request failed')
    // A failure that nobody turned into an event: the client must see a broken answer, not a whole one.
    if (response.headersSent) return void response.destroy()
    const envelope = envelopeOf(exchange)
    send(exchange, {
      status,
      body: JSON.stringify(envelope.errorBody({ status, body, headers }, requestId)),
      contentType: 'application/json',
      headers: { ...headers, ...envelope.headers(requestId) },
    })
  }
  const run = async (exchange: Exchange) => {
    try {
      const { request, path } = exchange
      const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET')
      if (inFlight.isDraining() && path !== '/health' && path !== '/metrics')
        throw gatewayError('gateway.draining', {}, { retryable: true })
      const { handle, parameters } = router.match(method, path)
      await handle(exchange, parameters)
    } catch (error) {
      fail(exchange, error)
    }
  }
  return {
    handle: (request, response) => {
      const { signal, abort, handled } = inFlight.begin(response)
      const { path, search } = targetOf(request.url ?? '/')
      const requestId = createId('req', clock.wallMs())
      const startedMs = clock.monotonicMs()
      const traced = tracer && traceRequest(tracer, request, { path, requestId })
      void run({ request, response, requestId, startedMs, path, search, signal, abort, traced }).finally(
        () => {
          if (traced?.span) endRequest(traced.span, { response, signal })
          handled()
          watchUnread(response, { watchdog, clock, stalledMs: stalledMsOf(options) })
        },
      )
    },
    answerLine,
    probe: () => checkReadiness(healthDeps(options, inFlight.isDraining)),
    drain: inFlight.drain,
    close: async () => {
      await inFlight.drain(0)
      deadlines.close()
      watchdog.close()
    },
  }
}

const stalledMsOf = ({ patience }: GatewayOptions) => patience?.stalledMs ?? 60_000

/** A request target is a path, or for proxies a whole address (RFC 9112, section 3.2). */
const targetOf = (target: string): { readonly path: string; readonly search: string } => {
  const local = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, '') || '/'
  const at = local.indexOf('?')
  return at < 0 ? { path: local, search: '' } : { path: local.slice(0, at), search: local.slice(at + 1) }
}

const healthDeps = (options: GatewayOptions, isDraining: () => boolean): HealthDeps => {
  const { architecture, architectureHash, ledger, audit, knowledge, engineStates, resilience, log } = options
  return {
    architecture,
    architectureHash,
    ledger,
    audit,
    knowledge,
    engineStates,
    resilience,
    isDraining,
    log,
  }
}

interface EndpointParts extends GatewayOptions {
  readonly deadlines: Deadlines
  readonly watchdog: Watchdog
  readonly lingering: InFlight['lingering']
  readonly hold: InFlight['hold']
}

interface Served {
  readonly endpoints: readonly Endpoint[]
  readonly answerLine: AnswerLine
}

const endpointsOf = (options: EndpointParts, isDraining: () => boolean): Served => {
  const { architecture, keyring, ledger, counters, knowledge, metrics, log, clock, admin, patience } = options
  const authenticate = createAuthenticate({ architecture, keyring })
  const idleMs = patience?.bodyIdleMs ?? 15_000
  const bodies = createBodyReader(
    {
      maxBytes: architecture.limits.maxBodyBytes,
      maxHeldBytes: Math.max(maxHeldBodyBytes, architecture.limits.maxBodyBytes),
      idleMs,
    },
    options,
  )
  const routes = createRoutes(options)
  const models = { authenticate, routes, createdSeconds: Math.floor(clock.wallMs() / 1000) }
  const knowledgeBases = architecture.knowledge
  const describeError = createErrorDescriber(options.render)
  const handling = { ...options, authenticate, routes, bodies, describeError }
  const chatting = { ...handling, stalledMs: stalledMsOf(options) }
  const port = options.conversations
  const runs = options.runs ?? createBackgroundRuns()
  const background = { ...chatting, runs, limit: architecture.responses.maxBackground }
  const rerank = createRerank(handling)
  const tokenize = createTokenize(handling)
  const detokenize = createDetokenize(handling)
  const { stored } = options
  const { maxFileBytes } = architecture.files
  const responses = openaiResponses(port, background)
  const answerLine = createAnswerLine(handling, (source) =>
    lineEndpoints({ ...chatting, ...source }, responses),
  )
  const search = createSearchStore({ authenticate, bodies, counters, knowledgeBases, knowledge, log })
  const endpoints: readonly Endpoint[] = [
    { method: 'POST', path: '/v1/chat/completions', handle: createChatHandler(chatting, openaiChat) },
    { method: 'POST', path: '/v1/completions', handle: createChatHandler(chatting, openaiCompletions) },
    { method: 'POST', path: '/v1/messages', handle: createChatHandler(chatting, anthropicMessages) },
    {
      method: 'POST',
      path: '/v1/messages/count_tokens',
      handle: createCountTokens(handling, anthropicCount),
    },
    {
      method: 'POST',
      path: '/v1/responses',
      handle: createChatHandler(chatting, responses),
    },
    {
      method: 'POST',
      path: '/v1/responses/compact',
      handle: createChatHandler(chatting, openaiCompaction(port)),
    },
    ...responseEndpoints({ ...chatting, port, runs }),
    ...(port ? conversationEndpoints({ ...handling, port }) : []),
    { method: 'POST', path: '/v1/embeddings', handle: createEmbeddings(handling) },
    { method: 'POST', path: '/v1/moderations', handle: createModerations(handling) },
    { method: 'POST', path: '/v1/rerank', handle: rerank },
    { method: 'POST', path: '/v2/rerank', handle: rerank },
    { method: 'POST', path: '/rerank', handle: rerank },
    ...geminiEndpoints({ chatting, handling, models }),
    { method: 'POST', path: '/v1/tokenize', handle: tokenize },
    { method: 'POST', path: '/tokenize', handle: tokenize },
    { method: 'POST', path: '/v1/detokenize', handle: detokenize },
    { method: 'POST', path: '/detokenize', handle: detokenize },
    ...(stored
      ? [
          ...fileEndpoints({ ...chatting, port: stored.files, maxFileBytes, idleMs }),
          ...uploadEndpoints({ authenticate, bodies, port: stored.uploads, maxFileBytes, idleMs }),
          ...openaiBatchEndpoints({ ...handling, ...stored }),
          ...anthropicBatchEndpoints({
            ...chatting,
            ...stored,
            maxRequests: architecture.batches.maxRequests,
          }),
        ]
      : []),
    { method: 'GET', path: '/v1/models', handle: createListModels(models) },
    { method: 'GET', path: '/v1/models/{id}', handle: createGetModel(models) },
    { method: 'POST', path: '/v1/vector_stores/{id}/search', handle: search },
    { method: 'GET', path: '/health', handle: createHealth(healthDeps(options, isDraining)) },
    { method: 'GET', path: '/metrics', handle: createReadMetrics(metrics) },
  ]
  if (!admin) return { endpoints, answerLine }
  const { render, resilience } = options
  const routeNames = architecture.routes.map(({ name }) => name)
  const admins = adminEndpoints({
    ...auditedAdmin(admin, options.audit),
    audit: options.audit,
    ledger,
    routes: routeNames,
    deployments: architecture.deployments.map(({ id }) => id),
    resilience,
    knowledgeBases,
    bodies,
    render,
  })
  return { endpoints: [...endpoints, ...admins], answerLine }
}
