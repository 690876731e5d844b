// What an event of the chat completions API keeps beside its meaning, so that it can be written again as it came.

import type { ChatEvent, Dialect } from '../contract.js'
import type { Fields } from './fields.js'
import { nativeExtra, nativeOf } from './native.js'

export const dialect: Dialect = 'openai-chat'

/** Fields that became part of an event are undefined in the objects that are kept. */
export interface ChatNative {
  /** The chunk's (or answer's) own fields. Events of one chunk share this very object. */
  readonly envelope: Fields
  /** What is left of the choice and of its delta or message; they stand in the choice's first event. */
  readonly choice?: Fields
  readonly delta?: Fields
  /** The field the text stood in; null when log probabilities came without a text. */
  readonly field?: string | null
  /** The tool call's or annotation's own fields. */
  readonly call?: Fields
  /** Whether the call's delta had an arguments field, perhaps an empty one. */
  readonly hasArguments?: boolean
  readonly annotation?: Fields
  readonly usage?: Fields
}

export const chatNative = (event: ChatEvent): ChatNative | undefined => nativeOf<ChatNative>(event, dialect)

export const withNative = (native: ChatNative) => ({
  extra: nativeExtra(dialect, native as unknown as Fields),
})
