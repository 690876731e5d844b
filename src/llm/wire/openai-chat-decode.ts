// Reads answers of OpenAI's chat completions API: chunks of a stream, and whole answers. Keeps no state from chunk
// to chunk, so that any frame of a stream can be decoded alone.

import type { ChatEvent } from '../contract.js'
import { llmError } from '../messages.js'
import { countsIn, type Fields, fieldsIn, listOf, objectOf } from './fields.js'
import { createChunkPattern } from './openai-chat-chunk-pattern.js'
import { dialect, withNative } from './openai-chat-native.js'
import { readChoice } from './openai-chat-read-choice.js'
import { readUsage } from './openai-chat-usage.js'
import { frameData } from './sse-frame.js'
import { createSseParser } from './sse-parser.js'
import { failureInside, notJson } from './upstream-failure.js'
import type { DecoderOptions, StreamDecoder } from './wire-codec.js'

export const createStreamDecoder = (options: DecoderOptions = {}): StreamDecoder => {
  const parser = createSseParser()
  return {
    push: (bytes) => {
      try {
        return parser.push(bytes).flatMap(({ data }) => decodeChunk(data, options))
      } catch (cause) {
        return [unreadable(String(cause), cause)]
      }
    },
    end: () => [],
  }
}

/** The events of bytes that hold whole SSE events; never throws. */
export const decodeFrame = (bytes: Uint8Array, options: DecoderOptions = {}): readonly ChatEvent[] =>
  createFrameDecoder(options).events(bytes)

/** `decodeFrame` for the frames of one stream, whose chunks mostly differ in their text alone. */
export interface FrameDecoder {
  events(bytes: Uint8Array): readonly ChatEvent[]
  /** For `gistOf`: such chunks are not decoded, and their texts are one. */
  gist(bytes: Uint8Array): readonly ChatEvent[]
}

export const createFrameDecoder = (options: DecoderOptions = {}): FrameDecoder => {
  const pattern = createChunkPattern((data) => decodeChunk(data, options))
  return {
    events: (bytes) => {
      const events: ChatEvent[] = []
      for (const data of frameData(bytes)) {
        const event = pattern.read(data)
        if (event) events.push(event)
        else events.push(...pattern.learn(data))
      }
      return events
    },
    gist: (bytes) => {
      const events: ChatEvent[] = []
      let text: string | undefined
      const endText = () => {
        if (text !== undefined) events.push({ type: 'text', choice: pattern.choice(), text })
        text = undefined
      }
      for (const data of frameData(bytes)) {
        const more = pattern.readText(data)
        if (more === undefined) {
          endText()
          events.push(...pattern.learn(data))
        } else text = text === undefined ? more : text + more
      }
      endText()
      return events
    },
  }
}

const decodeChunk = (data: string, options: DecoderOptions): readonly ChatEvent[] => {
  if (data === '[DONE]') return []
  const chunk = fieldsIn(data) as MutableFields | undefined
  return chunk ? decodeBody(chunk, 'delta', options) : [unreadable(notJson(data, options))]
}

/** The events of one chunk, which is used up. */
export const decodeChunkFields = (
  chunk: Record<string, unknown>,
  options: DecoderOptions = {},
): readonly ChatEvent[] => decodeBody(chunk, 'delta', options)

export const decodeAnswer = (json: unknown, options: DecoderOptions = {}): readonly ChatEvent[] => {
  const body = objectOf(json)
  if (!body) return [unreadable('not a JSON object')]
  if (!Array.isArray(body.choices) && !isFailure(body)) return [unreadable('no choices')]
  return decodeBody(copyOf(body), 'message', options)
}

/** Decoding uses up what it reads. */
const copyOf = (body: Fields): MutableFields => ({
  ...body,
  choices: listOf(body.choices).map((value) => {
    const choice = objectOf(value)
    return choice ? { ...choice, message: { ...objectOf(choice.message) } } : value
  }),
})

type MutableFields = Record<string, unknown>

const counted = ['prompt_tokens', 'completion_tokens'] as const

const decodeBody = (
  body: MutableFields,
  kind: 'delta' | 'message',
  options: DecoderOptions,
): readonly ChatEvent[] => {
  const { choices } = body
  const failure: ChatEvent[] = isFailure(body) ? [failureOf({ ...body }, options)] : []
  if (!Array.isArray(choices) && failure.length > 0) return failure
  const usage = countsIn(body.usage, ...counted)
  // Groq tells the usage of a stream in a field of its own, unless it was asked for in `stream_options`.
  const elsewhere = usage ? undefined : countsIn(objectOf(body.x_groq)?.usage, ...counted)
  body.choices = undefined
  body.error = undefined
  if (usage) body.usage = undefined
  const [only] = Array.isArray(choices) ? choices : []
  const events =
    Array.isArray(choices) && choices.length === 1
      ? readChoice(only, kind, body)
      : listOf(choices).flatMap((choice) => readChoice(choice, kind, body))
  if (usage)
    events.push({
      type: 'usage',
      choice: 0,
      usage: readUsage(usage),
      ...withNative({ envelope: body, usage }),
    })
  if (elsewhere)
    events.push({
      type: 'usage',
      choice: 0,
      usage: readUsage(elsewhere),
      ...withNative({ envelope: body }),
    })
  events.push(...failure)
  if (failure.length === 0 && events.some(isFailedFinish))
    return [...events.filter((event) => !isFailedFinish(event)), failureOf(unnamed, options)]
  return events.length > 0
    ? events
    : [{ type: 'start', choice: 0, ...withNative({ envelope: body, choice: structure }) }]
}

/** `{error}`, or the error itself, as vLLM and SGLang put it into a stream. */
const isFailure = ({ choices, error, object }: Fields): boolean => {
  if (object === 'error' || objectOf(error)) return true
  return !Array.isArray(choices) && error !== undefined && error !== null
}

const failureOf = (body: Fields, options: DecoderOptions): ChatEvent => ({
  type: 'error',
  choice: 0,
  error: failureInside(body, options),
})

/** How Mistral and OpenRouter end an answer that their model has broken off. */
const isFailedFinish = (event: ChatEvent) => event.type === 'finish' && event.reason === 'error'
const unnamed = { error: { message: 'finish_reason is "error"', type: 'server_error' } }

/** Marks the event of a chunk that has no choices at all, such as one with content filter results of the prompt. */
export const structure: Fields = { isChunkWithoutChoices: true }

const unreadable = (detail: string, cause?: unknown): ChatEvent => ({
  type: 'error',
  choice: 0,
  error: llmError('llm.event-unreadable', { dialect, detail }, cause === undefined ? {} : { cause }),
})
