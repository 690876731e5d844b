// The chunks of a stream differ in their text and in nothing else, as a rule. What stands before and after the text
// of one chunk is kept; a chunk that has the same around a text without escapes says the same with that text, and
// need not be parsed. Nor need it be put together again when its text was replaced.

import type { ChatEvent } from '../contract.js'
import type { Fields } from './fields.js'
import { type ChatNative, chatNative, withNative } from './openai-chat-native.js'

type TextEvent = Extract<ChatEvent, { readonly type: 'text' }>

export interface ChunkPattern {
  /** The event of a chunk that has the pattern, as the decoder would read it; otherwise undefined. */
  read(data: string): ChatEvent | undefined
  /** No more than the text of such a chunk. */
  readText(data: string): string | undefined
  /** Of the chunks that have the pattern. */
  choice(): number
  /** Decodes a chunk, and takes it as the pattern of the next ones where it can be one. */
  learn(data: string): readonly ChatEvent[]
}

interface Learnt {
  readonly before: string
  readonly after: string
  readonly choice: number
  readonly native: ChatNative
}

/** Longer chunks are left to the decoder: a chunk of a stream is a token or a few. */
const maxPatternLength = 4096
/** How many chunks that fit no pattern are tried as one before a stream is taken to have none. */
const maxFailures = 4
const textField = '"content":"'
/** Put in the place of the text to prove that it is the text; needs no escape in JSON. */
const probe = 'probe of the pattern'

export const createChunkPattern = (decode: (data: string) => readonly ChatEvent[]): ChunkPattern => {
  let learnt: Learnt | undefined
  let failures = 0

  const readText = (data: string): string | undefined => {
    if (!learnt) return undefined
    const { before, after } = learnt
    const end = data.length - after.length
    // Slices are compared by the word, `startsWith` by the character.
    if (end < before.length || data.slice(0, before.length) !== before || data.slice(end) !== after)
      return undefined
    const text = data.slice(before.length, end)
    return isPlain(text) ? text : undefined
  }
  const read = (data: string): TextEvent | undefined => {
    const text = readText(data)
    if (text === undefined || !learnt) return undefined
    const { choice, native } = learnt
    // By its envelope an encoder knows the events of one chunk, so each has one of its own.
    const envelope = { ...native.envelope }
    return { type: 'text', choice, text, ...withNative({ ...native, envelope }) }
  }

  const patternOf = (data: string): Learnt | undefined => {
    const field = data.indexOf(textField)
    if (field < 0 || data.length > maxPatternLength) return undefined
    const start = field + textField.length
    const end = data.indexOf('"', start)
    const before = copyOf(data.slice(0, start))
    const after = copyOf(data.slice(end))
    // Only the decoder knows what the field is: it may stand inside another text, or in an object of its own.
    const [event, ...others] = decode(before + probe + after)
    const native = event && chatNative(event)
    const isPattern = event?.type === 'text' && event.text === probe && !event.logprobs && others.length === 0
    return native && isPattern ? { before, after, choice: event.choice, native } : undefined
  }

  const take = (found: Learnt) => {
    learnt = found
    const shared = sharedOf(found.native)
    if (shared) patterns.set(shared, found)
  }
  const learn = (data: string): readonly ChatEvent[] => {
    const events = decode(data)
    const [event] = events
    if (failures === maxFailures || events.length !== 1 || event?.type !== 'text') return events
    const found = patternOf(data)
    if (found) take(found)
    failures = found ? failures : failures + 1
    return events
  }
  return { read, readText, choice: () => learnt?.choice ?? 0, learn }
}

/** By an object that the events of a pattern share. */
const patterns = new WeakMap<Fields, Learnt>()
const sharedOf = ({ delta, choice }: ChatNative): Fields | undefined => delta ?? choice

/** The chunk of a text that a pattern read, also where the text has been replaced since; otherwise undefined. */
export const writeByPattern = (event: ChatEvent): string | undefined => {
  if (event.type !== 'text' || event.logprobs) return undefined
  const native = chatNative(event)
  const shared = native && sharedOf(native)
  const pattern = shared && patterns.get(shared)
  // Another object in the place of a shared one: something was taken out, which still stands around the text.
  if (!pattern || pattern.native.choice !== native.choice || pattern.native.delta !== native.delta)
    return undefined
  return pattern.before + JSON.stringify(event.text).slice(1, -1) + pattern.after
}

/** A slice keeps the text that it was cut from, which may be all that a socket brought, for as long as it lives. */
const copyOf = (slice: string): string => Buffer.from(slice, 'utf8').toString('utf8')

/** Whether a text stands in JSON as it is: no quote, no backslash, no control character. */
const isPlain = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code === 0x22 || code === 0x5c) return false
  }
  return true
}
