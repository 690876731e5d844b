// Reads the answer of a server whose stream is made of named events: the Messages and Responses APIs. What has to be
// known of it is read on the way, the bytes go to the reader as they are. Fed with whole events or a whole JSON
// body; knows no socket.

import type { ArchitectError, Usage } from '../../core/index.js'
import type { ChatEvent, Dialect } from '../contract.js'
import { createFrame, frameOf } from '../frame.js'
import { llmError } from '../messages.js'
import { objectOf } from '../wire/fields.js'
import { createSseParser } from '../wire/sse-parser.js'
import { type AnswerOptions, type ChatAnswer, failInside, parseJson } from './chat-answer.js'
import { createChatDelivery } from './chat-delivery.js'
import { createFinishTracker } from './finish-tracker.js'
import { type FrameReader, spokenTokensOf } from './frame-reader.js'

export interface EventAnswerOptions extends AnswerOptions {
  readonly dialect: Dialect
  readonly reader: FrameReader
  /** The events of a whole answer; never throws. */
  readonly decodeAnswer: (json: unknown) => readonly ChatEvent[]
  /** Choices the request asked for. */
  readonly choices?: number
  /** The event without which a stream has broken off, as its dialect calls it; undefined where a finish is enough. */
  readonly lastEvent?: string
}

export const createEventAnswer = (options: EventAnswerOptions): ChatAnswer => {
  const { result, dialect, reader, lastEvent } = options
  const { deployment } = options.answeredBy
  const finishes = createFinishTracker(result, options.choices ?? 1)
  const delivery = createChatDelivery({ ...options, areAllFinished: finishes.areAllFinished })

  /**
   * Notes finishes and usage of what came together; usage that comes before the finish is not the whole.
   * @returns the first error
   */
  const observe = (events: readonly ChatEvent[]): ArchitectError | undefined => {
    let usage: Usage | undefined
    for (const event of events) {
      if (event.type === 'error') return event.error
      if (event.type === 'usage') usage = event.usage
      else finishes.observe(event)
    }
    if (!usage) return undefined
    if (finishes.areAllFinished()) result.setUsage(usage)
    else result.setUsageSoFar(usage)
    return undefined
  }

  const addEvents = (bytes: Buffer) => {
    const { events, notable, hasContent, isDone, outputTokens } = reader.read(bytes)
    result.addOutputTokens(outputTokens)
    const frame = createFrame({ dialect, framing: 'sse', bytes }, events)
    const error = firstOf(notable, observe)
    if (error) return failInside(delivery, frame.events(), error)
    if (hasContent) delivery.commit()
    // Without its finish the answer has broken off: as bytes, its last event would pass for a clean end.
    const hasNoFinish = isDone && !finishes.areAllFinished()
    delivery.deliver(hasNoFinish ? frameOf(frame.events()) : frame, bytes.length)
    if (isDone) delivery.complete()
  }

  const addBody = (bytes: Buffer) => {
    const events = options.decodeAnswer(parseJson(bytes))
    const error = observe(events)
    if (error) return delivery.fail(error)
    result.addOutputTokens(spokenTokensOf(events))
    const frame = createFrame({ dialect, framing: 'json', bytes }, () => events)
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
    isCut: (bytes) =>
      createSseParser()
        .push(bytes)
        .some(({ data }) => data !== '[DONE]' && objectOf(parseJson(Buffer.from(data))) === undefined),
    end: () => {
      if (lastEvent === undefined) delivery.complete()
      else if (!result.isSettled())
        delivery.fail(
          llmError('llm.upstream-broke-off', { deployment, reason: `no ${lastEvent}` }, { retryable: true }),
        )
    },
    fail: delivery.fail,
  }
}

const firstOf = <Value, Result>(values: readonly Value[], find: (value: Value) => Result | undefined) => {
  for (const value of values) {
    const result = find(value)
    if (result !== undefined) return result
  }
  return undefined
}
