// The node:http server around a handler: timeouts, header limits, and answers to what is not HTTP at all.
// Knows no endpoint. The handler is asked for at each request, so that a reload can swap it.

import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ArchitectError, createId, systemClock } from '../core/index.js'
import { gatewayError } from './messages.js'

export interface HttpTimeouts {
  /** For all headers of a request to arrive. Default 15 s. */
  readonly headersMs?: number
  /** For a whole request to arrive. Default 300 s. */
  readonly requestMs?: number
  /** How long an idle connection is kept. Default 65 s, above the 60 s of common load balancers. */
  readonly keepAliveMs?: number
  /** How often the first two are looked at. Default 5 s. */
  readonly checkMs?: number
}

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void

const maxHeaderBytes = 16 * 1024

/**
 * Creates the server; the caller listens and closes.
 * @param handler asked at each request for the handler in force
 */
export const createHttpServer = (handler: () => HttpHandler, timeouts: HttpTimeouts = {}): Server => {
  const server = createServer({
    headersTimeout: timeouts.headersMs ?? 15_000,
    requestTimeout: timeouts.requestMs ?? 300_000,
    keepAliveTimeout: timeouts.keepAliveMs ?? 65_000,
    connectionsCheckingInterval: timeouts.checkMs ?? 5_000,
    maxHeaderSize: maxHeaderBytes,
    // Checked below: the server's own refusal says nothing.
    requireHostHeader: false,
    noDelay: true,
  })
  const answering = new WeakMap<Duplex, ServerResponse>()
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    answering.set(request.socket, response)
    if (isHostMissing(request)) refuse(response, 400, gatewayError('gateway.host-missing', {}))
    else handler()(request, response)
  }
  server.on('request', answer)
  // Permission to send a body is given by whoever reads it, so that a refusal costs the client nothing.
  server.on('checkContinue', answer)
  server.on('checkExpectation', (_request, response) =>
    refuse(response, 417, gatewayError('gateway.expectation-unknown', {})),
  )
  server.on('clientError', (cause: NodeJS.ErrnoException, socket) => {
    const response = answering.get(socket)
    const isHalfAnswered = response?.headersSent && !response.writableFinished
    if (cause.code === 'ECONNRESET' || !socket.writable || isHalfAnswered) socket.destroy()
    else answerClientError(cause, socket)
  })
  return server
}

/** What the parser refused never became a request, so it is answered on the bare socket. */
const answerClientError = (cause: NodeJS.ErrnoException, socket: Duplex) => {
  const { status, error } = clientErrorOf(cause)
  const { head, body } = replyTo(error)
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  )
}

/** RFC 9112, section 3.2: a server must answer a request of HTTP/1.1 without a Host by 400. */
const isHostMissing = ({ headers, httpVersion }: IncomingMessage) =>
  headers.host === undefined && httpVersion === '1.1'

const refuse = (response: ServerResponse, status: number, error: ArchitectError) => {
  const { head, body } = replyTo(error)
  response.writeHead(status, head).end(body)
}

/** In English: whoever sends this has not said which language it reads. */
const replyTo = (error: ArchitectError) => {
  const body = JSON.stringify({
    error: { message: error.message, type: 'invalid_request_error', code: null, param: null },
  })
  const head = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-request-id': createId('req', systemClock.wallMs()),
    'x-error-code': error.code,
    connection: 'close',
  }
  return { head, body }
}

const clientErrorOf = (cause: NodeJS.ErrnoException): { status: number; error: ArchitectError } => {
  if (cause.code === 'HPE_HEADER_OVERFLOW')
    return { status: 431, error: gatewayError('gateway.headers-too-large', {}) }
  if (cause.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { status: 408, error: gatewayError('gateway.request-timeout', {}) }
  return { status: 400, error: gatewayError('gateway.http-malformed', { detail: cause.code ?? 'unknown' }) }
}
