// What a scripted model is told to say, and the events that makes.

import type { ArchitectError, Usage } from '../../core/index.js'
import type { ChatEvent } from '../contract.js'

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

/** How the answer fails once so many pieces are said; undefined when it goes on. */
export const failureAt = (
  answer: ScriptedAnswer,
  pieces: number,
): ArchitectError | 'stall' | 'broke-off' | undefined => {
  if (answer.failBefore) return answer.failBefore
  if (answer.failAfter && pieces >= answer.failAfter.pieces) return answer.failAfter.error
  if (answer.stallAfter !== undefined && pieces >= answer.stallAfter) return 'stall'
  return answer.endAfter !== undefined && pieces >= answer.endAfter ? 'broke-off' : undefined
}

/** The events of an answer, with the ones every stream has. */
export const eventsOf = (answer: ScriptedAnswer, model: string): readonly ChatEvent[] => {
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
