// Writes an answer to its client: one JSON body, or a stream as it comes (server-sent events, or one JSON array), no
// faster than it is read.

import { toArchitectError } from '../core/index.js'
import { type ChatStream, type Frame, type Ready, readyOf, wireOf } from '../llm/index.js'
import { type ChunkedBody, startChunkedBody } from './chunked-body.js'
import type { Exchange } from './exchange.js'
import { type AnswerEncoding, createFrameWriter, encodeWhole } from './frame-writer.js'
import { gatewayError } from './messages.js'
import { type Headers, send } from './send.js'

export interface AnswerTarget extends AnswerEncoding {
  readonly exchange: Exchange
  /** What the client's dialect looks for besides the headers that every answer has. */
  readonly headers: Headers
  /** How long a client may leave what it was sent unread. */
  readonly stalledMs: number
  /** Called once, when the first content goes out. @returns the header `server-timing` */
  readonly onFirstContent: () => string
}

/** @throws the stream's error; nothing has been sent then */
export const writeJson = async (stream: ChatStream, target: AnswerTarget): Promise<void> => {
  const { frames, outcome } = readyOf(stream) ?? (await read(stream))
  const { error, end } = outcome
  if (end === 'failed' || end === 'cancelled') throw error ?? gatewayError('gateway.client-gone', {})
  const wire = frames.length === 1 && frames[0] ? wireOf(frames[0]) : undefined
  const isReady = wire?.dialect === target.codec.dialect && wire.framing === 'json'
  const timing = target.onFirstContent()
  send(target.exchange, {
    status: 200,
    body: isReady ? bufferOf(wire.bytes) : encodeWhole(frames, target),
    contentType: 'application/json',
    headers: { ...headersOf(stream, target), 'server-timing': timing },
  })
}

const read = async (stream: ChatStream): Promise<Pick<Ready, 'frames' | 'outcome'>> => {
  const frames: Frame[] = []
  for await (const frame of stream.frames) frames.push(frame)
  return { frames, outcome: await stream.outcome }
}

/**
 * Writes the events of a stream. The head goes out with the first of them; a failure after that is an event, and
 * the stream then has no `[DONE]`.
 */
export const writeEvents = async (stream: ChatStream, target: AnswerTarget): Promise<void> => {
  const { response, requestId } = target.exchange
  const writer = createFrameWriter(target)
  const head = {
    'content-type': contentTypes[target.encoding.framing ?? 'sse'],
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
    'x-request-id': requestId,
    ...headersOf(stream, target),
  }
  let body: ChunkedBody | undefined
  const begin = (): ChunkedBody =>
    startChunkedBody(response, 200, { ...head, 'server-timing': target.onFirstContent() })
  const write = (bytes: Uint8Array): boolean => {
    body ??= begin()
    return body.write(bytes)
  }
  try {
    for await (const frame of stream.frames) {
      const isFlowing = write(writer.bytesOf(frame))
      if (!isFlowing) await drained(target)
      if (response.destroyed) break
    }
  } catch (cause) {
    // A stage broke its promise to fail by an event; the client must not see a clean end because of it.
    write(writer.failure(toArchitectError(cause)))
  }
  if (response.destroyed) return void (await stream.cancel('client-gone'))
  write(writer.end(await stream.outcome))
  body?.end()
}

const contentTypes = { sse: 'text/event-stream; charset=utf-8', json: 'application/json' } as const

const headersOf = ({ head, answeredBy }: ChatStream, { headers }: AnswerTarget): Headers => ({
  ...headers,
  ...Object.fromEntries(head.headers),
  'x-answered-by': 'stage' in answeredBy ? answeredBy.stage : answeredBy.deployment,
})

const bufferOf = (bytes: Uint8Array) =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * Resolves when the client has read on, or is gone. One that reads nothing for `stalledMs`, or until the request is
 * ended by its deadline, is taken for gone.
 */
export const drained = ({
  exchange: { response, signal },
  stalledMs,
}: Pick<AnswerTarget, 'exchange' | 'stalledMs'>) =>
  new Promise<void>((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      response.off('drain', finish).off('close', finish)
      resolve()
    }
    const giveUp = () => {
      response.destroy()
      finish()
    }
    const timer = setTimeout(giveUp, stalledMs)
    signal.addEventListener('abort', giveUp, { once: true })
    response.on('drain', finish).on('close', finish)
    if (response.destroyed) finish()
  })
