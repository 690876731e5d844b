// Reads request bodies within bounds: of one body, of all of them together, and of the pauses in between.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../core/index.js'
import type { Watchdog } from '../llm/index.js'
import { gatewayError } from './messages.js'

export interface BodyReader {
  /**
   * The whole body. Its bytes count as held until `release`.
   * @throws gateway.body-too-large, gateway.body-timeout, gateway.body-cut, gateway.body-encoded,
   * gateway.overloaded
   */
  read(request: IncomingMessage, response: ServerResponse): Promise<Buffer>
  release(bytes: number): void
}

export interface BodyLimits {
  readonly maxBytes: number
  /** Bytes that all bodies together may hold. */
  readonly maxHeldBytes: number
  /** The longest pause within a body. */
  readonly idleMs: number
}

export interface BodyReaderDeps {
  readonly clock: Clock
  readonly watchdog: Watchdog
}

export const createBodyReader = (limits: BodyLimits, deps: BodyReaderDeps): BodyReader => {
  let heldBytes = 0
  const hold = (bytes: number) => {
    if (heldBytes + bytes > limits.maxHeldBytes)
      throw gatewayError('gateway.overloaded', {}, { retryable: true })
    heldBytes += bytes
  }
  const release = (bytes: number) => {
    heldBytes -= bytes
  }
  const read = async (request: IncomingMessage, response: ServerResponse) => {
    refuseByHead(request, limits.maxBytes)
    // The client waits for permission (RFC 9110, section 10.1.1); a second one does no harm.
    if (request.headers.expect !== undefined) response.writeContinue()
    let bytes = 0
    try {
      return await collect({
        ...deps,
        request,
        idleMs: limits.idleMs,
        take: (length) => {
          if (bytes + length > limits.maxBytes)
            throw gatewayError('gateway.body-too-large', { limitBytes: limits.maxBytes })
          hold(length)
          bytes += length
        },
      })
    } catch (error) {
      release(bytes)
      throw error
    }
  }
  return { read, release }
}

const refuseByHead = (request: IncomingMessage, maxBytes: number) => {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes)
    throw gatewayError('gateway.body-too-large', { limitBytes: maxBytes })
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw gatewayError('gateway.body-encoded', { encoding: encoding.slice(0, 40) })
}

interface Collection extends BodyReaderDeps {
  readonly request: IncomingMessage
  readonly idleMs: number
  /** Called with each chunk's length before it is kept; what it throws ends the reading. */
  readonly take: (length: number) => void
}

const collect = ({ request, idleMs, take, clock, watchdog }: Collection): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let movedMs = clock.monotonicMs()
    const watch = watchdog.watch({
      dueMs: () => movedMs + idleMs,
      expire: () => stop(gatewayError('gateway.body-timeout', { idleMs })),
    })
    const onData = (chunk: Buffer) => {
      try {
        take(chunk.length)
      } catch (error) {
        return stop(error)
      }
      chunks.push(chunk)
      movedMs = clock.monotonicMs()
    }
    const onEnd = () => {
      detach()
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
    }
    const onCut = () => stop(gatewayError('gateway.body-cut', {}))
    const detach = () => {
      watch.stop()
      request.off('data', onData).off('end', onEnd).off('close', onCut).off('error', onCut)
    }
    const stop = (error: unknown) => {
      detach()
      request.on('error', () => {})
      reject(error)
    }
    request.on('data', onData).on('end', onEnd).on('close', onCut).on('error', onCut)
  })
