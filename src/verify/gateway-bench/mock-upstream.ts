// A chat completions server on raw sockets that costs next to nothing: whole answers, streams in one burst, and paced
// streams of one event every two milliseconds. All paced streams share one timer.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { BilledAnswer } from './billed-answers.js'
import {
  burst,
  eventsOf,
  streamEnd,
  streamEvents,
  streamHead,
  usageEvent,
  wholeAnswer,
} from './mock-answers.js'
import { pacedMark } from './raw-request.js'
import { askedTokens, type TokenStreams } from './token-streams.js'

export interface BenchServer {
  readonly port: number
  close(): Promise<void>
}

/** 500 events a second. */
export const paceMs = 2
const plainBurst = burst(false)
const usageBurst = burst(true)

export interface MockUpstreamOptions {
  /** 0 takes any free port. */
  readonly port?: number
  /** Answers by path and body, in place of the ones that cost next to nothing. */
  readonly billed?: ((path: string, body: string) => BilledAnswer) | undefined
  /** Texts that requests may ask for token by token. */
  readonly tokens?: TokenStreams | undefined
}

export const startMockUpstream = async ({
  port = 0,
  billed,
  tokens = {},
}: MockUpstreamOptions = {}): Promise<BenchServer> => {
  const pacer = createPacer()
  const sockets = new Set<Socket>()
  const answer = (socket: Socket, body: string, head: string) => {
    if (billed) return writeBilled(socket, billed(head.split(' ', 2)[1] ?? '', body))
    const withUsage = /"include_usage": *true/.test(body)
    if (!/"stream": *true/.test(body)) socket.write(wholeAnswer)
    else if (body.includes(pacedMark)) pacer.add(socket, withUsage, askedTokens(body, tokens))
    else socket.write(withUsage ? usageBurst : plainBurst)
  }
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A client that is gone wants nothing any more.
    socket.on('error', () => socket.destroy())
    socket.on(
      'data',
      createRequestReader((body, head) => answer(socket, body, head)),
    )
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      pacer.close()
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const writeBilled = (socket: Socket, { bytes, afterwards }: BilledAnswer) => {
  if (afterwards === 'end') socket.end(bytes)
  else socket.write(bytes)
}

/** Cuts what a connection sends into the bodies of its requests, by length or by chunks. */
const createRequestReader = (onBody: (body: string, head: string) => void) => {
  let received = ''
  return (bytes: Buffer) => {
    received += bytes.toString('latin1')
    for (;;) {
      const headEnd = received.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const head = received.slice(0, headEnd)
      const end = bodyEnd(received, head, headEnd + 4)
      if (end < 0 || received.length < end) return
      const body = received.slice(headEnd + 4, end)
      received = received.slice(end)
      onBody(body, head)
    }
  }
}

const lastChunk = '0\r\n\r\n'

/** Where the body ends, or -1 when that cannot be told yet. */
const bodyEnd = (received: string, head: string, start: number): number => {
  if (!/transfer-encoding: *chunked/i.test(head))
    return start + Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0)
  const at = received.startsWith(lastChunk, start) ? start : received.indexOf(`\r\n${lastChunk}`, start) + 2
  return at < 2 ? -1 : at + lastChunk.length
}

interface PacedStream {
  readonly socket: Socket
  readonly pieces: readonly Buffer[]
  next: number
  /** Monotonic ms. */
  readonly startMs: number
}

const createPacer = () => {
  const streams = new Set<PacedStream>()
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    clearInterval(timer)
    timer = undefined
  }
  /** Everything that is due by now, so that a late timer does not slow a stream down. */
  const advance = (stream: PacedStream, nowMs: number) => {
    const due = Math.min(stream.pieces.length, Math.floor((nowMs - stream.startMs) / paceMs) + 1)
    for (; stream.next < due; stream.next++) stream.socket.write(stream.pieces[stream.next] ?? '')
    if (stream.next === stream.pieces.length || stream.socket.destroyed) streams.delete(stream)
  }
  const tick = () => {
    const nowMs = performance.now()
    for (const stream of streams) advance(stream, nowMs)
    if (streams.size === 0) stop()
  }
  return {
    add: (socket: Socket, withUsage: boolean, texts?: readonly string[]) => {
      socket.write(streamHead)
      const events = texts ? eventsOf(texts) : streamEvents
      const pieces = [...events, ...(withUsage ? [usageEvent] : []), streamEnd]
      streams.add({ socket, pieces, next: 0, startMs: performance.now() })
      timer ??= setInterval(tick, 1)
    },
    close: stop,
  }
}
