// A client that writes bytes to a socket as a test wants them, and keeps what comes back.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawSocket {
  readonly socket: Socket
  write(bytes: string | Uint8Array): void
  /** Resolves with everything received, once the other side has ended or reset the connection. */
  readonly ended: Promise<string>
}

export const openSocket = async (url: string): Promise<RawSocket> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  // A reset is one of the answers such a client may get.
  socket.on('error', () => {})
  const ended = new Promise<string>((resolve) =>
    socket.once('close', () => resolve(Buffer.concat(chunks).toString('utf8'))),
  )
  await once(socket, 'connect')
  return { socket, ended, write: (bytes) => socket.write(bytes) }
}
