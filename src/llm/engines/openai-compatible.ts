// The engine for every server that speaks OpenAI's chat completions API: Ollama, vLLM, llama-server, hosted APIs.
// Raw bytes pass through; what the outcome needs is read from them on the way. Keeps no cookies, follows no
// redirects, repeats nothing: trying again is for who holds the next candidate.

import type { IncomingHttpHeaders } from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import type { ArchitectError, Clock } from '../../core/index.js'
import type { ChatCall, ChatEvent, ChatModel, ChatRequest, ChatStream, ModelFacts } from '../contract.js'
import { estimateRequestTokens } from '../estimate-tokens.js'
import { llmError } from '../messages.js'
import { createOutcomeBuilder } from '../outcome-builder.js'
import { decodeFrame } from '../wire/openai-chat-decode.js'
import { type ChatAnswer, createChatAnswer } from './chat-answer.js'
import { chatRequestBody } from './chat-request-body.js'
import type { EngineDeployment } from './engine-deployment.js'
import { createFrameCutter } from './frame-cutter.js'
import { responseHeaders } from './response-head.js'
import { type Exchange, startExchange } from './upstream-exchange.js'
import { statusError } from './upstream-status.js'
import { createWatchdog, type Watchdog } from './watchdog.js'

export interface OpenAiCompatibleOptions {
  readonly deployment: EngineDeployment
  readonly facts: ModelFacts
  /** Sent as a bearer token; never appears in an error. */
  readonly apiKey?: string
  readonly clock: Clock
  /** Default: a pool of up to 2048 HTTP/1.1 connections of its own. */
  readonly dispatcher?: Dispatcher
}

export interface OpenAiCompatibleModel extends ChatModel {
  /** Waits for calls in flight and closes the connections; leaves a `dispatcher` that was handed in alone. */
  close(): Promise<void>
}

const maxConnections = 2048
const maxAnswerBytes = 64 * 1024 * 1024
const maxEventBytes = 8 * 1024 * 1024
const maxErrorBytes = 64 * 1024

/**
 * @throws `llm.address-missing` for a deployment without an address
 * @example
 * const model = createOpenAiCompatibleModel({ deployment, facts, apiKey, clock: systemClock })
 */
export const createOpenAiCompatibleModel = (options: OpenAiCompatibleOptions): OpenAiCompatibleModel => {
  const { deployment, facts, clock } = options
  if (!deployment.address) throw llmError('llm.address-missing', { deployment: deployment.id })
  const address = new URL(deployment.address)
  const dispatcher = options.dispatcher ?? createPool(address.origin, deployment)
  const upstream: Upstream = {
    dispatcher,
    origin: address.origin,
    path: `${address.pathname.replace(/\/+$/, '')}/chat/completions${address.search}`,
    deployment,
    clock,
    watchdog: createWatchdog(clock),
    apiKey: options.apiKey,
  }
  return {
    id: deployment.id,
    facts,
    countTokens: estimateRequestTokens,
    open: async (request, call) => open(upstream, request, call),
    close: async () => {
      if (!options.dispatcher) await dispatcher.close()
      upstream.watchdog.close()
    },
  }
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
  readonly path: string
  readonly deployment: EngineDeployment
  readonly clock: Clock
  readonly watchdog: Watchdog
  readonly apiKey: string | undefined
}

