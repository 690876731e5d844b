// Reads answers of OpenAI's Responses API. An event of the stream becomes one event of ours that keeps the rest of
// it; the last one brings a usage event beside the finish. A whole answer is read as the stream it could have been.

import type { ChatEvent } from '../contract.js'
import { llmError } from '../messages.js'
import { compact, countsIn, type Fields, fieldsIn, numberOf, objectOf, restOf, stringOf } from './fields.js'
import { readLogProbabilities } from './openai-log-probabilities.js'
import { createSaid, dialect, keyOfEvent, markCopies, withNative } from './openai-responses-native.js'
import { type Seen, unsaidBefore } from './openai-responses-unsaid.js'
import { readUsage } from './openai-responses-usage.js'
import { readPassage } from './passage-url.js'
import { createSseParser } from './sse-parser.js'
import { failureInside, notJson } from './upstream-failure.js'
import type { DecoderOptions, StreamDecoder } from './wire-codec.js'

export const createStreamDecoder = (options: DecoderOptions = {}): StreamDecoder => {
  const parser = createSseParser()
  const read = createEventReader(options)
  return {
    push: (bytes) => {
      try {
        return parser.push(bytes).flatMap(({ data }) => readData(data, read, options))
      } catch (cause) {
        return [unreadable(String(cause), cause)]
      }
    },
    end: () => [],
  }
}

/** The events of one `data`; garbage is an `error` event. */
export const readData = (data: string, read: EventReader, options: DecoderOptions): readonly ChatEvent[] => {
  if (data === '[DONE]') return []
  const event = fieldsIn(data)
  return event ? read(event) : [unreadable(notJson(data, options))]
}

export const decodeAnswer = (json: unknown, options: DecoderOptions = {}): readonly ChatEvent[] => {
  const response = objectOf(json)
  if (!response || (!Array.isArray(response.output) && !objectOf(response.error)))
    return [unreadable('no output')]
  const read = createEventReader(options)
  const status =
    response.status === 'incomplete' || response.status === 'failed' ? response.status : 'completed'
  if (!Array.isArray(response.output)) return [failed(response, options)]
  return [
    ...read({ type: 'response.created', response: { ...response, output: [] } }),
    ...read({ type: `response.${status}`, response }),
  ]
}

type Kind = 'text' | 'refusal' | 'reasoning' | 'tool-call' | 'item'

interface ReaderState {
  readonly seen: Seen
  /** Which of the answer's tool calls an item is, by its output index. */
  readonly calls: Map<number, number>
}

export type EventReader = (event: Fields) => readonly ChatEvent[]

export const createEventReader = (options: DecoderOptions): EventReader => {
  const state: ReaderState = {
    seen: { said: createSaid(), parts: new Set(), items: new Set(), doneItems: new Set() },
    calls: new Map(),
  }
  return (event: Fields): readonly ChatEvent[] => {
    const before = unsaidBefore(event, state.seen).flatMap((unsaid) => readOne(unsaid, state, options))
    return [...before, ...readOne(event, state, options)]
  }
}

const itemOf = (event: Fields): ChatEvent => ({ type: 'item', choice: 0, dialect, value: event })

const readOne = (event: Fields, state: ReaderState, options: DecoderOptions): readonly ChatEvent[] => {
  switch (event.type) {
    case 'response.created':
    case 'response.in_progress':
    case 'response.queued':
      return [readStart(event)]
    case 'response.output_item.added':
    case 'response.output_item.done':
      return [readItem(event, state)]
    case 'response.output_text.annotation.added':
      return [readAnnotation(event, state)]
    case 'response.completed':
    case 'response.incomplete':
      return readEnd(event, state)
    case 'response.failed':
      return [failed(objectOf(event.response) ?? {}, options)]
    case 'error':
      return [failed({ error: errorOf(event) }, options)]
    default:
      return [readPiece(event, state)]
  }
}

/** Its fields, or an object with them, as servers do that send an error of HTTP as an event. */
const errorOf = (event: Fields): Fields =>
  objectOf(event.error) ?? restOf(event, new Set(['type', 'sequence_number']))

const failed = (response: Fields, options: DecoderOptions): ChatEvent => ({
  type: 'error',
  choice: 0,
  error: failureInside(response, options),
})

const readStart = (event: Fields): ChatEvent => {
  const response = objectOf(event.response)
  const head = compact({ id: stringOf(response?.id), model: stringOf(response?.model) })
  return { type: 'start', choice: 0, ...head, ...withNative({ event }) }
}

const itemKinds: Readonly<Record<string, Kind>> = {
  message: 'text',
  reasoning: 'reasoning',
  function_call: 'tool-call',
}

