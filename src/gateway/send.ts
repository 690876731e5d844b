// Writes whole responses: head and body in one write, and the connection closed politely when part of the
// request is still on its way. Knows no endpoint.

import type { Exchange } from './exchange.js'
import { linger, mustLinger } from './linger.js'

export type Headers = Readonly<Record<string, string | number>>

export interface Reply {
  readonly status: number
  readonly headers?: Headers
  readonly body: Buffer | string
  readonly contentType: string
}

const longestText = 16 * 1024

export const send = (exchange: Exchange, reply: Reply) => {
  const { request, response, requestId } = exchange
  if (response.destroyed || response.headersSent) return
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body
  const head = {
    'content-type': reply.contentType,
    'content-length': body.length,
    'x-request-id': requestId,
    ...reply.headers,
  }
  // Who has given a request up must not take what still comes of it for the next one (RFC 9110, section 15.5.9).
  const isGivenUp = reply.status === 408 && !request.complete
  if (!isGivenUp && !mustLinger(request)) {
    response.writeHead(reply.status, head)
    // A text is put into one write with the head; a long one is not worth the copy.
    if (body.length <= longestText) response.end(body.toString('latin1'), 'latin1')
    else response.end(body)
    return
  }
  response.writeHead(reply.status, { ...head, connection: 'close' })
  response.write(body)
  linger(request, () => response.end())
}

export const sendJson = (exchange: Exchange, value: unknown, status = 200) =>
  send(exchange, { status, body: JSON.stringify(value), contentType: 'application/json' })
