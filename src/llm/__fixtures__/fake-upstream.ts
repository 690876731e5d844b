// A chat completions server on a raw socket that misbehaves as a test tells it to. Speaks HTTP/1.1 by hand, so that
// a test decides over every byte and every read.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface ReceivedRequest {
  readonly head: string
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

export interface UpstreamConnection {
  readonly request: ReceivedRequest
  readonly socket: Socket
  /** Resolves when the other side is gone. */
  readonly closed: Promise<void>
  /** Writes a head; the body follows in chunked encoding unless `content-length` is given. */
  head(status?: number, headers?: Record<string, string>): void
  /** One chunk, in one write; resolves when the kernel took it. */
  chunk(text: string | Uint8Array): Promise<void>
  /** Ends the body as HTTP wants it. */
  end(): void
  /** Writes bytes as they are. */
  raw(text: string | Uint8Array): Promise<void>
  /** A whole JSON answer. */
  json(value: unknown, status?: number, headers?: Record<string, string>): void
  /** Breaks the connection with a TCP reset. */
  reset(): void
}

export type Behaviour = (connection: UpstreamConnection) => void | Promise<void>

export interface FakeUpstream {
  readonly address: string
  readonly requests: readonly ReceivedRequest[]
  readonly connections: readonly UpstreamConnection[]
  behave(behaviour: Behaviour): void
  close(): Promise<void>
}

export const startFakeUpstream = async (): Promise<FakeUpstream> => {
  let behaviour: Behaviour = () => {}
  const requests: ReceivedRequest[] = []
  const connections: UpstreamConnection[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    const closed = new Promise<void>((resolve) => {
      socket.on('close', () => {
        sockets.delete(socket)
        resolve()
      })
    })
    socket.on('error', () => {})
    readRequests(socket, (request) => {
      requests.push(request)
      const connection = createConnection(socket, request, closed)
      connections.push(connection)
      void behaviour(connection)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    connections,
    behave: (next) => {
      behaviour = next
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const readRequests = (socket: Socket, onRequest: (request: ReceivedRequest) => void) => {
  let received = Buffer.alloc(0)
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes])
    for (;;) {
      const headEnd = received.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const [head = '', ...lines] = received.toString('latin1', 0, headEnd).split('\r\n')
      const headers = new Map(
        lines.map((line) => {
          const [name = '', value = ''] = line.split(/:\s*(.*)/s)
          return [name.toLowerCase(), value] as const
        }),
      )
      const bodyEnd = headEnd + 4 + Number(headers.get('content-length') ?? 0)
      if (received.length < bodyEnd) return
      const body = received.toString('utf8', headEnd + 4, bodyEnd)
      received = received.subarray(bodyEnd)
      onRequest({ head, headers, body })
    }
  })
}

const createConnection = (
  socket: Socket,
  request: ReceivedRequest,
  closed: Promise<void>,
): UpstreamConnection => {
  const raw = (text: string | Uint8Array) =>
    new Promise<void>((resolve) => {
      if (socket.destroyed) resolve()
      else socket.write(text, () => resolve())
    })
  const head = (status = 200, headers: Record<string, string> = {}) => {
    const all: Record<string, string> = { 'content-type': 'text/event-stream', ...headers }
    if (!('content-length' in all)) all['transfer-encoding'] = 'chunked'
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    void raw(`HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n`)
  }
  return {
    request,
    socket,
    closed,
    raw,
    head,
    chunk: (text) => {
      const bytes = Buffer.from(text as string)
      return raw(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]))
    },
    end: () => void raw('0\r\n\r\n'),
    json: (value, status = 200, headers = {}) => {
      const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
      head(status, { 'content-type': 'application/json', 'content-length': `${body.length}`, ...headers })
      void raw(body)
    },
    reset: () => socket.resetAndDestroy(),
  }
}
