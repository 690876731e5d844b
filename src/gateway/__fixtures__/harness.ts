// A gateway on a real socket, put together as cli/ does, with whatever a test wants different. Attempts are kept in
// memory, everything else is the real thing.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { accessMessages, type KeyRecord } from '../../access/index.js'
import { batchMessages } from '../../batches/index.js'
import {
  type Attempt,
  type AttemptRecorder,
  type AttemptStart,
  type Clock,
  coreMessages,
  createRandom,
  createRenderer,
  silentLog,
  systemClock,
} from '../../core/index.js'
import { fileMessages } from '../../files/index.js'
import { createGuardrails, guardrailsMessages } from '../../guardrails/index.js'
import { createCounters, ledgerMessages } from '../../ledger/index.js'
import {
  type ChatModel,
  createScriptedModel,
  type EmbeddingModel,
  llmMessages,
  type RerankModel,
  type Script,
} from '../../llm/index.js'
import { ragMessages } from '../../rag/index.js'
import { type Architecture, architectureSchema } from '../../spec/index.js'
import { createMetrics } from '../../telemetry/index.js'
import { createGateway, type Gateway, type GatewayOptions } from '../app.js'
import { withCors } from '../cors.js'
import { createHttpServer, type HttpTimeouts } from '../http-server.js'
import { gatewayMessages } from '../messages.js'
import { createResilience } from '../routing/resilience.js'

export interface RecordedAttempt extends AttemptStart {
  settled?: Omit<Attempt, 'deployment'>
}

export interface RecordingLedger {
  readonly attempts: RecordedAttempt[]
  /** The next `begin` rejects with it. */
  refuseWith?: Error
  recorder(): AttemptRecorder
}

export const createRecordingLedger = (): RecordingLedger => {
  const ledger: RecordingLedger = {
    attempts: [],
    recorder: () => ({
      begin: async (start) => {
        if (ledger.refuseWith) throw ledger.refuseWith
        const attempt: RecordedAttempt = { ...start }
        ledger.attempts.push(attempt)
        return {
          settle: async (settled) => {
            attempt.settled ??= settled
          },
        }
      },
    }),
  }
  return ledger
}

const health = {
  writable: true,
  reason: null,
  storeFailure: null,
  pendingRows: 0,
  lagMs: 0,
  journalBytes: 0,
  journalSegments: 0,
  openAttempts: 0,
  damagedLines: 0,
}

export type ArchitectureInput = Parameters<typeof architectureSchema.parse>[0] & object

export interface TestGateway {
  readonly url: string
  readonly port: number
  readonly gateway: Gateway
  readonly ledger: RecordingLedger
  readonly metrics: ReturnType<typeof createMetrics>
  readonly keys: Map<string, KeyRecord>
  /** To /v1/chat/completions. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>
  postTo(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  close(): Promise<void>
}

export interface TestOptions {
  readonly architecture?: Record<string, unknown>
  /** Engines by deployment id, or scripts of scripted ones. Default: one, `main`, that says Hello. */
  readonly models?: Readonly<Record<string, ChatModel | Script>>
  readonly embeddingModels?: Readonly<Record<string, EmbeddingModel>>
  readonly rerankModels?: Readonly<Record<string, RerankModel>>
  readonly knowledge?: GatewayOptions['knowledge']
  readonly ledger?: Partial<GatewayOptions['ledger']>
  readonly conversations?: GatewayOptions['conversations']
  readonly runs?: GatewayOptions['runs']
  readonly stored?: GatewayOptions['stored']
  readonly keyring?: GatewayOptions['keyring']
  readonly guardrails?: GatewayOptions['guardrails']
  readonly resilience?: GatewayOptions['resilience']
  readonly keys?: GatewayOptions['keys']
  readonly counters?: GatewayOptions['counters']
  readonly admin?: GatewayOptions['admin']
  readonly audit?: GatewayOptions['audit']
  readonly tracer?: GatewayOptions['tracer']
  readonly engineStates?: GatewayOptions['engineStates']
  readonly patience?: GatewayOptions['patience']
  readonly timeouts?: HttpTimeouts
  readonly clock?: Clock
}

