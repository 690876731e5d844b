// An HTTP proxy between verify and the system: it can be slow with the first byte of an answer to a chat, and it can
// change what the answer says. Everything else passes as it is.

import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface ProxyOptions {
  /** Before the first byte of an answer to a chat. */
  readonly delayMs?: number
  /** Changes the body of an answer to a chat that came whole. */
  readonly edit?: (body: string) => string
}

export interface Proxy {
  readonly url: string
  close(): Promise<void>
}

export const startProxy = async (target: string, options: ProxyOptions): Promise<Proxy> => {
  const server = createServer((incoming, outgoing) => forward({ target, incoming, outgoing, options }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

interface Exchange {
  readonly target: string
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly options: ProxyOptions
}

const forward = ({ target, incoming, outgoing, options }: Exchange) => {
  const { method = 'GET', url = '/', headers } = incoming
  const isChat = url === '/v1/chat/completions'
  const upstream = request(`${target}${url}`, { method, headers }, (answer) => {
    const respond = async () => {
      if (isChat && options.delayMs !== undefined) await delay(options.delayMs)
      const isWhole = answer.headers['content-type']?.startsWith('application/json')
      if (isChat && isWhole && options.edit) return respondEdited(answer, outgoing, options.edit)
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    }
    respond().catch(() => outgoing.destroy())
  })
  upstream.on('error', () => outgoing.destroy())
  outgoing.on('close', () => upstream.destroy())
  incoming.pipe(upstream)
}

const respondEdited = async (
  answer: IncomingMessage,
  outgoing: ServerResponse,
  edit: (body: string) => string,
) => {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  const body = edit(Buffer.concat(chunks).toString('utf8'))
  outgoing.writeHead(answer.statusCode ?? 502, {
    ...answer.headers,
    'content-length': Buffer.byteLength(body),
  })
  outgoing.end(body)
}
