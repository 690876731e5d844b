// The yardstick: node:http and undici's dispatch with nothing between them but one JSON.parse of the request. What a
// gateway does beyond this is its own cost.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import type { BenchServer } from './mock-upstream.js'

/** @param origin `http://host:port` of the upstream */
export const startDispatchProxy = async (origin: string): Promise<BenchServer> => {
  const pool = new Pool(origin, { connections: 2048, pipelining: 1, allowH2: false })
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => forward(pool, origin, { request, response, body: Buffer.concat(parts) }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await pool.destroy()
    },
  }
}

interface Forwarded {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
}

const forward = (pool: Pool, origin: string, { request, response, body }: Forwarded) => {
  JSON.parse(body.toString('utf8'))
  pool.dispatch(
    {
      origin,
      path: request.url ?? '/',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    },
    {
      onRequestStart: () => {},
      onResponseStart: (_controller, status, { 'content-type': type, 'content-length': length }) => {
        const head = { 'content-type': String(type ?? 'application/json') }
        response.writeHead(
          status,
          length === undefined ? head : { ...head, 'content-length': String(length) },
        )
      },
      onResponseData: (_controller, part) => void response.write(part),
      onResponseEnd: () => void response.end(),
      onResponseError: () => void response.destroy(),
    },
  )
}
