// Reads the answer of a chat completions server: what has to be known of it is read on the way, the bytes go to the
// reader as they are. Fed with whole events or a whole JSON body; knows no socket.

import type { ArchitectError } from '../../core/index.js'
import { isContent } from '../content.js'
import type { ChatEvent, ChatStream, Dialect } from '../contract.js'
import { createFrame, frameOf } from '../frame.js'
import { createFrameDecoder, decodeAnswer, decodeFrame } from '../wire/openai-chat-decode.js'
import { type ChatDelivery, createChatDelivery, type DeliveryOptions } from './chat-delivery.js'
import { createFinishTracker } from './finish-tracker.js'
import { spokenTokensOf } from './frame-reader.js'
import { createFrameScanner } from './scan-frame.js'
import { withoutUsageChunks } from './usage-chunk.js'

/** What the answer of any protocol is given. */
export interface AnswerOptions extends Omit<DeliveryOptions, 'areAllFinished'> {
  /** What must not appear in an error. */
  readonly secrets: readonly string[]
}

export interface ChatAnswerOptions extends AnswerOptions {
  /** Choices the request asked for; with more than one every frame is decoded, to know which have begun. */
  readonly choices: number
  readonly dropsUsage: boolean
  /** How it is read. Default: as chat completions, in which most frames need not be decoded. */
  readonly format?: AnswerFormat
}

export interface AnswerFormat {
  readonly dialect: Dialect
  readonly decodeFrame: typeof decodeFrame
  readonly decodeAnswer: typeof decodeAnswer
}

const chatCompletions: AnswerFormat = { dialect: 'openai-chat', decodeFrame, decodeAnswer }

/** Reads an answer in the words of its protocol. */
export interface ChatAnswer {
  setHead(head: ChatStream['head']): void
  /** @param bytes whole SSE events */
  addEvents(bytes: Buffer): void
  /** @param bytes the whole body of an answer that is not streamed */
  addBody(bytes: Buffer): void
  /** Whether what stands behind the last blank line of a stream, completed by one, is but a part of an event. */
  isCut(bytes: Buffer): boolean
  /** The body of a stream has ended. */
  end(): void
  fail: ChatDelivery['fail']
}

export const createChatAnswer = (options: ChatAnswerOptions): ChatAnswer => {
  const { result, choices, dropsUsage, format = chatCompletions } = options
  const finishes = createFinishTracker(result, choices)
  const delivery = createChatDelivery({ ...options, areAllFinished: finishes.areAllFinished })
  const scanner = createFrameScanner()
  const decoding = { deployment: options.answeredBy.deployment, secrets: options.secrets }
  const decoder = format === chatCompletions ? createFrameDecoder(decoding) : undefined
  const decode = decoder?.events ?? ((bytes: Uint8Array) => format.decodeFrame(bytes, decoding))
  const frameOfBytes = (bytes: Buffer) =>
    createFrame({ dialect: format.dialect, framing: 'sse', bytes }, decode, decoder?.gist)

  /** Notes finishes and usage. @returns the first error */
  const observe = (events: readonly ChatEvent[]): ArchitectError | undefined => {
    for (const event of events) {
      if (event.type === 'error') return event.error
      if (event.type === 'usage') result.setUsage(event.usage)
      else finishes.observe(event)
    }
    return undefined
  }

  const addEvents = (bytes: Buffer) => {
    const facts = scanner.scan(bytes)
    if (format === chatCompletions) result.addOutputTokens(facts.outputTokens)
    const frame = frameOfBytes(bytes)
    const isDecodedWhole = facts.isUnusual || choices > 1 || format !== chatCompletions
    const notable = isDecodedWhole
      ? undefined
      : facts.notable.map((range) => ({ range, events: decode(bytes.subarray(range.start, range.end)) }))
    const events = notable ? notable.flatMap((part) => part.events) : frame.events()
    if (format !== chatCompletions) result.addOutputTokens(spokenTokensOf(events))
    const error = observe(events)
    if (error) return failInside(delivery, frame.events(), error)
    const kept =
      dropsUsage && hasUsage(events)
        ? withoutUsageChunks(
            bytes,
            notable?.filter((part) => hasUsage(part.events)).map(({ range }) => range),
          )
        : bytes
    if (facts.hasContent || events.some(isContent)) delivery.commit()
    // Without its finishes the answer has broken off: as bytes, its `[DONE]` would pass for a clean end.
    if (facts.isDone && !finishes.areAllFinished()) delivery.deliver(frameOf(frame.events()), bytes.length)
    else if (kept.length > 0) delivery.deliver(kept === bytes ? frame : frameOfBytes(kept), bytes.length)
    if (facts.isDone) delivery.complete()
  }

  const addBody = (bytes: Buffer) => {
    const events = format.decodeAnswer(parseJson(bytes), decoding)
    const error = observe(events)
    if (error) return delivery.fail(error)
    if (!hasUsage(events)) result.addOutputTokens(spokenTokensOf(events))
    const frame = createFrame({ dialect: format.dialect, framing: 'json', bytes }, () => events)
    if (finishes.areAllFinished()) delivery.deliver(frame, 0)
    delivery.complete()
  }

  return {
    setHead: delivery.setHead,
    addEvents: (bytes) => {
      if (!result.isSettled()) addEvents(bytes)
    },
    addBody: (bytes) => {
      if (!result.isSettled()) addBody(bytes)
    },
    isCut: (bytes) => format.decodeFrame(bytes).some(isUnreadable),
    end: delivery.complete,
    fail: delivery.fail,
  }
}

const hasUsage = (events: readonly ChatEvent[]) => events.some(({ type }) => type === 'usage')

const isUnreadable = (event: ChatEvent) =>
  event.type === 'error' && event.error.code === 'llm.event-unreadable'

/** A frame that holds an error: what came before it is delivered without its bytes, which may hold a secret. */
export const failInside = (delivery: ChatDelivery, events: readonly ChatEvent[], error: ArchitectError) => {
  const errorAt = events.findIndex((event) => event.type === 'error')
  const before = events.slice(0, errorAt)
  if (before.some(isContent)) delivery.commit()
  if (before.length > 0) delivery.deliver(frameOf(before), 0)
  delivery.fail(error)
}

export const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