const readItem = (event: Fields, state: ReaderState): ChatEvent => {
  const item = objectOf(event.item) ?? {}
  const outputIndex = numberOf(event.output_index) ?? 0
  const kind = itemKinds[stringOf(item.type) ?? ''] ?? 'item'
  const isNew = !state.seen.items.has(outputIndex)
  state.seen.items.add(outputIndex)
  if (event.type === 'response.output_item.done') state.seen.doneItems.add(outputIndex)
  if (kind === 'item') return itemOf(event)
  if (kind !== 'tool-call')
    return { type: kind as 'text', choice: 0, text: '', ...withNative({ event: markCopies(event) }) }
  if (isNew) state.calls.set(outputIndex, state.calls.size)
  const head = isNew ? compact({ id: stringOf(item.call_id), name: stringOf(item.name) }) : {}
  const index = state.calls.get(outputIndex) ?? 0
  return {
    type: 'tool-call',
    choice: 0,
    index,
    ...head,
    arguments: '',
    ...withNative({ event: markCopies(event) }),
  }
}

const pieceKinds: readonly (readonly [prefix: string, kind: Kind])[] = [
  ['response.output_text.', 'text'],
  ['response.refusal.', 'refusal'],
  ['response.reasoning_', 'reasoning'],
  ['response.function_call_arguments.', 'tool-call'],
]

const partKinds: Readonly<Record<string, Kind>> = {
  output_text: 'text',
  refusal: 'refusal',
  reasoning_text: 'reasoning',
}

const kindOfPiece = (event: Fields): Kind => {
  const type = stringOf(event.type) ?? ''
  if (type.startsWith('response.content_part.'))
    return partKinds[stringOf(objectOf(event.part)?.type) ?? ''] ?? 'item'
  return pieceKinds.find(([prefix]) => type.startsWith(prefix))?.[1] ?? 'item'
}

/** A delta, or the beginning or end of a text. */
const readPiece = (event: Fields, state: ReaderState): ChatEvent => {
  const { said, parts } = state.seen
  const kind = kindOfPiece(event)
  if (kind === 'item') return itemOf(event)
  const key = keyOfEvent(event)
  parts.add(key)
  const text = String(event.type).endsWith('.delta') ? (stringOf(event.delta) ?? '') : ''
  said.addText(key, text)
  const logprobs = text === '' || kind !== 'text' ? undefined : readLogProbabilities(event.logprobs)
  const hasLogprobs = logprobs !== undefined && logprobs.length > 0
  const isDelta = String(event.type).endsWith('.delta')
  const rest = isDelta
    ? restOf(event, new Set(hasLogprobs ? ['delta', 'logprobs'] : ['delta']))
    : markCopies(event)
  const native = withNative({ event: rest })
  if (kind === 'tool-call') {
    const index = state.calls.get(numberOf(event.output_index) ?? 0) ?? 0
    return { type: kind, choice: 0, index, arguments: text, ...native }
  }
  if (kind === 'text' && hasLogprobs) return { type: kind, choice: 0, text, logprobs, ...native }
  return { type: kind, choice: 0, text, ...native }
}

const readAnnotation = (event: Fields, state: ReaderState): ChatEvent => {
  const annotation = objectOf(event.annotation) ?? {}
  state.seen.said.addAnnotation(keyOfEvent(event), annotation)
  const passage = annotation.type === 'url_citation' ? readPassage(annotation) : undefined
  if (!passage) return itemOf(event)
  const start = numberOf(annotation.start_index) ?? 0
  const end = numberOf(annotation.end_index) ?? 0
  return { type: 'citation', choice: 0, passage, start, end, ...withNative({ event }) }
}

const readEnd = (event: Fields, state: ReaderState): readonly ChatEvent[] => {
  const response = objectOf(event.response) ?? {}
  const usage = countsIn(response.usage, 'input_tokens', 'output_tokens')
  const finish: ChatEvent = {
    type: 'finish',
    choice: 0,
    reason: reasonOf(event, response, state),
    ...withNative({ event: markCopies(event) }),
  }
  if (!usage) return [finish]
  return [{ type: 'usage', choice: 0, usage: readUsage(usage), ...withNative({ isRepeated: true }) }, finish]
}

/** Some servers end with `response.completed` whatever the status is; why an answer is incomplete tells all the same. */
const reasonOf = (event: Fields, response: Fields, state: ReaderState): string => {
  const reason = stringOf(objectOf(response.incomplete_details)?.reason)
  if (reason !== undefined) return reason === 'max_output_tokens' ? 'length' : reason
  return event.type === 'response.completed' && state.calls.size > 0 ? 'tool_calls' : 'stop'
}

const unreadable = (detail: string, cause?: unknown): ChatEvent => ({
  type: 'error',
  choice: 0,
  error: llmError('llm.event-unreadable', { dialect, detail }, cause === undefined ? {} : { cause }),
})
