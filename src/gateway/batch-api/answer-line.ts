// A request of a batch, answered by the endpoint that it would have been sent to: the same checks, limits, guards,
// retries and ledger rows, as of its key now. There is no socket: the answer is caught where it would have been sent.

import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { AnswerLine, LineAnswer, LineRequest } from '../../batches/index.js'
import { type ArchitectError, type Clock, createId, type Log } from '../../core/index.js'
import type { Counters } from '../../ledger/index.js'
import type { Architecture } from '../../spec/index.js'
import type { Tracer } from '../../telemetry/index.js'
import { type Authenticate, type Caller, ownerOf } from '../authenticate.js'
import { absent, checkFields } from '../check-fields.js'
import { envelopeOf } from '../dialects/envelope.js'
import type { DescribeError, ErrorReply } from '../error-response.js'
import { type Exchange, failureOf, type Handler } from '../exchange.js'
import { gatewayError } from '../messages.js'
import { parseJson } from '../parse-json.js'
import type { KeyFinder } from '../ports.js'
import type { BodyReader } from '../read-body.js'
import { endRequest, requestFailed, traceRequest } from '../traced.js'
import { requireShare } from './minute-share.js'

export interface LineDeps {
  readonly architecture: Architecture
  readonly keyring: KeyFinder
  readonly counters: Pick<Counters, 'used'>
  readonly tracer?: Tracer | undefined
  readonly describeError: DescribeError
  readonly clock: Clock
  readonly log: Log
}

/** Who asks what, in place of the key and the body that a client sends. */
export interface LineSource {
  readonly authenticate: Authenticate
  readonly bodies: BodyReader
}

/** @param endpointsOf the endpoints of batches, by path, made to read their requests from `source` */
export const createAnswerLine = (
  deps: LineDeps,
  endpointsOf: (source: LineSource) => ReadonlyMap<string, Handler>,
): AnswerLine => {
  const sources = new WeakMap<IncomingMessage, { readonly caller: Caller; readonly bytes: Buffer }>()
  const sourceOf = (request: IncomingMessage) => {
    const source = sources.get(request)
    if (!source) throw gatewayError('gateway.key-missing', {})
    return source
  }
  const endpoints = endpointsOf({
    authenticate: (request) => sourceOf(request).caller,
    bodies: { read: async (request) => sourceOf(request).bytes, release: () => {} },
  })
  return async (line) => {
    const opened = openExchange(line, deps.clock)
    const { answerOf, close } = opened
    let { exchange } = opened
    try {
      const caller = ownerOf(line, deps)
      if (!caller) throw gatewayError('gateway.key-invalid', {})
      await requireShare(deps.counters, caller, deps.architecture.batches.minuteShare)
      exchange = traced(exchange, deps.tracer)
      const bytes = Buffer.from(line.body)
      // Neither a stream nor the promise of an answer is of use to anybody who reads it a day later.
      checkFields(parseJson(bytes), { optional: { stream: absent, background: absent } })
      const handle = endpoints.get(line.endpoint)
      if (!handle)
        throw gatewayError('gateway.path-unknown', { method: 'POST', path: line.endpoint, hint: null })
      sources.set(exchange.request, { caller, bytes })
      await handle(exchange, [])
      return { answer: answerOf(), again: null }
    } catch (cause) {
      line.signal.throwIfAborted()
      return failedAnswer(deps, exchange, failureOf(exchange, cause))
    } finally {
      const { traced: trace } = exchange
      if (trace?.span) endRequest(trace.span, exchange)
      close()
    }
  }
}

/** The exchange with a trace of its own, as every request of a client has one. */
const traced = (exchange: Exchange, tracer: Tracer | undefined): Exchange => {
  const { request, path, requestId } = exchange
  return tracer ? { ...exchange, traced: traceRequest(tracer, request, { path, requestId }) } : exchange
}

/** An exchange without a client. `close` lets go of the line's signal. */
const openExchange = ({ endpoint, signal }: LineRequest, clock: Clock) => {
  const request = new IncomingMessage(new Socket())
  Object.assign(request, { method: 'POST', url: endpoint, complete: true })
  const response = new ServerResponse(request)
  const sent: Buffer[] = []
  const take = (part?: Buffer | string, encoding?: BufferEncoding) => {
    if (part !== undefined) sent.push(typeof part === 'string' ? Buffer.from(part, encoding) : part)
  }
  Object.assign(response, {
    write: (...part: Parameters<typeof take>) => {
      take(...part)
      return true
    },
    end: (...part: Parameters<typeof take>) => {
      take(...part)
      return response
    },
  })
  const ending = new AbortController()
  const abort = (reason: ArchitectError) => ending.abort(reason)
  const onAbort = () => ending.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  const requestId = createId('req', clock.wallMs())
  const exchange: Exchange = {
    request,
    response,
    requestId,
    startedMs: clock.monotonicMs(),
    path: endpoint,
    search: '',
    signal: ending.signal,
    abort,
  }
  return {
    exchange,
    answerOf: () => {
      const body = oneLine(Buffer.concat(sent).toString('utf8'))
      return { status: response.statusCode, requestId, body }
    },
    close: () => signal.removeEventListener('abort', onAbort),
  }
}

/** JSON without line ends, and without what no text of the database may hold. */
const oneLine = (body: string): string =>
  /[\n\r\0]/.test(body) ? JSON.stringify(JSON.parse(body.replaceAll('\0', ''))) : body

const failedAnswer = (deps: LineDeps, exchange: Exchange, error: ArchitectError): LineAnswer => {
  const { requestId } = exchange
  const reply = deps.describeError(error, { language: 'en', requestId })
  const { status, body, headers, isExpected } = reply
  if (exchange.traced?.span) requestFailed(exchange.traced.span, error.code, status)
  if (!isExpected)
    deps.log.error({ err: error, requestId, path: exchange.path }, 'a request of a batch failed')
  const shown = envelopeOf(exchange).errorBody({ status, body, headers }, requestId)
  return { answer: { status, requestId, body: JSON.stringify(shown) }, again: againOf(error, reply) }
}

const keyLimits: ReadonlySet<string> = new Set(['gateway.rate-limited', 'ledger.token-limit-exceeded'])
/** What passes without being the request's fault. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504])

const againOf = (error: ArchitectError, { status, headers }: ErrorReply): LineAnswer['again'] => {
  if (!passing.has(status) || headers['x-should-retry'] === 'false') return null
  const afterMs = headers['retry-after-ms']
  return {
    afterMs: afterMs === undefined ? null : Number(afterMs),
    isLimit: keyLimits.has(error.code),
  }
}
