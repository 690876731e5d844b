// What an event of a Gemini answer keeps beside its meaning, so that it can be written again as it came.

import type { ChatEvent, Dialect } from '../contract.js'
import type { Fields } from './fields.js'
import { nativeExtra, nativeOf } from './native.js'

export const dialect: Dialect = 'gemini'

export interface GeminiNative {
  /** The chunk's (or answer's) own fields. Events of one chunk share this very object. */
  readonly envelope: Fields
  /** What is left of the candidate; stands in the candidate's first event. */
  readonly candidate?: Fields
  /** What is left of the part that the event was. */
  readonly part?: Fields
  /** Whether the part had a text, perhaps an empty one. */
  readonly hasText?: boolean
  /** Whether the call came with an id; other dialects need one. */
  readonly hasId?: boolean
  readonly finishReason?: string
  /** The citation as it came, and where it stood in its list. */
  readonly citation?: Fields
  readonly citationAt?: number
  readonly usage?: Fields
  /** The event only marks structure. */
  readonly isStructure?: boolean
}

export const geminiNative = (event: ChatEvent): GeminiNative | undefined =>
  nativeOf<GeminiNative>(event, dialect)

export const withNative = (native: GeminiNative) => ({
  extra: nativeExtra(dialect, native as unknown as Fields),
})
