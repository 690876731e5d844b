// Frames to the bytes a client wants: those that already are of its dialect and framing go as they came, everything
// else through the dialect's encoder. Promise 6. Knows no socket.

import type { ArchitectError } from '../core/index.js'
import {
  type ChatEvent,
  type EncoderOptions,
  type Frame,
  type Outcome,
  type StreamEncoder,
  type WireCodec,
  wireOf,
} from '../llm/index.js'

export interface AnswerEncoding {
  readonly codec: WireCodec
  readonly encoding: EncoderOptions
  /** Whether a stream tells its usage: only to those who asked. */
  readonly wantsUsage: boolean
}

export interface FrameWriter {
  bytesOf(frame: Frame): Uint8Array
  failure(error: ArchitectError): Uint8Array
  /** What the dialect writes at the end; an error first, where the stream failed without one. */
  end(outcome: Outcome): Uint8Array
}

const nothing = new Uint8Array()

export const createFrameWriter = ({ codec, encoding, wantsUsage }: AnswerEncoding): FrameWriter => {
  let first: Frame | undefined
  let encoder: StreamEncoder | undefined
  /** The last frame, while it went out as it came: such a stream brings its own end. */
  let passed: Frame | undefined
  let hasFailed = false

  /** Upstreams always stream events. */
  const isArray = encoding.framing === 'json'
  const isVisible = (event: ChatEvent) => wantsUsage || event.type !== 'usage'
  /** The first frame tells id and model, also where it went out as bytes and only a later one needs encoding. */
  const begin = (frame: Frame): StreamEncoder => {
    const opening = (first ?? frame).events()
    const start = opening.find((event) => event.type === 'start')
    const created = codec.createStreamEncoder({
      ...encoding,
      id: start?.id ?? encoding.id,
      model: start?.model ?? encoding.model,
    })
    if (first !== frame) created.encode(opening)
    return created
  }
  const encode = (frame: Frame) => {
    passed = undefined
    const events = frame.events()
    hasFailed ||= events.some((event) => event.type === 'error')
    encoder ??= begin(frame)
    return encoder.encode(events.filter(isVisible))
  }
  const failure = (error: ArchitectError) => encode({ events: () => [{ type: 'error', choice: 0, error }] })

  return {
    bytesOf: (frame) => {
      first ??= frame
      const wire = wireOf(frame)
      if (wire?.dialect !== codec.dialect || wire.framing !== 'sse' || isArray) return encode(frame)
      passed = frame
      return wire.bytes
    },
    failure,
    end: (outcome) => {
      const isBroken = outcome.end === 'failed' || outcome.end === 'cancelled'
      const hasSaidSo = hasFailed || passed?.events().some((event) => event.type === 'error')
      if (isBroken && !hasSaidSo && outcome.error) return failure(outcome.error)
      return passed || !encoder ? nothing : encoder.end()
    },
  }
}

/** The frames of a whole answer as one JSON text. @throws the error among them */
export const encodeWhole = (frames: readonly Frame[], { codec, encoding }: AnswerEncoding): string => {
  const events = frames.flatMap((frame) => frame.events())
  const failed = events.find((event) => event.type === 'error')
  if (failed) throw failed.error
  return JSON.stringify(codec.encodeAnswer(events, encoding))
}
