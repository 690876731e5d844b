// Plays a scripted answer as a stream that keeps the promises of the contract.

import type { ArchitectError, Clock } from '../../core/index.js'
import { withAttempts } from '../attempts.js'
import { isContent } from '../content.js'
import type { ChatCall, ChatEvent, ChatRequest, ChatStream } from '../contract.js'
import { estimateRequestTokens, roughTokens } from '../estimate-tokens.js'
import { frameOf } from '../frame.js'
import { createFrameQueue } from '../frame-queue.js'
import { llmError } from '../messages.js'
import { createOutcomeBuilder, type OutcomeBuilder } from '../outcome-builder.js'
import { eventsOf, failureAt, type ScriptedAnswer } from './scripted-answer.js'

export interface Performance {
  readonly id: string
  readonly answer: ScriptedAnswer
  readonly clock: Clock
  readonly request: ChatRequest
  readonly call: ChatCall
}

export const playAnswer = (performance: Performance): Promise<ChatStream> =>
  new Promise((resolve, reject) => {
    const { id, call } = performance
    const speaker = createSpeaker(performance, { resolve, reject })
    const abort = () => speaker.fail(cancelled(id, 'aborted'), 'cancelled')
    if (call.signal.aborted) return abort()
    call.signal.addEventListener('abort', abort, { once: true })
    speaker.stop.addEventListener('abort', () => call.signal.removeEventListener('abort', abort))
    perform(performance, speaker).then(
      (failure) => (failure ? speaker.fail(failure) : speaker.finish()),
      (cause) => speaker.stop.aborted || speaker.fail(cause as ArchitectError),
    )
  })

const cancelled = (deployment: string, reason: string) => llmError('llm.cancelled', { deployment, reason })

interface Settle {
  readonly resolve: (stream: ChatStream) => void
  readonly reject: (error: ArchitectError) => void
}

/** Hands events over as frames, and ends the stream in one of its three ways. */
const createSpeaker = ({ id, request }: Performance, settle: Settle) => {
  const stop = new AbortController()
  const result = createOutcomeBuilder(id, () => estimateRequestTokens(request).tokens)
  result.markReceived()
  let isCommitted = false
  let drained: (() => void) | undefined
  const queue = createFrameQueue({
    onDrained: () => drained?.(),
    onAbandoned: () => cancel('client-gone'),
  })
  const cancel: ChatStream['cancel'] = (reason) => {
    if (!result.isSettled()) result.settle('cancelled', cancelled(id, reason))
    queue.clear()
    stop.abort()
    return result.outcome
  }
  const commit = () => {
    isCommitted = true
    settle.resolve({
      answeredBy: { deployment: id, model: id },
      head: { status: 200, headers: new Map() },
      frames: queue.frames,
      outcome: result.outcome,
      cancel,
    })
  }
  return {
    stop: stop.signal,
    fail: (error: ArchitectError, end: 'failed' | 'cancelled' = 'failed') => {
      if (result.isSettled()) return
      const { attempts } = result.settle(end, error)
      if (!isCommitted) settle.reject(withAttempts(error, attempts))
      queue.push(frameOf([{ type: 'error', choice: 0, error }]), 0)
      queue.end()
      stop.abort()
    },
    finish: () => stop.abort(),
    /** @returns a promise when the reader is behind: wait for it */
    say: (events: readonly ChatEvent[], isLast: boolean): Promise<void> | undefined => {
      for (const event of events) observe(result, event)
      if (isLast) result.settle('finished')
      const isFull = queue.push(frameOf(events), sizeOf(events))
      if (isLast) queue.end()
      if (!isCommitted && (isLast || events.some(isContent))) commit()
      if (!isFull || isLast) return undefined
      return new Promise((wake) => {
        drained = wake
      })
    },
  }
}

/** @returns how the stream fails, undefined when it is complete */
const perform = async (
  { id, answer, clock, request }: Performance,
  { say, stop }: ReturnType<typeof createSpeaker>,
): Promise<ArchitectError | undefined> => {
  const events = eventsOf(answer, id)
  let pieces = 0
  let unsaid: ChatEvent[] = []
  for (const [position, event] of events.entries()) {
    if (isContent(event) || event.type === 'finish') {
      const failure = failureAt(answer, pieces)
      if (failure === 'stall') await untilAborted(stop)
      const waitMs = (pieces === 0 ? answer.firstContentMs : isContent(event) ? answer.betweenMs : 0) ?? 0
      if (waitMs > 0) await clock.sleep(waitMs, stop)
      stop.throwIfAborted()
      if (failure) return failure === 'broke-off' ? brokeOff(id) : (failure as ArchitectError)
      pieces += 1
    }
    unsaid.push(event)
    const isLast = position === events.length - 1
    if (!isLast && !request.stream) continue
    await say(unsaid, isLast)
    unsaid = []
  }
  return undefined
}

const brokeOff = (deployment: string) =>
  llmError('llm.upstream-broke-off', { deployment, reason: 'no finish' }, { retryable: true })

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

const observe = (result: OutcomeBuilder, event: ChatEvent) => {
  if (event.type === 'finish') result.addFinish(event.choice, event.reason)
  else if (event.type === 'usage') result.setUsage(event.usage)
  else if ('text' in event) result.addOutputTokens(roughTokens(event.text))
  else if (event.type === 'tool-call') result.addOutputTokens(roughTokens(event.arguments))
}

/** Bytes a frame stands for, roughly: what it would be on a wire. */
const sizeOf = (events: readonly ChatEvent[]) =>
  events.reduce((sum, event) => sum + ('text' in event ? event.text.length : 0) + 64, 0)
