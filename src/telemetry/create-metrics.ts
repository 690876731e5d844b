// What is counted and timed, as events of the product. Knows no HTTP and no engine: it is told.

import { Counter, Gauge, Registry } from 'prom-client'
import type { Usage } from '../core/index.js'
import { createInstruments, type Instruments } from './instruments.js'
import { metricNames as names } from './metric-names.js'
import { type DeploymentGauges, observeDeployments } from './observe-deployments.js'
import { type EngineObservation, observeEngines } from './observe-engines.js'

/** `gen_ai.operation.name`: the words of the conventions, and ours where they have none. */
export type Operation = 'chat' | 'text_completion' | 'embeddings' | 'rerank' | 'moderation' | 'tokenize'

/** What a client saw of one request. */
export interface RequestMetrics {
  readonly operation: Operation
  readonly route: string
  /** HTTP status. */
  readonly status: number
  readonly end: 'finished' | 'failed' | 'cancelled' | 'blocked'
  readonly durationMs: number
  /** From the request to the first content sent; null when none was. */
  readonly firstContentMs: number | null
  readonly outputTokens: number
  /** How much of it all engines were at work, or failed; null where none is asked, or nobody knows. */
  readonly upstreamMs: number | null
  /** How much of the time to the first content was waited for an engine. */
  readonly upstreamFirstMs: number
}

