// A keep-alive connection of a soak: one request at a time, any answer. A client that leaves closes it.

import { once } from 'node:events'
import { connect } from 'node:net'
import { isWholeAnswer } from './raw-request.js'

export interface SoakConnection {
  /**
   * Resolves with what was received: the whole answer, or what came before the client left.
   * @param leavesAt the client leaves as soon as it has read this
   */
  ask(bytes: string, leavesAt?: string): Promise<string>
  /** Closed by either side. */
  isClosed(): boolean
  readonly idleSinceMs: () => number
  close(): void
}

/** An answer that takes longer has failed. */
const patienceMs = 30_000

export const openSoakConnection = async (host: string, port: number): Promise<SoakConnection> => {
  const socket = connect({ port, host, noDelay: true })
  await once(socket, 'connect')
  let received = ''
  let leavesAt: string | undefined
  let settle: ((answer: string | Error) => void) | undefined
  let idleSinceMs = performance.now()
  const fail = (reason: string) => settle?.(new Error(`${reason} after: ${received.slice(0, 400)}`))
  socket.setTimeout(patienceMs, () => socket.destroy(new Error('no answer')))
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1')
    if (leavesAt !== undefined && received.includes(leavesAt)) {
      socket.destroy()
      settle?.(received)
    } else if (isWholeAnswer(received)) settle?.(received)
  })
  socket.on('error', (error) => fail(error.message))
  socket.on('close', () => fail('the connection ended'))
  return {
    ask: (bytes, mark) =>
      new Promise((resolve, reject) => {
        received = ''
        leavesAt = mark
        settle = (answer) => {
          settle = undefined
          idleSinceMs = performance.now()
          if (answer instanceof Error) reject(answer)
          else resolve(answer)
        }
        socket.write(bytes)
      }),
    isClosed: () => socket.destroyed || socket.readableEnded,
    idleSinceMs: () => idleSinceMs,
    close: () => socket.destroy(),
  }
}
