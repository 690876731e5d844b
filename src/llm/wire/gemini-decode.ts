// Reads answers of Gemini's API: the chunks of a stream, sent as events or as elements of one JSON array, and whole
// answers. A chunk has the same shape as an answer. What a chunk's events share is the chunk's own fields.

import type { ChatEvent } from '../contract.js'
import { llmError } from '../messages.js'
import { compact, countsIn, type Fields, fieldsIn, listOf, objectOf, restOf, stringOf } from './fields.js'
import { dialect, withNative } from './gemini-native.js'
import { type CandidateState, newCandidate, readCandidate } from './gemini-read-candidate.js'
import { readUsage } from './gemini-usage.js'
import { createJsonArraySplitter } from './json-array-splitter.js'
import { createSseParser } from './sse-parser.js'
import { failureInside, notJson } from './upstream-failure.js'
import type { DecoderOptions, StreamDecoder } from './wire-codec.js'

export const createStreamDecoder = (options: DecoderOptions = {}): StreamDecoder => {
  const read = createReader(options)
  let split: ((bytes: Uint8Array) => readonly string[]) | undefined
  return {
    push: (bytes) => {
      try {
        split ??= splitterFor(bytes)
        return split ? split(bytes).flatMap((text) => readText(text, read, options)) : []
      } catch (cause) {
        return [unreadable(String(cause), cause)]
      }
    },
    end: () => [],
  }
}

/** By the first byte that is no space. */
const splitterFor = (bytes: Uint8Array) => {
  const first = bytes.find((byte) => byte > space)
  if (first === undefined) return undefined
  if (first === openBracket) return createJsonArraySplitter().push
  const parser = createSseParser()
  return (piece: Uint8Array) => parser.push(piece).map(({ data }) => data)
}

const space = 0x20
const openBracket = 0x5b

const readText = (text: string, read: Reader, options: DecoderOptions): readonly ChatEvent[] => {
  if (text === '[DONE]') return []
  const chunk = fieldsIn(text)
  return chunk ? read(chunk) : [unreadable(notJson(text, options))]
}

export const decodeAnswer = (json: unknown, options: DecoderOptions = {}): readonly ChatEvent[] => {
  // An error of a stream that was not asked for as events comes in a list.
  const body = objectOf(Array.isArray(json) ? json[0] : json)
  if (!body) return [unreadable('not a JSON object')]
  const isAnswer = ['candidates', 'promptFeedback', 'usageMetadata', 'error'].some((name) => name in body)
  return isAnswer ? createReader(options)(body) : [unreadable('no candidates')]
}

type Reader = (body: Fields) => readonly ChatEvent[]

/** A reader of one answer's chunks, in order. */
const createReader = (options: DecoderOptions): Reader => {
  const states = new Map<number, CandidateState>()
  let isStarted = false
  const stateOf = (choice: number) => {
    const state = states.get(choice) ?? newCandidate()
    states.set(choice, state)
    return state
  }
  return (body) => {
    if (objectOf(body.error)) return [{ type: 'error', choice: 0, error: failureInside(body, options) }]
    const candidates = listOf(body.candidates)
    const usage = countsIn(body.usageMetadata, 'promptTokenCount', 'candidatesTokenCount')
    const envelope = restOf(
      body,
      new Set([...(candidates.length > 0 ? ['candidates'] : []), ...(usage ? ['usageMetadata'] : [])]),
    )
    const events: ChatEvent[] = []
    if (!isStarted) events.push(startOf(envelope))
    isStarted = true
    for (const [position, candidate] of candidates.entries())
      events.push(...readCandidate(objectOf(candidate) ?? {}, { position, envelope, stateOf }))
    if (candidates.length === 0 && stringOf(objectOf(envelope.promptFeedback)?.blockReason) !== undefined)
      events.push(blockedPrompt(envelope))
    if (usage)
      events.push({ type: 'usage', choice: 0, usage: readUsage(usage), ...withNative({ envelope, usage }) })
    return events.length > 0 ? events : [startOf(envelope)]
  }
}

const startOf = (envelope: Fields): ChatEvent => ({
  type: 'start',
  choice: 0,
  ...compact({ id: stringOf(envelope.responseId), model: stringOf(envelope.modelVersion) }),
  ...withNative({ envelope, isStructure: true }),
})

/** A prompt that the API refused has no candidates. */
const blockedPrompt = (envelope: Fields): ChatEvent => ({
  type: 'finish',
  choice: 0,
  reason: 'content_filter',
  ...withNative({ envelope, isStructure: true }),
})

const unreadable = (detail: string, cause?: unknown): ChatEvent => ({
  type: 'error',
  choice: 0,
  error: llmError('llm.event-unreadable', { dialect, detail }, cause === undefined ? {} : { cause }),
})
