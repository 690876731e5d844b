// What the gateway has to know of a dialect to serve it, beyond what its codec does: how its requests arrive, and how
// the things around an answer are called in it. One object per dialect; `chat.ts` serves them all alike.

import type { ChatRequest, ChatStream, EncoderOptions, WireCodec } from '../../llm/index.js'
import type { Caller } from '../authenticate.js'
import type { Exchange } from '../exchange.js'
import type { LedgerPort } from '../ports.js'
import type { ServedChat } from '../served-route.js'
import type { Envelope } from './envelope.js'

/** How an answer leaves the gateway. @param onFirstContent called once */
export type Deliver = (stream: ChatStream, onFirstContent: () => void) => Promise<void>

/** What a turn is given that answers in its own time. */
export interface LaterWork {
  readonly exchange: Exchange
  readonly ledger: Pick<LedgerPort, 'recorder'>
  encodingOf(exchange: Exchange): EncoderOptions
  /**
   * Answers as for any client: limits, guards, deadline, ledger, metrics. @throws what the answer failed of
   * @param how the exchange that it is answered under, and where it goes
   */
  answer(how: {
    readonly exchange: Exchange
    readonly ledger: Pick<LedgerPort, 'recorder'>
    readonly deliver: Deliver
  }): Promise<void>
}

/** A request with what its answer depends on. */
export interface ChatTurn {
  readonly request: ChatRequest
  /** As `EncoderOptions`. */
  readonly repeats?: EncoderOptions['repeats']
  /** The stream as the client gets it: its last frame comes when what the turn leaves behind is kept. */
  keep?(stream: ChatStream, encoding: EncoderOptions): ChatStream
  /** In place of an answer to the exchange: tells the client of one that comes. Resolves when the exchange is over. */
  later?(work: LaterWork): Promise<void>
}

export interface TurnContext {
  readonly caller: Caller
  readonly answerId: string
}

export interface ChatDialect {
  readonly codec: WireCodec
  /**
   * The request of a body.
   * @param parameters what the path's `{...}` segments hold
   * @throws gateway.body-*, gateway.field-*, llm.request-unreadable
   */
  read(bytes: Buffer, parameters: readonly string[]): ChatRequest
  /**
   * For a dialect whose requests build on earlier ones, in place of `read`.
   * @throws as `read`, and gateway.kept-not-found, gateway.history-incomplete, gateway.keeping-failed
   */
  begin?(bytes: Buffer, context: TurnContext): Promise<ChatTurn>
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
