// Reads frames of the Messages API. Its deltas differ in their text and in nothing else, and change nothing of what
// later events mean: one that looks like the last is passed by without decoding it (chunk-template.ts). All other
// events, a dozen in an answer, are parsed at once. A frame that somebody reads is decoded with what was known of
// the stream where it begins.

import { isContent } from '../content.js'
import type { ChatEvent } from '../contract.js'
import { roughTokens } from '../estimate-tokens.js'
import { createEventReader, createReaderState, readData } from '../wire/anthropic-messages-decode.js'
import { eventData } from '../wire/event-data.js'
import { fieldsIn } from '../wire/fields.js'
import type { DecoderOptions } from '../wire/wire-codec.js'
import { createChunkTemplate } from './chunk-template.js'
import { type FrameReader, isNotable, textOfEvent } from './frame-reader.js'
import { estimateBytes } from './scan-frame.js'

export const createAnthropicFrameReader = (options: DecoderOptions): FrameReader => {
  const state = createReaderState()
  const reader = createEventReader(options, state)
  const template = createChunkTemplate()

  return {
    read: (bytes) => {
      const before = { ...state }
      const notable: (readonly ChatEvent[])[] = []
      let hasContent = false
      let isDone = false
      let outputTokens = 0

      const note = (event: Buffer) => {
        for (const data of eventData(event)) {
          const events = readData(data, reader, options)
          isDone ||= events.length === 0 && fieldsIn(data)?.type === 'message_stop'
          if (events.some(isNotable)) notable.push(events)
          for (const each of events) {
            hasContent ||= isContent(each)
            outputTokens += roughTokens(textOfEvent(each))
          }
          const [only] = events
          if (only && events.length === 1) learnDelta(template, event, only)
        }
      }

      const isUnusual = bytes.includes(carriageReturn) || bytes[0] === byteOrderMark
      let at = 0
      while (at < bytes.length && !isUnusual) {
        const matchEnd = template.match(bytes, at)
        const end = matchEnd >= 0 ? matchEnd : eventEnd(bytes, at)
        if (matchEnd >= 0) {
          const textStart = at + template.beforeBytes()
          const textEnd = matchEnd - template.afterBytes()
          hasContent ||= textEnd > textStart
          outputTokens += estimateBytes(bytes, textStart, textEnd)
        } else note(bytes.subarray(at, end))
        at = end
      }
      if (isUnusual) note(bytes)
      return {
        events: () => {
          const again = createEventReader(options, { ...before })
          return eventData(bytes).flatMap((data) => readData(data, again, options))
        },
        notable,
        hasContent,
        isDone,
        outputTokens,
      }
    },
  }
}

const carriageReturn = 0x0d
const byteOrderMark = 0xef

const eventEnd = (bytes: Buffer, from: number): number => {
  const end = bytes.indexOf('\n\n', from, 'latin1')
  return end < 0 ? bytes.length : end + 2
}

/** The text of a delta, as servers write its name. */
const deltaFields = ['text', 'thinking', 'partial_json'].flatMap((name) => [`"${name}":"`, `"${name}": "`])
const quote = 0x22
const backslash = 0x5c

/** Takes the event as the pattern, when it is a delta with a text. */
const learnDelta = (template: ReturnType<typeof createChunkTemplate>, bytes: Buffer, event: ChatEvent) => {
  const isDelta = event.type === 'text' || event.type === 'reasoning' || event.type === 'tool-call'
  const text = textOfEvent(event)
  if (!isDelta || text === '') return
  for (const field of deltaFields) {
    const at = bytes.lastIndexOf(field, undefined, 'latin1')
    if (at < 0) continue
    const textStart = at + field.length
    const textEnd = stringEnd(bytes, textStart)
    // A quote inside a string is escaped, so that the field's name can only stand where a name stands.
    if (readString(bytes.toString('utf8', textStart, textEnd)) === text)
      return template.learn(bytes, { start: 0, textStart, textEnd, end: bytes.length })
  }
}

const stringEnd = (bytes: Buffer, from: number): number => {
  let at = from
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at
}

const readString = (written: string): unknown => {
  try {
    return JSON.parse(`"${written}"`)
  } catch {
    return undefined
  }
}
