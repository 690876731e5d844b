// A chat model that says what a test tells it to, at the pace the test's clock gives. Keeps every promise of the
// contract, so that whatever stands before an engine can be tested without one.

import type { ArchitectError, Clock, Usage } from '../../core/index.js'
import { withAttempts } from '../attempts.js'
import { isContent } from '../content.js'
import type { ChatCall, ChatEvent, ChatModel, ChatRequest, ChatStream, ModelFacts } from '../contract.js'
import { estimateRequestTokens, estimateTokens } from '../estimate-tokens.js'
import { frameOf } from '../frame.js'
import { createFrameQueue } from '../frame-queue.js'
import { llmError } from '../messages.js'
import { createOutcomeBuilder } from '../outcome-builder.js'

/** What a scripted model answers to one call. Pieces are counted from 0 and are its events with content. */
export interface ScriptedAnswer {
  /** The text, in one piece or in several. */
  readonly text?: string | readonly string[]
  /** In place of `text`: any events. `start`, `finish` and `usage` are added where they bring none. */
  readonly events?: readonly ChatEvent[]
  /** Reason of the finish; default `stop`. */
  readonly finish?: string
  /** Reported usage; without it the outcome holds an estimate. */
  readonly usage?: Usage
  /** Milliseconds before the first piece; default 0. */
  readonly firstContentMs?: number
  /** Milliseconds between two pieces; default 0. */
  readonly betweenMs?: number
  /** `open` rejects with this, after `firstContentMs`. */
  readonly failBefore?: ArchitectError
  /** After so many pieces the stream fails with `error`; before the first one `open` rejects. */
  readonly failAfter?: { readonly pieces: number; readonly error: ArchitectError }
  /** After so many pieces nothing follows until the call is cancelled. */
  readonly stallAfter?: number
  /** After so many pieces the stream ends without a finish, which is a failure. */
  readonly endAfter?: number
}

/** One answer for every call, one per call in order, or a function of the call. A string is an answer's text. */
export type Script =
  | string
  | ScriptedAnswer
  | readonly (string | ScriptedAnswer)[]
  | ((request: ChatRequest, call: ChatCall) => string | ScriptedAnswer | Promise<string | ScriptedAnswer>)

export interface ScriptedModel extends ChatModel {
  /** Every call so far, in order. */
  readonly calls: readonly { readonly request: ChatRequest; readonly call: ChatCall }[]
}

export interface ScriptedModelOptions {
  readonly id: string
  readonly script: Script
  /** Paces the pieces; a manual clock lets a test decide when each arrives. */
  readonly clock: Clock
  readonly facts?: Partial<ModelFacts>
}

/**
 * A scripted chat model. A list that is used up rejects further calls with `llm.script-exhausted`.
 * @example
 * const model = createScriptedModel({ id: 'small', script: ['Hello', { failBefore: error }], clock })
 */
export const createScriptedModel = ({ id, script, clock, facts }: ScriptedModelOptions): ScriptedModel => {
  const calls: { request: ChatRequest; call: ChatCall }[] = []
  const answerOf = async (request: ChatRequest, call: ChatCall): Promise<ScriptedAnswer> => {
    const answer = await pick(script, calls.length - 1, { id, request, call })
    return typeof answer === 'string' ? { text: answer } : answer
  }
  return {
    id,
    facts: {
      contextLength: 8192,
      tools: true,
      vision: false,
      languages: [],
      priceKey: id,
      ...facts,
    },
    calls,
    countTokens: estimateRequestTokens,
    open: async (request, call) => {
      calls.push({ request, call })
      return play({ id, answer: await answerOf(request, call), clock, request, call })
    },
  }
}

const pick = (script: Script, index: number, at: { id: string; request: ChatRequest; call: ChatCall }) => {
  if (typeof script === 'function') return script(at.request, at.call)
  if (!Array.isArray(script)) return script as string | ScriptedAnswer
  const answer = (script as readonly (string | ScriptedAnswer)[])[index]
  if (answer === undefined) throw llmError('llm.script-exhausted', { id: at.id, calls: script.length })
  return answer
}

interface Performance {
  readonly id: string
  readonly answer: ScriptedAnswer
  readonly clock: Clock
  readonly request: ChatRequest
  readonly call: ChatCall
}

