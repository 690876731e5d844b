// Reads answers of OpenAI's chat completions API: chunks of a stream, and whole answers. Keeps no state from chunk
// to chunk, so that any frame of a stream can be decoded alone.

import type { ChatEvent } from '../contract.js'
import { llmError } from '../messages.js'
import { type Fields, objectOf, restOf } from './fields.js'
import { type ChatNative, dialect, withNative } from './openai-chat-native.js'
import { readChoice } from './openai-chat-read-choice.js'
import { readUsage } from './openai-chat-usage.js'
import { createSseParser, type SseEvent } from './sse-parser.js'
import { failureInside } from './upstream-failure.js'
import type { DecoderOptions, StreamDecoder } from './wire-codec.js'

export const createStreamDecoder = (options: DecoderOptions = {}): StreamDecoder => {
  const parser = createSseParser()
  const read = (bytes: Uint8Array): readonly ChatEvent[] => {
    try {
      return parser.push(bytes).flatMap((event) => decodeChunk(event, options))
    } catch (cause) {
      return [unreadable(String(cause), cause)]
    }
  }
  return { push: read, end: () => [] }
}

/** The events of bytes that hold whole SSE events; never throws. */
export const decodeFrame = (bytes: Uint8Array, options: DecoderOptions = {}): readonly ChatEvent[] => {
  const decoder = createStreamDecoder(options)
  return decoder.push(bytes)
}

const decodeChunk = (event: SseEvent, options: DecoderOptions): readonly ChatEvent[] => {
  if (event.data === '[DONE]') return []
  const chunk = parseJson(event.data)
  if (!chunk) return [unreadable(`not a JSON object: ${event.data.slice(0, 80)}`)]
  return decodeBody(chunk, 'delta', options)
}

export const decodeAnswer = (json: unknown, options: DecoderOptions = {}): readonly ChatEvent[] => {
  const body = objectOf(json)
  if (!body) return [unreadable('not a JSON object')]
  if (!Array.isArray(body.choices) && !objectOf(body.error)) return [unreadable('no choices')]
  return decodeBody(body, 'message', options)
}

const decodeBody = (
  body: Fields,
  kind: 'delta' | 'message',
  options: DecoderOptions,
): readonly ChatEvent[] => {
  if (body.error !== undefined && body.error !== null && !Array.isArray(body.choices))
    return [{ type: 'error', choice: 0, error: failureInside(body, options) }]
  const usage = objectOf(body.usage)
  const envelope = restOf(body, usage ? withUsage : withoutUsage)
  const choices = Array.isArray(body.choices) ? body.choices : []
  const events = choices.flatMap((choice) => readChoice(choice, kind, envelope))
  if (usage) {
    const native: ChatNative = { envelope, usage }
    events.push({ type: 'usage', choice: 0, usage: readUsage(usage), ...withNative(native) })
  }
  if (objectOf(body.error)) events.push({ type: 'error', choice: 0, error: failureInside(body, options) })
  return events.length > 0
    ? events
    : [{ type: 'start', choice: 0, ...withNative({ envelope, choice: structure }) }]
}

const withUsage = new Set(['choices', 'error', 'usage'])
const withoutUsage = new Set(['choices', 'error'])
/** Marks the event of a chunk that has no choices at all, such as one with content filter results of the prompt. */
export const structure: Fields = { isChunkWithoutChoices: true }

const parseJson = (text: string): Fields | undefined => {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

const unreadable = (detail: string, cause?: unknown): ChatEvent => ({
  type: 'error',
  choice: 0,
  error: llmError('llm.event-unreadable', { dialect, detail }, cause === undefined ? {} : { cause }),
})
