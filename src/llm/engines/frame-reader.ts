// What an engine has to know of each frame of a stream, whatever its dialect. Knows no socket and no outcome.

import type { ChatEvent } from '../contract.js'
import { roughTokens } from '../estimate-tokens.js'

export interface ReadFrame {
  /** All that the frame says; decoded when asked, if it has not been. */
  readonly events: () => readonly ChatEvent[]
  /** In order, at least those that tell how the answer ends (`finish`, `usage`, `error`), by the SSE event they came in. */
  readonly notable: readonly (readonly ChatEvent[])[]
  readonly hasContent: boolean
  /** It holds the event after which the dialect says nothing more. */
  readonly isDone: boolean
  /** Estimate of the tokens of its texts, not rounded. */
  readonly outputTokens: number
}

/** Reads the frames of one stream, in order. */
export interface FrameReader {
  /** @param bytes whole SSE events */
  read(bytes: Buffer): ReadFrame
}

/** Whether the event tells how the answer ends. */
export const isNotable = ({ type }: ChatEvent): boolean =>
  type === 'finish' || type === 'usage' || type === 'error'

/** The text of an event that is counted where a server reports no usage. */
export const textOfEvent = (event: ChatEvent): string => {
  switch (event.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return event.text
    case 'tool-call':
      return event.arguments
    default:
      return ''
  }
}

/** An estimate of what events say, not rounded. */
export const spokenTokensOf = (events: readonly ChatEvent[]): number =>
  events.reduce((sum, event) => sum + roughTokens(textOfEvent(event)), 0)
