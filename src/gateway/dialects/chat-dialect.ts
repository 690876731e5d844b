// What the gateway has to know of a dialect to serve it, beyond what its codec does: how its requests arrive, and how
// the things around an answer are called in it. One object per dialect; `chat.ts` serves them all alike.

import type { ChatRequest, EncoderOptions, WireCodec } from '../../llm/index.js'
import type { ServedChat } from '../served-route.js'
import type { Envelope } from './envelope.js'

export interface ChatDialect {
  readonly codec: WireCodec
  /**
   * The request of a body.
   * @param parameters what the path's `{...}` segments hold
   * @throws gateway.body-*, gateway.field-*, llm.request-unreadable
   */
  read(bytes: Buffer, parameters: readonly string[]): ChatRequest
  /** Refuses what a route cannot do for it, beyond what its engines say. */
  refuse?(served: ServedChat, request: ChatRequest): void
  /** The identifier of an answer that brings none. */
  answerId(requestId: string): string
  /** Whether a stream tells its usage to this client. */
  wantsUsage(request: ChatRequest): boolean
  /**
   * How a stream is sent, where the dialect has another way than server-sent events.
   * @param search the part of the URL behind `?`
   */
  framing?(search: string): NonNullable<EncoderOptions['framing']>
  readonly envelope: Envelope
}
