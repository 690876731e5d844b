// What is counted and timed, as events of the product. Knows no HTTP and no engine: it is told.

import { Counter, Gauge, Registry } from 'prom-client'
import type { Usage } from '../core/index.js'
import { createInstruments, type Instruments } from './instruments.js'
import { metricNames } from './metric-names.js'

/** What a client saw of one request. */
export interface RequestMetrics {
  readonly route: string
  /** HTTP status. */
  readonly status: number
  readonly end: 'finished' | 'failed' | 'cancelled' | 'blocked'
  readonly durationMs: number
  /** From the request to the first content sent; null when none was. */
  readonly firstContentMs: number | null
  readonly outputTokens: number
}

/** What the gateway saw of one call of an engine. */
export interface AttemptMetrics {
  readonly route: string
  readonly deployment: string
  readonly provider: string
  readonly model: string
  readonly end: 'finished' | 'failed' | 'cancelled'
  readonly errorCode?: string
  readonly durationMs: number
  readonly firstContentMs: number | null
  readonly usage: Usage
  /** Null when no price is known, which is counted apart and never as 0. */
  readonly costUsd: number | null
}

export interface LedgerGauges {
  /** Age of the oldest settled row that the database does not hold yet; 0 when there is none. */
  readonly lagMs: number
  readonly pendingRows: number
  readonly journalBytes: number
  readonly writable: boolean
}

export interface Metrics {
  requestStarted(): void
  requestEnded(request: RequestMetrics): void
  attemptEnded(attempt: AttemptMetrics): void
  guardVerdict(verdict: { readonly policy: string; readonly stage: string; readonly action: string }): void
  cacheLookup(route: string, result: 'hit' | 'miss'): void
  /** Reads the ledger's state whenever metrics are read. */
  observeLedger(read: () => LedgerGauges): void
  /** Reads the number of dropped log lines whenever metrics are read. */
  observeLog(dropped: () => number): void
  /** The text exposition format of Prometheus, version 0.0.4. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** Creates metrics in a registry of their own, so that two systems in one process never share a counter. */
export const createMetrics = (): Metrics => {
  const registry = new Registry()
  const instruments = createInstruments(registry)
  observeMemory(registry)
  return {
    requestStarted: () => instruments.requestsInFlight.inc(),
    requestEnded: (request) => recordRequest(instruments, request),
    attemptEnded: (attempt) => recordAttempt(instruments, attempt),
    guardVerdict: (verdict) => instruments.guardVerdicts.inc({ ...verdict }),
    cacheLookup: (route, result) => instruments.cacheLookups.inc({ route, result }),
    observeLedger: (read) => observeLedger(registry, read),
    observeLog: (dropped) => observeLog(registry, dropped),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

const recordRequest = (instruments: Instruments, request: RequestMetrics) => {
  const { route, status, end, durationMs, firstContentMs, outputTokens } = request
  const labels = { gen_ai_operation_name: 'chat', route }
  instruments.requestsInFlight.dec()
  instruments.requests.inc({ route, status, end })
  instruments.serverDuration.observe({ ...labels, end }, durationMs / 1000)
  if (firstContentMs === null) return
  instruments.serverFirstToken.observe(labels, firstContentMs / 1000)
  // The conventions time successful answers only.
  if (end === 'finished' && outputTokens > 1)
    instruments.serverPerOutputToken.observe(
      labels,
      (durationMs - firstContentMs) / 1000 / (outputTokens - 1),
    )
}

const recordAttempt = (instruments: Instruments, attempt: AttemptMetrics) => {
  const { route, deployment, provider, model, end, usage, costUsd } = attempt
  const labels = {
    gen_ai_operation_name: 'chat',
    gen_ai_provider_name: provider,
    gen_ai_request_model: model,
    deployment,
    route,
  }
  instruments.attempts.inc({ route, deployment, end })
  instruments.clientDuration.observe(
    { ...labels, error_type: attempt.errorCode ?? '' },
    attempt.durationMs / 1000,
  )
  if (attempt.firstContentMs !== null)
    instruments.clientFirstChunk.observe(labels, attempt.firstContentMs / 1000)
  if (usage.input.total > 0)
    instruments.clientTokenUsage.observe({ ...labels, gen_ai_token_type: 'input' }, usage.input.total)
  if (usage.output.total > 0)
    instruments.clientTokenUsage.observe({ ...labels, gen_ai_token_type: 'output' }, usage.output.total)
  for (const [kind, tokens] of tokensByKind(usage))
    if (tokens > 0) instruments.tokens.inc({ route, deployment, kind }, tokens)
  if (costUsd === null) instruments.unpricedAttempts.inc({ route, deployment })
  else instruments.costUsd.inc({ route, deployment }, costUsd)
}

const tokensByKind = ({ input, output }: Usage) =>
  [
    ['input', input.total],
    ['input-cache-read', input.cacheRead],
    ['input-cache-write', input.cacheWrite],
    ['output', output.total],
    ['output-reasoning', output.reasoning],
  ] as const

const observeMemory = (registry: Registry) =>
  new Gauge({
    name: metricNames.residentMemoryBytes,
    help: 'Resident memory of the process.',
    registers: [registry],
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })

const observeLedger = (registry: Registry, read: () => LedgerGauges) => {
  const gauge = (name: string, help: string, value: (gauges: LedgerGauges) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value(read()))
      },
    })
  gauge(
    metricNames.ledgerLagSeconds,
    'Age of the oldest row still waiting for the database.',
    (g) => g.lagMs / 1000,
  )
  gauge(metricNames.ledgerPendingRows, 'Rows waiting for the database.', (g) => g.pendingRows)
  gauge(metricNames.ledgerJournalBytes, 'Size of the journal.', (g) => g.journalBytes)
  gauge(metricNames.ledgerWritable, '1 when the journal takes new work, else 0.', (g) => (g.writable ? 1 : 0))
}

const observeLog = (registry: Registry, dropped: () => number) =>
  new Counter({
    name: metricNames.logLinesDropped,
    help: 'Log lines dropped because their stream did not keep up.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(dropped())
    },
  })
