// A chat model behind an HTTP server, whatever protocol it speaks: one exchange per call, its bytes read by the
// protocol's answer, its failures typed. Keeps no cookies, follows no redirects, repeats nothing: trying again is for
// who holds the next candidate.

import { type Dispatcher, Pool } from 'undici'
import type { Clock } from '../../core/index.js'
import type { ChatCall, ChatModel, ChatRequest, ChatStream, ModelFacts } from '../contract.js'
import { estimateRequestTokens } from '../estimate-tokens.js'
import { llmError } from '../messages.js'
import { createOutcomeBuilder } from '../outcome-builder.js'
import type { AnswerOptions, ChatAnswer } from './chat-answer.js'
import type { EngineDeployment } from './engine-deployment.js'
import { createIntake } from './http-intake.js'
import { type KeyHeader, keyHeaders } from './key-headers.js'
import { type Exchange, startExchange } from './upstream-exchange.js'
import { requestHeaders } from './upstream-headers.js'
import { createWatchdog, type Watchdog } from './watchdog.js'

/** One call in the words of a protocol. */
export interface WrittenCall {
  /** Added to the path of the deployment's address; may have a query of its own. */
  readonly path: string
  readonly body: Buffer
  /** Of the protocol, beside those of every call. */
  readonly headers?: Readonly<Record<string, string>>
  createAnswer(options: AnswerOptions): ChatAnswer
}

/** @throws what the protocol cannot say, before anything is sent */
export type WriteCall = (request: ChatRequest, call: ChatCall) => WrittenCall

export interface HttpModelOptions {
  readonly deployment: EngineDeployment
  readonly facts: ModelFacts
  /** Sent as the dialect wants it, or `quirks.keyHeader`; never appears in an error. */
  readonly apiKey?: string
  readonly clock: Clock
  /** Default: a pool of up to 2048 HTTP/1.1 connections of its own. */
  readonly dispatcher?: Dispatcher
}

export interface HttpChatModel extends ChatModel {
  /** Waits for calls in flight and closes the connections; leaves a `dispatcher` that was handed in alone. */
  close(): Promise<void>
}

const maxConnections = 2048

/**
 * @param keyHeader where the protocol has the key
 * @throws `llm.address-missing` for a deployment without an address
 */
export const createHttpChatModel = (
  options: HttpModelOptions,
  write: WriteCall,
  keyHeader: KeyHeader = 'authorization',
): HttpChatModel => {
  const { deployment, facts, clock } = options
  if (!deployment.address) throw llmError('llm.address-missing', { deployment: deployment.id })
  const address = new URL(deployment.address)
  const dispatcher = options.dispatcher ?? createPool(address.origin, deployment)
  const upstream: Upstream = {
    dispatcher,
    origin: address.origin,
    pathOf: pathsOf(address, deployment),
    deployment,
    clock,
    watchdog: createWatchdog(clock),
    apiKey: options.apiKey,
    keyHeaders: keyHeaders(options.apiKey, deployment.quirks.keyHeader ?? keyHeader),
  }
  return {
    id: deployment.id,
    facts,
    countTokens: estimateRequestTokens,
    open: async (request, call) => open(upstream, { request, call, written: write(request, call) }),
    close: async () => {
      if (!options.dispatcher) await dispatcher.close()
      upstream.watchdog.close()
    },
  }
}

/** The paths of a server's API: those of its address and of the call together, with the queries of both. */
const pathsOf = ({ pathname, search, searchParams }: URL, { model, quirks }: EngineDeployment) => {
  const { apiVersion, modelInPath } = quirks
  const base = pathname.replace(/\/+$/, '') + (modelInPath ? `/deployments/${encodeURIComponent(model)}` : '')
  const isVersioned = apiVersion === undefined || searchParams.has('api-version')
  const version = isVersioned ? '' : `api-version=${encodeURIComponent(apiVersion)}`
  const shared = [search.slice(1), version].filter((part) => part !== '').join('&')
  return (path: string) =>
    shared === '' ? base + path : `${base}${path}${path.includes('?') ? '&' : '?'}${shared}`
}

const createPool = (origin: string, { timeouts }: EngineDeployment) =>
  new Pool(origin, {
    connections: maxConnections,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: timeouts.connectMs },
  })

interface Upstream {
  readonly dispatcher: Dispatcher
  readonly origin: string
  readonly pathOf: (path: string) => string
  readonly deployment: EngineDeployment
  readonly clock: Clock
  readonly watchdog: Watchdog
  readonly apiKey: string | undefined
  readonly keyHeaders: Readonly<Record<string, string>>
}

interface OpeningCall {
  readonly request: ChatRequest
  readonly call: ChatCall
  readonly written: WrittenCall
}

const open = (upstream: Upstream, { request, call, written }: OpeningCall): Promise<ChatStream> => {
  const { deployment, clock } = upstream
  const secrets = upstream.apiKey === undefined ? [] : [upstream.apiKey]
  const result = createOutcomeBuilder(deployment.id, () => estimateRequestTokens(request).tokens)

  return new Promise<ChatStream>((resolve, reject) => {
    const onAbort = () => {
      if (exchange.isSent()) result.markReceived()
      answer.fail(llmError('llm.cancelled', { deployment: deployment.id, reason: 'aborted' }), 'cancelled')
    }
    void result.outcome.then(() => call.signal.removeEventListener('abort', onAbort))
    const answer = written.createAnswer({
      answeredBy: { deployment: deployment.id, model: deployment.model },
      result,
      secrets,
      settle: { resolve, reject },
      source: {
        commit: () => exchange.commit(),
        pause: () => exchange.pause(),
        resume: () => exchange.resume(),
        abort: () => exchange.abort(),
        complete: () => exchange.linger(),
      },
    })
    const intake = createIntake({
      answer,
      isStream: request.stream,
      deployment: deployment.id,
      secrets,
      clock,
    })
    const exchange: Exchange = startExchange(
      {
        dispatcher: upstream.dispatcher,
        origin: upstream.origin,
        path: upstream.pathOf(written.path),
        headers: {
          ...requestHeaders(
            call,
            upstream.keyHeaders,
            request.stream ? 'text/event-stream' : 'application/json',
          ),
          ...written.headers,
        },
        body: written.body,
        deployment,
        clock,
        watchdog: upstream.watchdog,
        deadlineMs: call.deadlineMs,
        commitByMs: call.commitByMs,
      },
      {
        ...intake,
        onHead: (status, headers) => {
          if (isSuccess(status)) result.markReceived()
          intake.onHead(status, headers)
        },
        onFailure: (error) => {
          if (error.code === 'llm.upstream-timeout' && exchange.isSent()) result.markReceived()
          answer.fail(error)
        },
      },
    )
    if (call.signal.aborted) onAbort()
    else call.signal.addEventListener('abort', onAbort, { once: true })
  })
}

const isSuccess = (status: number) => status >= 200 && status < 300
