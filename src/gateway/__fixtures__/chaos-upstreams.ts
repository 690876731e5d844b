// Everything an upstream can do wrong, on raw sockets: one entry is one row of the chaos matrix.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { chunk, completion } from './upstream.js'

export interface ChaosUpstream {
  readonly address: string
  /** Requests that have arrived whole. */
  requests(): number
  /** Connections that are open. */
  connections(): number
  close(): Promise<void>
}

export interface Fault {
  readonly name: string
  /** Where the call goes, when not to a server that behaves as below. */
  readonly address?: (port: number) => string
  readonly behave?: (socket: Socket, call: ChaosCall) => void
  /** Of the deployment, where the fault is that nothing comes; otherwise the deadline comes first. */
  readonly firstContentMs?: number
}

interface ChaosCall {
  readonly isStream: boolean
  /** Content that fills every buffer on the way to a client that does not read. */
  readonly filler: Buffer
  /** Resolves when the first content has reached the client. */
  readonly begun: Promise<void>
}

const head = (type: string, more = '') =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\n${more}connection: close\r\n\r\n`
const events = head('text/event-stream')
const json = (text: string, length = Buffer.byteLength(text)) =>
  `${head('application/json', `content-length: ${length}\r\n`)}${text}`
const status = (line: string, more = '') => {
  const body = JSON.stringify({ error: { message: 'no luck' } })
  return `HTTP/1.1 ${line}\r\ncontent-type: application/json\r\n${more}content-length: ${body.length}\r\n\r\n${body}`
}

const whole = JSON.stringify(completion('Once upon a time'))
const half = whole.slice(0, whole.length / 2)
const told = JSON.stringify({ error: { message: 'overloaded', type: 'server_error' } })
const call = {
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name: 'pay', arguments: '{"amount": 1' },
}
const withoutFinish = completion('Once')
const unfinished = JSON.stringify({
  ...withoutFinish,
  choices: [{ ...withoutFinish.choices[0], finish_reason: null }],
})

/** Begins a stream, and goes on once that has gone through. */
const midway =
  (
    goOn: (socket: Socket) => void,
    first: Record<string, unknown> = { role: 'assistant', content: 'Once' },
  ): InStream =>
  (socket, { filler, begun }) => {
    socket.write(events + chunk(first))
    socket.write(filler)
    void begun.then(() => goOn(socket))
  }

type InStream = (socket: Socket, call: ChaosCall) => void

const fault = (name: string, inStream: InStream, inWhole: (socket: Socket) => void): Fault => ({
  name,
  behave: (socket, call) => (call.isStream ? inStream(socket, call) : inWhole(socket)),
})
const both = (name: string, text: string): Fault => ({ name, behave: (socket) => void socket.end(text) })

const drip = (socket: Socket, piece: string) => {
  const timer = setInterval(() => {
    if (!socket.write(piece)) clearInterval(timer)
  }, 30)
  socket.once('close', () => clearInterval(timer))
}

export const faults: readonly Fault[] = [
  // No server is at port 1.
  { name: 'refuses', address: () => 'http://127.0.0.1:1/v1' },
  both('429 with Retry-After: 60', status('429 Too Many Requests', 'retry-after: 60\r\n')),
  both('500', status('500 Internal Server Error')),
  { name: 'hangs', behave: () => {}, firstContentMs: 400 },
  fault(
    'dies midway (FIN)',
    midway((socket) => socket.end()),
    (socket) => void socket.end(json(half, whole.length)),
  ),
  fault(
    'dies midway (RST)',
    midway((socket) => socket.resetAndDestroy()),
    (socket) => {
      socket.write(json(half, whole.length), () => socket.resetAndDestroy())
    },
  ),
  fault(
    'ends without a finish',
    midway((socket) => socket.end()),
    (socket) => void socket.end(json(unfinished)),
  ),
  fault(
    'says [DONE] without a finish',
    midway((socket) => socket.end('data: [DONE]\n\n')),
    (socket) => void socket.end(json('{}')),
  ),
  fault(
    'ends inside the arguments of a tool call',
    midway((socket) => socket.end('data: [DONE]\n\n'), { role: 'assistant', tool_calls: [call] }),
    (socket) => void socket.end(`${head('application/json')}${half}`),
  ),
  fault(
    'garbage before the first content',
    (socket) => void socket.end(`${events}data: {"choices": [nonsense\n\n`),
    (socket) => void socket.end(json('nonsense')),
  ),
  fault(
    'garbage midway',
    midway((socket) => socket.end('data: {"choices": [nonsense\n\n')),
    (socket) => void socket.end(json(`${half}nonsense`)),
  ),
  fault(
    'an error inside a 200 before the first content',
    (socket) => void socket.end(`${events}data: ${told}\n\n`),
    (socket) => void socket.end(json(told)),
  ),
  fault(
    'an error inside a 200 midway',
    midway((socket) => socket.end(`data: ${told}\n\n`)),
    (socket) => void socket.end(json(told)),
  ),
  fault(
    'drips for ever',
    (socket, { filler }) => {
      socket.write(events)
      socket.write(filler)
      drip(socket, chunk({ content: 'drip ' }))
    },
    (socket) => {
      socket.write(head('application/json'))
      drip(socket, ' ')
    },
  ),
  fault(
    'a content-length that is too long',
    (socket, { filler, begun }) => {
      const body = chunk({ content: 'Once' })
      const length = body.length + filler.length + 100
      socket.write(head('text/event-stream', `content-length: ${length}\r\n`) + body)
      socket.write(filler)
      void begun.then(() => socket.end())
    },
    (socket) => void socket.end(json(whole, whole.length + 100)),
  ),
  fault(
    'a content-length that is too short',
    (socket, { filler, begun }) => {
      const [first, last] = [chunk({ content: 'Once' }), chunk({}, { finish_reason: 'stop' })]
      const length = first.length + filler.length + last.length - 60
      socket.write(head('text/event-stream', `content-length: ${length}\r\n`) + first)
      socket.write(filler)
      socket.write(last)
      void begun.then(() => socket.end())
    },
    (socket) => void socket.end(json(whole, whole.length - 60)),
  ),
  {
    name: 'speaks no TLS',
    address: (port) => `https://127.0.0.1:${port}/v1`,
    behave: (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  },
]

/** 8 MiB in events of 64 KiB: more than Linux keeps for a connection that is not read from. */
const filler = Buffer.from(chunk({ content: 'x'.repeat(64 * 1024) }).repeat(128))
const none = Buffer.alloc(0)

export const startChaosUpstream = async (
  fault: Fault,
  { withFiller, begun }: { readonly withFiller: boolean; readonly begun: Promise<void> },
): Promise<ChaosUpstream> => {
  const sockets = new Set<Socket>()
  let requests = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    let text = ''
    // A gateway that gives up resets: that is what it is here for.
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      if (!isWhole(text) && !fault.address) return
      requests++
      const isStream = text.includes('"stream":true')
      text = ''
      fault.behave?.(socket, { isStream, filler: withFiller ? filler : none, begun })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    address: fault.address?.(port) ?? `http://127.0.0.1:${port}/v1`,
    requests: () => requests,
    connections: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const isWhole = (text: string): boolean => {
  const end = text.indexOf('\r\n\r\n')
  const length = /content-length: (\d+)/i.exec(text)?.[1]
  return end >= 0 && length !== undefined && text.length >= end + 4 + Number(length)
}