/** What the gateway saw of one call of an engine. */
export interface AttemptMetrics {
  readonly operation: Operation
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

export interface AuditGauges {
  readonly writtenEntries: number
  readonly droppedEntries: number
  readonly writable: boolean
}

export interface Metrics {
  requestStarted(): void
  requestEnded(request: RequestMetrics): void
  attemptEnded(attempt: AttemptMetrics): void
  guardVerdict(verdict: { readonly policy: string; readonly stage: string; readonly action: string }): void
  cacheLookup(route: string, result: 'hit' | 'miss'): void
  /** @param decision `answered`, or why the next step was asked */
  cascadeStep(route: string, deployment: string, decision: string): void
  /** A deployment is called again; `reason` is the code of the error before. */
  retried(route: string, deployment: string, reason: string): void
  /** Ended spans that were exported, could not be, or were dropped since too many waited. */
  spansEnded(result: 'exported' | 'failed' | 'dropped', count: number): void
  /** Reads the state of breakers and queues whenever metrics are read. */
  observeDeployments(read: () => readonly DeploymentGauges[]): void
  /** Reads the ledger's state whenever metrics are read. */
  observeLedger(read: () => LedgerGauges): void
  /** Reads the audit log's state whenever metrics are read. */
  observeAudit(read: () => AuditGauges): void
  /** Reads the state of engines and GPUs whenever metrics are read. */
  observeEngines(read: () => EngineObservation): void
  /** Reads the number of dropped log lines whenever metrics are read. */
  observeLog(dropped: () => number): void
  /** The text exposition format of Prometheus, version 0.0.4. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** Creates metrics in a registry of their own, so that two systems in one process never share a counter. */
export const createMetrics = (): Metrics => {
  const registry = new Registry()
  const instruments = createInstruments(registry)
  let requestsInFlight = 0
  observeValue(registry, names.requestsInFlight, 'Requests being answered.', () => requestsInFlight)
  observeValue(registry, names.residentMemoryBytes, 'Resident memory of the process.', () =>
    process.memoryUsage.rss(),
  )
  return {
    requestStarted: () => {
      requestsInFlight++
    },
    requestEnded: (request) => {
      requestsInFlight--
      recordRequest(instruments, request)
    },
    attemptEnded: (attempt) => recordAttempt(instruments, attempt),
    guardVerdict: (verdict) =>
      instruments.guardVerdicts.add(1, verdict.policy, verdict.stage, verdict.action),
    cascadeStep: (route, deployment, decision) =>
      instruments.cascadeSteps.add(1, route, deployment, decision),
    retried: (route, deployment, reason) => instruments.retries.add(1, route, deployment, reason),
    observeDeployments: (read) => observeDeployments(registry, read),
    spansEnded: (result, count) => instruments.spans.add(count, result),
    cacheLookup: (route, result) => instruments.cacheLookups.add(1, route, result),
    observeLedger: (read) => observeLedger(registry, read),
    observeAudit: (read) => observeAudit(registry, read),
    observeEngines: (read) => observeEngines(registry, read),
    observeLog: (dropped) => observeLog(registry, dropped),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

const recordRequest = (instruments: Instruments, request: RequestMetrics) => {
  const { operation, route, status, end, durationMs, firstContentMs, outputTokens } = request
  instruments.requests.add(1, route, String(status), end)
  instruments.serverDuration.observe(durationMs / 1000, operation, route, end)
  // Two readings of a clock, each rounded: what is left of nothing is not negative.
  const { upstreamMs } = request
  if (upstreamMs !== null)
    instruments.addedDuration.observe(Math.max(0, durationMs - upstreamMs) / 1000, operation, route, end)
  if (firstContentMs === null) return
  const addedMs = Math.max(0, firstContentMs - request.upstreamFirstMs)
  instruments.addedFirstToken.observe(addedMs / 1000, operation, route)
  instruments.serverFirstToken.observe(firstContentMs / 1000, operation, route)
  // The conventions time successful answers only.
  if (end !== 'finished' || outputTokens < 2) return
  const perTokenMs = (durationMs - firstContentMs) / (outputTokens - 1)
  instruments.serverPerOutputToken.observe(perTokenMs / 1000, operation, route)
}

const recordAttempt = (instruments: Instruments, attempt: AttemptMetrics) => {
  const { operation, route, deployment, provider, model, end, usage, costUsd, firstContentMs } = attempt
  const call = [operation, provider, model, deployment, route] as const
  instruments.attempts.add(1, route, deployment, end)
  instruments.clientDuration.observe(attempt.durationMs / 1000, ...call, attempt.errorCode ?? '')
  if (firstContentMs !== null) instruments.clientFirstChunk.observe(firstContentMs / 1000, ...call)
  if (usage.input.total > 0) instruments.clientTokenUsage.observe(usage.input.total, ...call, 'input')
  if (usage.output.total > 0) instruments.clientTokenUsage.observe(usage.output.total, ...call, 'output')
  const countTokens = (tokens: number, kind: string) => {
    if (tokens > 0) instruments.tokens.add(tokens, route, deployment, kind)
  }
  countTokens(usage.input.total, 'input')
  countTokens(usage.input.cacheRead, 'input-cache-read')
  countTokens(usage.input.cacheWrite, 'input-cache-write')
  countTokens(usage.output.total, 'output')
  countTokens(usage.output.reasoning, 'output-reasoning')
  if (costUsd === null) instruments.unpricedAttempts.add(1, route, deployment)
  else instruments.costUsd.add(costUsd, route, deployment)
}

/** A gauge that is read whenever metrics are read. */
const observeValue = (registry: Registry, name: string, help: string, read: () => number) =>
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })

const observeLedger = (registry: Registry, read: () => LedgerGauges) => {
  const { ledgerLagSeconds, ledgerPendingRows, ledgerJournalBytes, ledgerWritable } = names
  observeValue(
    registry,
    ledgerLagSeconds,
    'Age of the oldest row the database lacks.',
    () => read().lagMs / 1000,
  )
  observeValue(registry, ledgerPendingRows, 'Rows waiting for the database.', () => read().pendingRows)
  observeValue(registry, ledgerJournalBytes, 'Size of the journal.', () => read().journalBytes)
  observeValue(registry, ledgerWritable, '1 when new work is taken, else 0.', () => (read().writable ? 1 : 0))
}

const observeAudit = (registry: Registry, read: () => AuditGauges) => {
  const { auditEntries, auditDropped, auditWritable } = names
  observeCount(
    registry,
    auditEntries,
    'Entries of the audit log that were written.',
    () => read().writtenEntries,
  )
  observeCount(
    registry,
    auditDropped,
    'Entries that the audit log could not keep.',
    () => read().droppedEntries,
  )
  observeValue(registry, auditWritable, '1 when the audit log can be written, else 0.', () =>
    read().writable ? 1 : 0,
  )
}

const observeLog = (registry: Registry, dropped: () => number) =>
  observeCount(
    registry,
    names.logLinesDropped,
    'Log lines dropped because their stream did not keep up.',
    dropped,
  )

const observeCount = (registry: Registry, name: string, help: string, read: () => number) =>
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset()
      this.inc(read())
    },
  })
