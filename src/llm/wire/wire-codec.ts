// What a dialect must be able to do. Each has one codec; codecs.ts lists them.

import type { ArchitectError } from '../../core/index.js'
import type { ChatEvent, ChatRequest, Dialect, Wire } from '../contract.js'

/** Reads a stream piece by piece; pieces may be cut anywhere. */
export interface StreamDecoder {
  /** The events that are complete now. Never throws: garbage is an `error` event. */
  push(bytes: Uint8Array): readonly ChatEvent[]
  /** The events of what is left when the stream is over; an event cut short is dropped, as the SSE standard says. */
  end(): readonly ChatEvent[]
}

/** Writes a stream; has to see every event from the first. */
export interface StreamEncoder {
  encode(events: readonly ChatEvent[]): Uint8Array
  /** What the dialect writes after the last event; nothing after an error. */
  end(): Uint8Array
}

/** What a decoder needs to make errors of what an upstream reports. */
export interface DecoderOptions {
  /** Named in errors. */
  readonly deployment?: string
  /** Texts that must not appear in an error, such as the key the upstream was called with. */
  readonly secrets?: readonly string[]
}

/** An error as a dialect shows it to a client. */
export interface ErrorBody {
  readonly message: string
  readonly type: string
  readonly code: string | null
  readonly param: string | null
  /** HTTP status, which some dialects repeat in the body. Default 500. */
  readonly status?: number
  /** When the same may be asked again, for dialects that say it in the body. */
  readonly retryAfterMs?: number
}

/** What an encoder writes where the events do not say it. */
export interface EncoderOptions {
  /** Identifier and model name where the events bring none. */
  readonly id: string
  readonly model: string
  /** Seconds since 1970. */
  readonly createdSeconds: number
  /** Whether a chat client asked for the chunk that only carries usage; default true. Other dialects always have it. */
  readonly includeUsage?: boolean
  /** How a Gemini client wants its stream: server-sent events (the default), or one JSON array. */
  readonly framing?: 'sse' | 'json'
  /**
   * What a response of OpenAI's Responses API says of itself and of its request (`id`, `instructions`, `tools` and so
   * on), in place of what the events say of it. Other dialects repeat nothing.
   */
  readonly repeats?: Readonly<Record<string, unknown>>
  /**
   * Of a response of the Responses API: it was taken before anything answered it, so that its stream begins by saying so,
   * whatever the beginning is that an engine brings.
   */
  readonly isQueued?: boolean
  /** How an error looks to this client, in its language. Default: the English message and the code. */
  readonly renderError?: (error: ArchitectError) => ErrorBody
}

/** Reads and writes one dialect: requests, streamed answers, whole answers. */
export interface WireCodec {
  readonly dialect: Dialect
  /**
   * Reads a request's JSON value. With `wire`, the bytes it was parsed from, the request remembers its origin.
   * @throws `llm.request-unreadable` naming the field, for a value no engine could take
   */
  decodeRequest(json: unknown, wire?: Wire): ChatRequest
  /**
   * The JSON value of a request.
   * @throws `llm.request-not-expressible` naming the field that came in another dialect and has no place in this one
   */
  encodeRequest(request: ChatRequest): Record<string, unknown>
  createStreamDecoder(options?: DecoderOptions): StreamDecoder
  createStreamEncoder(options: EncoderOptions): StreamEncoder
  /** The events of a whole answer. Never throws: garbage is an `error` event. */
  decodeAnswer(json: unknown, options?: DecoderOptions): readonly ChatEvent[]
  /** The JSON body of a whole answer without an `error` event. */
  encodeAnswer(events: readonly ChatEvent[], options: EncoderOptions): Record<string, unknown>
}
