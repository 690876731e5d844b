// Frames to the bytes a client wants: those that already are of its dialect and framing go as they came, everything
// else through the dialect's encoder. Promise 6. Knows no socket.

import type { ArchitectError } from '../core/index.js'
import {
  type ChatEvent,
  type EncoderOptions,
  type Frame,
  gistOf,
  type Outcome,
  type StreamDecoder,
  type StreamEncoder,
  type Wire,
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

/** What went out as it came is kept up to this for an encoder that may be needed; beyond it one reads along. */
const maxKeptBytes = 256 * 1024

export const createFrameWriter = ({ codec, encoding, wantsUsage }: AnswerEncoding): FrameWriter => {
  let first: Frame | undefined
  let encoder: StreamEncoder | undefined
  /** What went out as it came and no encoder has seen. Promise 5: it sees every frame. */
  let unseen: Uint8Array[] = []
  let unseenBytes = 0
  /** Made for the first of them; reads on where it was. */
  let decoder: StreamDecoder | undefined
  /** The last frame, while it went out as it came: such a stream brings its own end. */
  let passed: Frame | undefined
  let hasFailed = false

  /** Upstreams always stream events. */
  const isArray = encoding.framing === 'json'
  const isVisible = (event: ChatEvent) => wantsUsage || event.type !== 'usage'
  /** The first frame tells id and model, also where it went out as bytes. */
  const begin = (frame: Frame): StreamEncoder => {
    const start = (first ?? frame).events().find((event) => event.type === 'start')
    return codec.createStreamEncoder({
      ...encoding,
      id: start?.id ?? encoding.id,
      model: start?.model ?? encoding.model,
    })
  }
  /** @param frame the one that is to be encoded, or the latest that passed */
  const encoderFor = (frame: Frame): StreamEncoder => {
    encoder ??= begin(frame)
    if (unseen.length > 0) decoder ??= codec.createStreamDecoder()
    for (const bytes of unseen) encoder.encode(decoder?.push(bytes).filter(isVisible) ?? [])
    unseen = []
    unseenBytes = 0
    return encoder
  }
  const pass = (frame: Frame, { bytes }: Wire) => {
    passed = frame
    unseen.push(bytes)
    unseenBytes += bytes.length
    if (unseenBytes > maxKeptBytes) encoderFor(frame)
    return bytes
  }
  const encode = (frame: Frame) => {
    passed = undefined
    const events = frame.events()
    hasFailed ||= events.some((event) => event.type === 'error')
    return encoderFor(frame).encode(events.filter(isVisible))
  }
  const hasSaidSo = () => hasFailed || (passed && gistOf(passed).some((event) => event.type === 'error'))
  const failure = (error: ArchitectError) => encode({ events: () => [{ type: 'error', choice: 0, error }] })

  return {
    bytesOf: (frame) => {
      first ??= frame
      const wire = wireOf(frame)
      if (wire?.dialect !== codec.dialect || wire.framing !== 'sse' || isArray) return encode(frame)
      return pass(frame, wire)
    },
    failure,
    end: (outcome) => {
      const isBroken = outcome.end === 'failed' || outcome.end === 'cancelled'
      if (isBroken && outcome.error && !hasSaidSo()) return failure(outcome.error)
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