const isModel = (value: ChatModel | Script): value is ChatModel =>
  typeof value === 'object' && 'countTokens' in value

/** Each deployment is called once per request, unless a test says otherwise. */
const calledOnce = (deployment: object) => ({ retry: { attempts: 1 }, ...deployment })

export const architectureOf = ({
  deployments = [{ id: 'main', engine: 'scripted', model: 'main' }],
  ...changes
}: Record<string, unknown> = {}): Architecture =>
  architectureSchema.parse({
    version: 1,
    name: 'test',
    deployments: (deployments as object[]).map(calledOnce),
    routes: [{ name: 'chat', strategy: { deployment: 'main' } }],
    ...changes,
  })

export const startTestGateway = async (options: TestOptions = {}): Promise<TestGateway> => {
  const clock = options.clock ?? systemClock
  const architecture = architectureOf(options.architecture)
  const models = new Map(
    Object.entries(options.models ?? { main: 'Hello' }).map(([id, model]) => [
      id,
      isModel(model) ? model : createScriptedModel({ id, script: model, clock }),
    ]),
  )
  const ledger = createRecordingLedger()
  const metrics = createMetrics()
  const keys = new Map<string, KeyRecord>()
  const counters = options.counters ?? createCounters({ clock })
  const random = createRandom('test')
  const resilience = options.resilience ?? createResilience({ clock, counters, random, log: silentLog })
  metrics.observeDeployments(resilience.states)
  const gateway = createGateway({
    architecture,
    architectureHash: 'sha256:test',
    models,
    embeddingModels: new Map(Object.entries(options.embeddingModels ?? {})),
    rerankModels: new Map(Object.entries(options.rerankModels ?? {})),
    keyring: options.keyring ?? {
      find: (secret) => keys.get(secret),
      findById: (id) => [...keys.values()].find((record) => record.id === id),
    },
    ledger: {
      recorder: ledger.recorder,
      health: () => health,
      rows: async () => ({ rows: [], next: null }),
      summary: async () => [],
      ...options.ledger,
    },
    counters,
    resilience,
    keys: options.keys,
    guardrails: options.guardrails ?? createGuardrails({ policies: architecture.guardrails }),
    knowledge: options.knowledge,
    conversations: options.conversations,
    runs: options.runs,
    stored: options.stored,
    costUsd: () => null,
    metrics,
    render: createRenderer(
      coreMessages,
      gatewayMessages,
      llmMessages,
      ledgerMessages,
      guardrailsMessages,
      ragMessages,
      accessMessages,
      fileMessages,
      batchMessages,
    ),
    log: silentLog,
    clock,
    admin: options.admin,
    audit: options.audit,
    tracer: options.tracer,
    engineStates: options.engineStates,
    ...(options.patience && { patience: options.patience }),
  })
  const handle = withCors(gateway.handle, architecture)
  const server = createHttpServer(() => handle, options.timeouts)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const postTo: TestGateway['postTo'] = (path, body, headers = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    url,
    port,
    gateway,
    ledger,
    metrics,
    keys,
    post: (body, headers) => postTo('/v1/chat/completions', body, headers),
    postTo,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await gateway.drain(0)
    },
  }
}

export const ask = (text: string, more: Record<string, unknown> = {}) => ({
  model: 'chat',
  messages: [{ role: 'user', content: text }],
  ...more,
})

export const keyRecord = (changes: Partial<KeyRecord> = {}): KeyRecord => ({
  id: 'key_1',
  name: 'one',
  tenant: 'acme',
  groups: [],
  routes: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  monthlyBudgetUsd: null,
  createdAt: new Date(0),
  expiresAt: null,
  revokedAt: null,
  ...changes,
})