const play = ({ id, answer, clock, request, call }: Performance): Promise<ChatStream> => {
  const stop = new AbortController()
  const result = createOutcomeBuilder(id, () => estimateRequestTokens(request).tokens)
  result.markReceived()
  let drained: (() => void) | undefined
  const queue = createFrameQueue({ onDrained: () => drained?.(), onAbandoned: () => cancel('client-gone') })

  const cancel: ChatStream['cancel'] = (reason) => {
    if (!result.isSettled()) result.settle('cancelled', llmError('llm.cancelled', { deployment: id, reason }))
    queue.clear()
    stop.abort()
    return result.outcome
  }
  const stream: ChatStream = {
    answeredBy: { deployment: id, model: id },
    head: { status: 200, headers: new Map() },
    frames: queue.frames,
    outcome: result.outcome,
    cancel,
  }

  return new Promise<ChatStream>((resolve, reject) => {
    let isCommitted = false
    const commit = () => {
      isCommitted = true
      resolve(stream)
    }
    const fail = (error: ArchitectError, end: 'failed' | 'cancelled' = 'failed') => {
      if (result.isSettled()) return
      const { attempts } = result.settle(end, error)
      if (!isCommitted) reject(withAttempts(error, attempts))
      queue.push(frameOf([{ type: 'error', choice: 0, error }]), 0)
      queue.end()
      stop.abort()
    }
    const abort = () => fail(llmError('llm.cancelled', { deployment: id, reason: 'aborted' }), 'cancelled')
    if (call.signal.aborted) return abort()
    call.signal.addEventListener('abort', abort, { once: true })
    stop.signal.addEventListener('abort', () => call.signal.removeEventListener('abort', abort))

    const say = (events: readonly ChatEvent[], isLast: boolean) => {
      for (const event of events) observe(result, event)
      if (isLast) result.settle('finished')
      const isFull = queue.push(frameOf(events), sizeOf(events))
      if (isLast) queue.end()
      if (isLast || events.some(isContent)) commit()
      if (isFull && !isLast) return new Promise<void>((wake) => (drained = wake))
      return undefined
    }
    perform({ answer, clock, request, events: eventsOf(answer, id), say, stop: stop.signal }).then(
      (error) => (error ? fail(error === 'broke-off' ? brokeOff(id) : error) : stop.abort()),
      (cause) => stop.signal.aborted || fail(cause as ArchitectError),
    )
  })
}

const brokeOff = (id: string) =>
  llmError('llm.upstream-broke-off', { deployment: id, reason: 'no finish' }, { retryable: true })

interface Stage {
  readonly answer: ScriptedAnswer
  readonly clock: Clock
  readonly request: ChatRequest
  readonly events: readonly ChatEvent[]
  /** Hands frames over; a promise means: wait, the reader is behind. */
  readonly say: (events: readonly ChatEvent[], isLast: boolean) => Promise<void> | undefined
  readonly stop: AbortSignal
}

/** @returns how the stream fails, undefined when it is complete */
const perform = async ({ answer, clock, request, events, say, stop }: Stage) => {
  let pieces = 0
  let unsaid: ChatEvent[] = []
  for (const [position, event] of events.entries()) {
    const isPiece = isContent(event) || event.type === 'finish'
    if (isPiece) {
      const failure = failureAt(answer, pieces)
      if (failure === 'stall') await untilAborted(stop)
      if (pieces === 0 || isContent(event)) await pace(answer, pieces, { clock, stop })
      if (failure) return failure === 'stall' ? undefined : failure
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

const failureAt = (
  answer: ScriptedAnswer,
  pieces: number,
): ArchitectError | 'stall' | 'broke-off' | undefined => {
  if (answer.failBefore) return answer.failBefore
  if (answer.failAfter && pieces >= answer.failAfter.pieces) return answer.failAfter.error
  if (answer.stallAfter !== undefined && pieces >= answer.stallAfter) return 'stall'
  return answer.endAfter !== undefined && pieces >= answer.endAfter ? 'broke-off' : undefined
}

const pace = async (
  answer: ScriptedAnswer,
  pieces: number,
  { clock, stop }: { clock: Clock; stop: AbortSignal },
) => {
  const waitMs = (pieces === 0 ? answer.firstContentMs : answer.betweenMs) ?? 0
  if (waitMs > 0) await clock.sleep(waitMs, stop)
  stop.throwIfAborted()
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

/** The events of an answer, with the ones every stream has. */
const eventsOf = (answer: ScriptedAnswer, model: string): readonly ChatEvent[] => {
  const texts = typeof answer.text === 'string' ? [answer.text] : (answer.text ?? [])
  const events = answer.events ?? texts.map((text): ChatEvent => ({ type: 'text', choice: 0, text }))
  const has = (type: ChatEvent['type']) => events.some((event) => event.type === type)
  return [
    ...(has('start') ? [] : [{ type: 'start', choice: 0, id: `chatcmpl-${model}`, model } as const]),
    ...events,
    ...(has('finish') ? [] : [{ type: 'finish', choice: 0, reason: answer.finish ?? 'stop' } as const]),
    ...(answer.usage && !has('usage') ? [{ type: 'usage', choice: 0, usage: answer.usage } as const] : []),
  ]
}

const observe = (result: ReturnType<typeof createOutcomeBuilder>, event: ChatEvent) => {
  if (event.type === 'finish') result.addFinish(event.choice, event.reason)
  else if (event.type === 'usage') result.setUsage(event.usage)
  else if ('text' in event) result.addOutputTokens(estimateTokens(event.text))
  else if (event.type === 'tool-call') result.addOutputTokens(estimateTokens(event.arguments))
}

const sizeOf = (events: readonly ChatEvent[]) =>
  events.reduce((sum, event) => sum + ('text' in event ? event.text.length : 0) + 64, 0)