const open = (upstream: Upstream, request: ChatRequest, call: ChatCall): Promise<ChatStream> => {
  const { deployment, clock } = upstream
  const { bytes, dropsUsage } = chatRequestBody(request, deployment)
  const secrets = upstream.apiKey === undefined ? [] : [upstream.apiKey]
  const result = createOutcomeBuilder(deployment.id, () => estimateRequestTokens(request).tokens)

  return new Promise<ChatStream>((resolve, reject) => {
    const onAbort = () => {
      if (exchange.isSent()) result.markReceived()
      answer.fail(llmError('llm.cancelled', { deployment: deployment.id, reason: 'aborted' }), 'cancelled')
    }
    void result.outcome.then(() => call.signal.removeEventListener('abort', onAbort))
    const answer = createChatAnswer({
      answeredBy: { deployment: deployment.id, model: deployment.model },
      result,
      choices: request.choices ?? 1,
      dropsUsage,
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
        path: upstream.path,
        headers: requestHeaders(request, call, upstream.apiKey),
        body: bytes,
        deployment,
        clock,
        watchdog: upstream.watchdog,
        deadlineMs: call.deadlineMs,
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

const requestHeaders = (request: ChatRequest, call: ChatCall, apiKey: string | undefined) => ({
  'content-type': 'application/json',
  accept: request.stream ? 'text/event-stream' : 'application/json',
  'accept-encoding': 'identity',
  'user-agent': 'llm-architect',
  'x-request-id': call.requestId,
  ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  ...(call.trace !== undefined && { traceparent: call.trace }),
})

interface IntakeOptions {
  readonly answer: ChatAnswer
  readonly isStream: boolean
  readonly deployment: string
  readonly secrets: readonly string[]
  readonly clock: Clock
}

/** Sorts what arrives: events of a stream, a whole JSON answer, or the body of an error. */
const createIntake = ({ answer, isStream, deployment, secrets, clock }: IntakeOptions) => {
  const cutter = createFrameCutter(maxEventBytes)
  const body: Buffer[] = []
  let bodyBytes = 0
  let mode: 'events' | 'body' | 'error' = 'body'
  let status = 0
  let headers: IncomingHttpHeaders = {}

  const collect = (bytes: Buffer, limitBytes: number): boolean => {
    body.push(bytes)
    bodyBytes += bytes.length
    return bodyBytes <= limitBytes
  }
  const failStatus = () =>
    answer.fail(
      statusError({
        deployment,
        status,
        headers,
        body: Buffer.concat(body),
        secrets,
        wallMs: clock.wallMs(),
      }),
    )
  const guarded = (work: () => void) => {
    try {
      work()
    } catch (cause) {
      answer.fail(cause as ArchitectError)
    }
  }

  return {
    onHead: (code: number, received: IncomingHttpHeaders) => {
      status = code
      headers = received
      const isJson = /\bjson\b/i.test(received['content-type'] ?? '')
      if (!isSuccess(code)) mode = 'error'
      else if (isStream && !isJson) mode = 'events'
      answer.setHead({ status: code, headers: responseHeaders(received) })
      if (isSuccess(code) && /\bhtml\b/i.test(received['content-type'] ?? ''))
        answer.fail(llmError('llm.upstream-unreadable', { deployment, reason: 'a web page' }))
    },
    onBytes: (bytes: Buffer) => {
      if (mode === 'events')
        guarded(() => {
          const events = cutter.push(bytes)
          if (events) answer.addEvents(events)
        })
      else if (mode === 'error') {
        if (!collect(bytes, maxErrorBytes)) failStatus()
      } else if (!collect(bytes, maxAnswerBytes))
        answer.fail(llmError('llm.upstream-unreadable', { deployment, reason: 'more than 64 MiB' }))
    },
    onEnd: () => {
      if (mode === 'error') failStatus()
      else if (mode === 'body') answer.addBody(Buffer.concat(body))
      else {
        addRest(answer, cutter.rest(), deployment)
        answer.end()
      }
    },
  }
}

const isSuccess = (status: number) => status >= 200 && status < 300

/** What a stream leaves after its last event: some servers omit the last blank line, others were cut off. */
const addRest = (answer: ChatAnswer, rest: Buffer, deployment: string) => {
  if (rest.toString('latin1').trim() === '') return
  const whole = Buffer.concat([rest, blankLine])
  const isCut = decodeFrame(whole).some(isUnreadable)
  if (!isCut) answer.addEvents(whole)
  else
    answer.fail(
      llmError('llm.upstream-broke-off', { deployment, reason: 'inside an event' }, { retryable: true }),
    )
}

const isUnreadable = (event: ChatEvent) =>
  event.type === 'error' && event.error.code === 'llm.event-unreadable'

const blankLine = Buffer.from('\n\n', 'latin1')
