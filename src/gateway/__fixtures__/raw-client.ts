// A client that writes bytes to a socket as a test wants them, and keeps what comes back.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawClient {
  readonly socket: Socket
  /** Everything received so far. */
  received(): string
  /** Resolves with what was received once it matches. */
  until(pattern: RegExp): Promise<string>
  /** Resolves with everything when the other side has ended the connection. */
  ended(): Promise<string>
  write(bytes: string | Uint8Array): boolean
}

export const connectRaw = async (port: number): Promise<RawClient> => {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  const waiting = new Set<() => void>()
  const notify = () => {
    for (const look of waiting) look()
  }
  let isOver = false
  socket.on('data', (bytes) => {
    text += bytes.toString('utf8')
    notify()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isOver = true
    notify()
  })
  socket.on('end', () => {
    isOver = true
    notify()
  })
  await once(socket, 'connect')
  const wait = (isDone: () => boolean) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (!isDone()) return
        waiting.delete(look)
        resolve(text)
      }
      waiting.add(look)
      look()
    })
  return {
    socket,
    received: () => text,
    until: (pattern) => wait(() => pattern.test(text) || isOver),
    ended: () => wait(() => isOver),
    write: (bytes) => socket.write(bytes),
  }
}

export const post = (path: string, body: string, headers: readonly string[] = []) =>
  [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n')
