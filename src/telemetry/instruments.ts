// The Prometheus instruments of one registry. Says what exists and how it is labelled, not when it changes.
// Labels come from the architecture (routes, deployments), never from clients, so their number is bounded.

import type { Registry } from 'prom-client'
import {
  addedLatencyBucketsSeconds,
  durationBucketsSeconds,
  firstTokenBucketsSeconds,
  metricNames as names,
  perOutputTokenBucketsSeconds,
  tokenBuckets,
} from './metric-names.js'
import { createCounterFamily, createHistogramFamily } from './series.js'

/** @param registry the registry they are registered in; prom-client's global one is never used */
export const createInstruments = (registry: Registry) => {
  const counter = (name: string, help: string, labelNames: readonly string[]) =>
    createCounterFamily(registry, { name, help, labelNames })
  const histogram = (
    name: string,
    help: string,
    options: { readonly labelNames: readonly string[]; readonly buckets: readonly number[] },
  ) => createHistogramFamily(registry, { name, help, ...options })
  const server = ['gen_ai_operation_name', 'route'] as const
  const client = [
    'gen_ai_operation_name',
    'gen_ai_provider_name',
    'gen_ai_request_model',
    'deployment',
    'route',
  ] as const
  return {
    serverDuration: histogram(names.serverDuration, 'From the request to the last byte of its answer.', {
      labelNames: [...server, 'end'],
      buckets: durationBucketsSeconds,
    }),
    serverFirstToken: histogram(names.serverFirstToken, 'From the request to the first content sent.', {
      labelNames: server,
      buckets: firstTokenBucketsSeconds,
    }),
    serverPerOutputToken: histogram(names.serverPerOutputToken, 'Time per output token after the first.', {
      labelNames: server,
      buckets: perOutputTokenBucketsSeconds,
    }),
    addedFirstToken: histogram(
      names.addedFirstToken,
      'Of the time to the first content, what was not the upstream.',
      {
        labelNames: server,
        buckets: addedLatencyBucketsSeconds,
      },
    ),
    addedDuration: histogram(
      names.addedDuration,
      'Of the duration of a request, what was not the upstream.',
      {
        labelNames: [...server, 'end'],
        buckets: addedLatencyBucketsSeconds,
      },
    ),
    clientDuration: histogram(names.clientDuration, 'From calling an engine to the end of its answer.', {
      labelNames: [...client, 'error_type'],
      buckets: durationBucketsSeconds,
    }),
    clientFirstChunk: histogram(names.clientFirstChunk, 'From calling an engine to its first content.', {
      labelNames: client,
      buckets: firstTokenBucketsSeconds,
    }),
    clientTokenUsage: histogram(names.clientTokenUsage, 'Tokens per call of an engine.', {
      labelNames: [...client, 'gen_ai_token_type'],
      buckets: tokenBuckets,
    }),
    requests: counter(names.requests, 'Requests answered.', ['route', 'status', 'end']),
    attempts: counter(names.attempts, 'Calls of an engine.', ['route', 'deployment', 'end']),
    tokens: counter(names.tokens, 'Tokens by kind; input and output are totals that include the others.', [
      'route',
      'deployment',
      'kind',
    ]),
    costUsd: counter(names.costUsd, 'US dollars of priced calls.', ['route', 'deployment']),
    unpricedAttempts: counter(names.unpricedAttempts, 'Calls that no price is known for.', [
      'route',
      'deployment',
    ]),
    retries: counter(names.retries, 'Further calls of a deployment, by the error before.', [
      'route',
      'deployment',
      'reason',
    ]),
    guardVerdicts: counter(names.guardVerdicts, 'Verdicts of the guards.', ['policy', 'stage', 'action']),
    cascadeSteps: counter(names.cascadeSteps, 'Steps of cascades before the last, and what became of them.', [
      'route',
      'deployment',
      'decision',
    ]),
    spans: counter(names.spans, 'Ended spans, by what became of them.', ['result']),
    cacheLookups: counter(names.cacheLookups, 'Answer cache lookups.', ['route', 'result']),
  }
}
export type Instruments = ReturnType<typeof createInstruments>
