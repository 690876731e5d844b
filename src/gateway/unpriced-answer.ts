// An answer for which no model is asked, so that the ledger has no row of it: it counts as a request of its key, and
// stands in metrics and audit.

import type { RequestEntry } from '../audit/index.js'
import type { Clock } from '../core/index.js'
import type { Counters } from '../ledger/index.js'
import type { Metrics, Operation } from '../telemetry/index.js'
import type { Caller } from './authenticate.js'
import type { DescribeError } from './error-response.js'
import { type Exchange, failureOf } from './exchange.js'
import type { AuditPort } from './ports.js'
import { reserveRequest } from './reserve-request.js'
import { type Headers, send } from './send.js'
import { describeRequest } from './traced.js'

export interface UnpricedDeps {
  readonly architectureHash: string
  readonly counters: Counters
  readonly audit?: AuditPort | undefined
  readonly describeError: DescribeError
  readonly metrics: Metrics
  readonly clock: Clock
}

export interface UnpricedRequest {
  readonly operation: Operation
  readonly exchange: Exchange
  readonly caller: Caller
  readonly bytes: Buffer
  /** What metrics and audit call it. */
  readonly route: string
}

export interface UnpricedAnswer {
  /** A JSON value. */
  readonly body: object
  readonly answeredBy: string
  readonly headers?: Headers
}

/** @throws gateway.rate-limited, and what `answer` throws */
export const answerUnpriced = async (
  deps: UnpricedDeps,
  request: UnpricedRequest,
  answer: () => Promise<UnpricedAnswer>,
): Promise<void> => {
  const { clock, metrics } = deps
  const { operation, exchange, route, caller } = request
  const end = (status: number, how: 'finished' | 'failed' | 'blocked' | 'cancelled') => {
    const durationMs = clock.monotonicMs() - exchange.startedMs
    const none = { firstContentMs: null, outputTokens: 0, upstreamMs: null, upstreamFirstMs: 0 }
    metrics.requestEnded({ operation, route, status, end: how, durationMs, ...none })
  }
  metrics.requestStarted()
  if (exchange.traced?.span)
    describeRequest(exchange.traced.span, { operation, model: route, tenant: caller.tenant })
  try {
    const limits = await reserveRequest(deps.counters, request.caller)
    const { body, answeredBy, headers } = await answer()
    audited(deps, request, { answeredBy, end: 'finished', errorCode: null })
    send(exchange, {
      status: 200,
      body: JSON.stringify(body),
      contentType: 'application/json',
      headers: { ...limits, ...headers },
    })
    end(200, 'finished')
  } catch (cause) {
    const error = failureOf(exchange, cause)
    const { status } = deps.describeError(error, { language: 'en', requestId: exchange.requestId })
    const failed = error.code === 'guardrails.blocked' ? 'blocked' : 'failed'
    end(status, exchange.signal.aborted ? 'cancelled' : failed)
    audited(deps, request, { answeredBy: 'none', end: 'refused', errorCode: error.code })
    throw cause
  }
}

const audited = (
  { audit, architectureHash }: UnpricedDeps,
  { exchange, caller, route, bytes }: UnpricedRequest,
  ending: Pick<RequestEntry, 'answeredBy' | 'end' | 'errorCode'>,
) =>
  audit?.append({
    type: 'request',
    requestId: exchange.requestId,
    tenant: caller.tenant,
    keyId: caller.keyId,
    route,
    architectureHash,
    content: bytes,
    ...ending,
  })
