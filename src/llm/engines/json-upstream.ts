// One JSON document sent, one received: how embeddings and rerank endpoints are called. Repeats nothing and follows
// no redirects. Knows no dialect.

import type { IncomingHttpHeaders } from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import { ArchitectError, type Clock, noUsage, type Usage } from '../../core/index.js'
import { withAttempts } from '../attempts.js'
import { llmError } from '../messages.js'
import type { ModelCall } from '../vector-contract.js'
import type { EngineDeployment } from './engine-deployment.js'
import { type KeyHeader, keyHeaders } from './key-headers.js'
import { type Exchange, startExchange } from './upstream-exchange.js'
import { requestHeaders } from './upstream-headers.js'
import { statusError } from './upstream-status.js'
import { createWatchdog, type Watchdog } from './watchdog.js'

export interface JsonUpstreamOptions {
  readonly deployment: Pick<EngineDeployment, 'id' | 'address' | 'timeouts'> & {
    readonly keyHeader?: KeyHeader | undefined
  }
  /** Of the endpoint, from the path of the deployment's address. */
  readonly pathOf: (base: string) => string
  /** Sent as a bearer token, or in `keyHeader`; never appears in an error. */
  readonly apiKey?: string | undefined
  readonly clock: Clock
}

export interface JsonUpstream {
  /**
   * @param estimate what the call uses at the upstream once it has arrived there, for calls that break off
   * @param read turns the answer into a result, or throws `llm.upstream-unreadable`
   * @throws ArchitectError `llm.*` that carries the attempt
   */
  post<T>(
    body: object,
    call: ModelCall,
    handle: { readonly estimate: Usage; readonly read: (value: unknown, requestId?: string) => T },
  ): Promise<T>
  close(): Promise<void>
}

const maxConnections = 256
const maxAnswerBytes = 256 * 1024 * 1024
const maxErrorBytes = 64 * 1024

/** @throws `llm.address-missing` for a deployment without an address */
export const createJsonUpstream = (options: JsonUpstreamOptions): JsonUpstream => {
  const { deployment, clock, apiKey, pathOf } = options
  if (!deployment.address) throw llmError('llm.address-missing', { deployment: deployment.id })
  const address = new URL(deployment.address)
  const dispatcher = new Pool(address.origin, {
    connections: maxConnections,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: deployment.timeouts.connectMs },
  })
  const upstream: Upstream = {
    dispatcher,
    origin: address.origin,
    path: pathOf(address.pathname.replace(/\/+$/, '')) + address.search,
    deployment,
    clock,
    watchdog: createWatchdog(clock),
    apiKey,
  }
  return {
    post: async (body, call, { estimate, read }) => {
      const progress = { isReceived: false }
      try {
        const { value, headers } = await exchange(upstream, Buffer.from(JSON.stringify(body)), call, progress)
        const requestId = headers['x-request-id']
        return read(value, typeof requestId === 'string' ? requestId : undefined)
      } catch (cause) {
        throw attempted(cause, deployment.id, progress.isReceived ? estimate : undefined)
      }
    },
    close: async () => {
      await dispatcher.close()
      upstream.watchdog.close()
    },
  }
}

interface Upstream extends Omit<JsonUpstreamOptions, 'pathOf'> {
  readonly dispatcher: Dispatcher
  readonly origin: string
  readonly path: string
  readonly watchdog: Watchdog
}

interface Received {
  readonly value: unknown
  readonly headers: IncomingHttpHeaders
}

const exchange = (
  upstream: Upstream,
  body: Buffer,
  call: ModelCall,
  progress: { isReceived: boolean },
): Promise<Received> => {
  const { deployment, clock, apiKey } = upstream
  return new Promise((resolve, reject) => {
    let status = 0
    let headers: IncomingHttpHeaders = {}
    let bytes = 0
    const pieces: Buffer[] = []

    const settle = (work: () => void) => {
      call.signal.removeEventListener('abort', onAbort)
      work()
    }
    const fail = (error: ArchitectError) => settle(() => reject(error))
    const finish = () => {
      const received = Buffer.concat(pieces)
      if (isSuccess(status))
        return settle(() => resolveJson(received, headers, deployment.id, { resolve, reject }))
      const secrets = apiKey === undefined ? [] : [apiKey]
      const answer = { deployment: deployment.id, status, headers, body: received, secrets }
      fail(statusError({ ...answer, wallMs: clock.wallMs() }))
    }
    const onAbort = () => {
      progress.isReceived ||= running.isSent()
      running.abort()
      fail(llmError('llm.cancelled', { deployment: deployment.id, reason: 'aborted' }))
    }
    const running: Exchange = startExchange(
      {
        dispatcher: upstream.dispatcher,
        origin: upstream.origin,
        path: upstream.path,
        headers: requestHeaders(
          call,
          keyHeaders(apiKey, deployment.keyHeader ?? 'authorization'),
          'application/json',
        ),
        body,
        deployment,
        clock,
        watchdog: upstream.watchdog,
        deadlineMs: call.deadlineMs,
      },
      {
        onHead: (code, received) => {
          status = code
          headers = received
          progress.isReceived = isSuccess(code)
        },
        onBytes: (piece) => {
          pieces.push(piece)
          bytes += piece.length
          if (bytes <= (isSuccess(status) ? maxAnswerBytes : maxErrorBytes)) return
          running.abort()
          if (isSuccess(status)) fail(unreadable(deployment.id, 'more than 256 MiB'))
          else finish()
        },
        onEnd: finish,
        onFailure: (error) => {
          if (error.code === 'llm.upstream-timeout') progress.isReceived ||= running.isSent()
          fail(error)
        },
      },
    )
    if (call.signal.aborted) onAbort()
    else call.signal.addEventListener('abort', onAbort, { once: true })
  })
}

const resolveJson = (
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  deployment: string,
  settle: { readonly resolve: (received: Received) => void; readonly reject: (error: Error) => void },
) => {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    return settle.reject(unreadable(deployment, 'no JSON'))
  }
  settle.resolve({ value, headers })
}

/** What an answer lacks that its API promises. */
export const unreadable = (deployment: string, reason: string): ArchitectError =>
  llmError('llm.upstream-unreadable', { deployment, reason })

const isSuccess = (status: number) => status >= 200 && status < 300

const attempted = (cause: unknown, deployment: string, usage: Usage | undefined): unknown => {
  if (!(cause instanceof ArchitectError)) return cause
  const end = cause.code === 'llm.cancelled' ? 'cancelled' : 'failed'
  const used = { usage: usage ?? noUsage, usageSource: usage ? ('partial' as const) : ('none' as const) }
  return withAttempts(cause, [{ deployment, ...used, end, error: cause }])
}

/** The path of an endpoint: an address is the server's base (`.../v1`) or the whole path; both are in use. */
export const endpointPath =
  (name: string, root = '/v1') =>
  (base: string): string =>
    base.endsWith(`/${name}`) ? base : `${base === '' ? root : base}/${name}`
