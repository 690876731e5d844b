// A load generator on raw sockets: closed loop for throughput, open loop from scheduled time for latency.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Target {
  readonly port: number
  readonly isStream: boolean
}

/** Gives the body of each request; a counter in it keeps an answer cache from hitting. */
let counter = 0
const requestOf = ({ isStream }: Target): string => {
  const body = JSON.stringify({
    model: 'chat',
    messages: [
      { role: 'system', content: 'You are a helpful assistant of a bank. Answer shortly and politely.' },
      { role: 'user', content: `Question ${++counter}: how do I raise the limit of my card while I travel?` },
    ],
    ...(isStream && { stream: true }),
  })
  return (
    'POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer la-benchmark\r\n' +
    `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}

interface Connection {
  /** Resolves with ms to the first byte and to the end. */
  ask(): Promise<{ readonly firstMs: number; readonly totalMs: number }>
  readonly socket: Socket
}

const open = async (target: Target): Promise<Connection> => {
  const socket = connect({ port: target.port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let received = ''
  let startMs = 0
  let firstMs = 0
  let done: (result: { firstMs: number; totalMs: number }) => void = () => {}
  let failed: (error: Error) => void = () => {}
  socket.on('data', (bytes) => {
    if (received === '') firstMs = performance.now() - startMs
    received += bytes.toString('latin1')
    if (!isWhole(received)) return
    if (!received.startsWith('HTTP/1.1 200')) return failed(new Error(received.slice(0, 500)))
    received = ''
    done({ firstMs, totalMs: performance.now() - startMs })
  })
  socket.on('error', (error) => failed(error))
  socket.on('close', () => failed(new Error('the connection ended')))
  return {
    socket,
    ask: () =>
      new Promise((resolve, reject) => {
        done = resolve
        failed = reject
        startMs = performance.now()
        socket.write(requestOf(target))
      }),
  }
}

const isWhole = (text: string): boolean => {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  const length = /content-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1]
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= headEnd + 4 + Number(length)
}

/** How many requests in how long with so many connections, each asking again as soon as it was answered. */
export const closedLoop = async (target: Target, connections: number, ms: number) => {
  const opened = await Promise.all(Array.from({ length: connections }, () => open(target)))
  const endMs = performance.now() + ms
  const startMs = performance.now()
  const counts = await Promise.all(
    opened.map(async ({ ask }) => {
      let count = 0
      for (; performance.now() < endMs; count++) await ask()
      return count
    }),
  )
  const seconds = (performance.now() - startMs) / 1000
  for (const { socket } of opened) socket.destroy()
  return { requests: counts.reduce((sum, count) => sum + count, 0), seconds }
}

/** Latencies in ms from scheduled time, at so many requests per second. */
export const openLoop = async (target: Target, perSecond: number, ms: number) => {
  const idle: Connection[] = await Promise.all(Array.from({ length: 16 }, () => open(target)))
  const first: number[] = []
  const total: number[] = []
  const running: Promise<void>[] = []
  const startMs = performance.now()
  for (let i = 0; i < (perSecond * ms) / 1000; i++) {
    const dueMs = startMs + (i * 1000) / perSecond
    while (performance.now() < dueMs)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())))
    running.push(
      (async () => {
        const connection = idle.pop() ?? (await open(target))
        const lateMs = performance.now() - dueMs
        const { firstMs, totalMs } = await connection.ask()
        idle.push(connection)
        first.push(lateMs + firstMs)
        total.push(lateMs + totalMs)
      })(),
    )
  }
  await Promise.all(running)
  for (const { socket } of idle) socket.destroy()
  return { first, total }
}
