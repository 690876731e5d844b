// The answer of a chat completions server on its way to its reader: commit point, frames, outcome, cancellation.
// Fed with whole events or a whole JSON body; knows no socket.

import type { ArchitectError } from '../../core/index.js'
import { withAttempts } from '../attempts.js'
import { isContent } from '../content.js'
import type { ChatEvent, ChatStream, DeploymentReference, Frame } from '../contract.js'
import { createFrame, frameOf } from '../frame.js'
import { createFrameQueue } from '../frame-queue.js'
import { llmError } from '../messages.js'
import type { OutcomeBuilder } from '../outcome-builder.js'
import { decodeAnswer, decodeFrame } from '../wire/openai-chat-decode.js'
import { createFinishTracker } from './finish-tracker.js'
import { createFrameScanner } from './scan-frame.js'
import { withoutUsageChunks } from './usage-chunk.js'

export interface ChatAnswerOptions {
  readonly answeredBy: DeploymentReference
  readonly result: OutcomeBuilder
  /** Choices the request asked for; with more than one every frame is decoded, to know which have begun. */
  readonly choices: number
  readonly dropsUsage: boolean
  readonly secrets: readonly string[]
  /** Hands the stream over, or says why there is none. */
  readonly settle: { resolve(stream: ChatStream): void; reject(error: ArchitectError): void }
  readonly source: {
    /** The first content is here. */
    commit(): void
    pause(): void
    resume(): void
    /** Nothing more is wanted. */
    abort(): void
    /** The answer is complete, though the connection may not have ended. */
    complete(): void
  }
}

export interface ChatAnswer {
  setHead(head: ChatStream['head']): void
  /** @param bytes whole SSE events */
  addEvents(bytes: Buffer): void
  /** @param bytes the whole body of an answer that is not streamed */
  addBody(bytes: Buffer): void
  /** The body of a stream has ended. */
  end(): void
  fail(error: ArchitectError, end?: 'failed' | 'cancelled'): void
  cancel: ChatStream['cancel']
}

export const createChatAnswer = (options: ChatAnswerOptions): ChatAnswer => {
  const { answeredBy, result, source, settle } = options
  const { deployment } = answeredBy
  const scanner = createFrameScanner()
  const decoding = { deployment, secrets: options.secrets }
  const finishes = createFinishTracker(result, options.choices)
  /** Frames after the last finish, kept until the outcome is settled (promise 8). They hold no more text. */
  const held: Frame[] = []
  let head: ChatStream['head'] = { status: 200, headers: new Map() }
  let isCommitted = false

  const queue = createFrameQueue({
    onDrained: () => source.resume(),
    onAbandoned: () => cancel('client-gone'),
  })

  const cancel: ChatStream['cancel'] = (reason) => {
    if (!result.isSettled()) {
      result.settle('cancelled', llmError('llm.cancelled', { deployment, reason }))
      source.abort()
    }
    queue.clear()
    return result.outcome
  }

  const commit = () => {
    if (isCommitted) return
    isCommitted = true
    source.commit()
    settle.resolve({ answeredBy, head, frames: queue.frames, outcome: result.outcome, cancel })
  }

  const fail = (error: ArchitectError, end: 'failed' | 'cancelled' = 'failed') => {
    if (result.isSettled()) return
    const { attempts } = result.settle(end, error)
    source.abort()
    if (!isCommitted) {
      settle.reject(withAttempts(error, attempts))
      return
    }
    for (const frame of held) queue.push(frame, 0)
    queue.push(frameOf([{ type: 'error', choice: 0, error }]), 0)
    queue.end()
  }

  const complete = () => {
    if (result.isSettled()) return
    if (!finishes.areAllFinished()) {
      fail(llmError('llm.upstream-broke-off', { deployment, reason: 'no finish' }, { retryable: true }))
      return
    }
    result.settle('finished')
    source.complete()
    commit()
    for (const frame of held) queue.push(frame, 0)
    queue.end()
  }

  const deliver = (frame: Frame, bytes: number) => {
    if (finishes.areAllFinished()) {
      held.push(frame)
      return
    }
    const isFull = queue.push(frame, bytes)
    if (!isFull) return
    if (isCommitted) source.pause()
    else fail(llmError('llm.upstream-unreadable', { deployment, reason: 'no content in 256 KiB' }))
  }

  /** Notes finishes and usage. @returns the first error */
  const observe = (events: readonly ChatEvent[]): ArchitectError | undefined => {
    for (const event of events) {
      if (event.type === 'error') return event.error
      if (event.type === 'usage') result.setUsage(event.usage)
      else finishes.observe(event)
    }
    return undefined
  }

  const decode = (bytes: Uint8Array) => decodeFrame(bytes, decoding)
  const frameOfBytes = (bytes: Buffer) =>
    createFrame({ dialect: 'openai-chat', framing: 'sse', bytes }, decode)

  /** A frame that holds an error: what came before it is delivered without its bytes. */
  const failInside = (events: readonly ChatEvent[], error: ArchitectError, bytes: number) => {
    const before = events.slice(
      0,
      events.findIndex((event) => event.type === 'error'),
    )
    if (before.some(isContent)) commit()
    if (before.length > 0) deliver(frameOf(before), bytes)
    fail(error)
  }

  const addEvents = (bytes: Buffer) => {
    const facts = scanner.scan(bytes)
    result.addOutputTokens(facts.outputTokens)
    const frame = frameOfBytes(bytes)
    const isDecodedWhole = facts.isUnusual || options.choices > 1
    const events = isDecodedWhole
      ? frame.events()
      : facts.notable.flatMap(({ start, end }) => decode(bytes.subarray(start, end)))
    const error = observe(events)
    if (error) {
      failInside(frame.events(), error, bytes.length)
      return
    }
    const hasUsage = options.dropsUsage && events.some((event) => event.type === 'usage')
    const kept = hasUsage ? withoutUsageChunks(bytes, isDecodedWhole ? undefined : facts.notable) : bytes
    // Without its finishes the answer has broken off: as bytes, its `[DONE]` would pass for a clean end.
    if (facts.isDone && !finishes.areAllFinished()) deliver(frameOf(frame.events()), bytes.length)
    else if (kept.length > 0) deliver(kept === bytes ? frame : frameOfBytes(kept), bytes.length)
    if (!isCommitted && (facts.hasContent || events.some(isContent))) commit()
    if (facts.isDone) complete()
  }

  const addBody = (bytes: Buffer) => {
    const events = decodeAnswer(parseJson(bytes), decoding)
    const frame = createFrame({ dialect: 'openai-chat', framing: 'json', bytes }, () => events)
    const error = observe(events)
    if (error) {
      fail(error)
      return
    }
    held.push(frame)
    complete()
  }

  return {
    setHead: (value) => {
      head = value
    },
    addEvents: (bytes) => {
      if (!result.isSettled()) addEvents(bytes)
    },
    addBody: (bytes) => {
      if (!result.isSettled()) addBody(bytes)
    },
    end: complete,
    fail,
    cancel,
  }
}

const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
