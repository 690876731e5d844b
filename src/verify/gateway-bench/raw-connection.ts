// A keep-alive connection that asks one request at a time and times its answer. Raw sockets: an HTTP client would cost
// more than what it measures.

import { once } from 'node:events'
import { connect } from 'node:net'
import { verifyError } from '../messages.js'
import { type BenchMode, type BenchTarget, isGoodAnswer, isWholeAnswer, requestBytes } from './raw-request.js'

export interface AnswerTime {
  /** Ms from the write of the request to the first byte of its answer. */
  readonly firstMs: number
  readonly totalMs: number
  /** Ms to the event that was waited for. */
  readonly eventMs: number
}

export interface Ask {
  /** Differs in each request. */
  readonly count: number
  /** The mark of the text to be streamed. */
  readonly wanted?: string
  /** Which event of the stream is timed, counting from 1; default the first. */
  readonly event?: number
}

export interface RawConnection {
  /** @throws `verify.bench-answer` for anything but a whole, good answer */
  ask(asked: Ask): Promise<AnswerTime>
  close(): void
}

export const openRawConnection = async (target: BenchTarget, mode: BenchMode): Promise<RawConnection> => {
  const socket = connect({ port: target.port, host: target.host, noDelay: true })
  await once(socket, 'connect')
  let received = ''
  let startMs = 0
  let firstMs = 0
  let eventMs = 0
  let waited = 1
  let settle: ((result: AnswerTime | Error) => void) | undefined
  const refuse = (detail: string) =>
    settle?.(verifyError('verify.bench-answer', { address: `${target.host}:${target.port}`, detail }))
  socket.on('data', (bytes) => {
    if (received === '') firstMs = performance.now() - startMs
    received += bytes.toString('latin1')
    if (eventMs === 0 && (waited === 1 || countEvents(received) >= waited))
      eventMs = performance.now() - startMs
    if (!isWholeAnswer(received)) return
    if (isGoodAnswer(received, mode)) settle?.({ firstMs, eventMs, totalMs: performance.now() - startMs })
    else refuse(received.slice(0, 400))
    received = ''
  })
  socket.on('error', (error) => refuse(error.message))
  socket.on('close', () => refuse('the connection ended'))
  return {
    ask: ({ count, wanted, event = 1 }) =>
      new Promise((resolve, reject) => {
        settle = (result) => {
          settle = undefined
          if (result instanceof Error) reject(result)
          else resolve(result)
        }
        waited = event
        eventMs = 0
        startMs = performance.now()
        socket.write(requestBytes(target, mode, count, wanted))
      }),
    close: () => socket.destroy(),
  }
}

const countEvents = (text: string): number => text.split('data: ').length - 1
