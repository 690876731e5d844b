// Reads answers of Anthropic's Messages API. An event of the stream becomes one event of ours that keeps the rest of
// it, without a copy of its text; `message_start` and `message_delta` bring a usage event beside it. A whole answer
// is read as the stream it could have been.

import type { Usage } from '../../core/index.js'
import type { ChatEvent } from '../contract.js'
import { llmError } from '../messages.js'
import { type AnthropicNative, dialect, messageEvents, withNative } from './anthropic-messages-native.js'
import { readStopReason, readUsage } from './anthropic-messages-usage.js'
import { compact, countsIn, type Fields, fieldsIn, numberOf, objectOf, restOf, stringOf } from './fields.js'
import { readPassage } from './passage-url.js'
import { createSseParser } from './sse-parser.js'
import { failureInside, notJson } from './upstream-failure.js'
import type { DecoderOptions, StreamDecoder } from './wire-codec.js'

export const createStreamDecoder = (options: DecoderOptions = {}): StreamDecoder => {
  const parser = createSseParser()
  const reader = createEventReader(options)
  return {
    push: (bytes) => {
      try {
        return parser.push(bytes).flatMap(({ data }) => readData(data, reader, options))
      } catch (cause) {
        return [unreadable(String(cause), cause)]
      }
    },
    end: () => [],
  }
}

/** The events of one `data`; garbage is an `error` event. */
export const readData = (
  data: string,
  reader: EventReader,
  options: DecoderOptions,
): readonly ChatEvent[] => {
  // Written by servers that made this API of chat completions, such as vLLM's.
  if (data === '[DONE]') return []
  const event = fieldsIn(data)
  return event ? reader(event) : [unreadable(notJson(data, options))]
}

export const decodeAnswer = (json: unknown, options: DecoderOptions = {}): readonly ChatEvent[] => {
  const body = objectOf(json)
  if (body?.type === 'error') return [{ type: 'error', choice: 0, error: failureInside(body, options) }]
  if (!body || !Array.isArray(body.content)) return [unreadable('no content')]
  return messageEvents(body).flatMap(createEventReader(options))
}

interface Block {
  readonly kind: 'text' | 'reasoning' | 'tool-call' | 'item'
  /** Which of the answer's tool calls it is. */
  readonly call: number
}

/** What later events of a stream need of earlier ones. A copy made with a spread is a snapshot. */
export interface ReaderState {
  /** Replaced, never changed. */
  blocks: ReadonlyMap<number, Block>
  calls: number
  usage: Usage | undefined
}

export type EventReader = (event: Fields) => readonly ChatEvent[]

export const createReaderState = (): ReaderState => ({ blocks: new Map(), calls: 0, usage: undefined })

/** @param state of the stream so far; the reader moves it on */
export const createEventReader = (options: DecoderOptions, state = createReaderState()): EventReader => {
  return (event: Fields): readonly ChatEvent[] => {
    switch (event.type) {
      case 'message_start':
        return readStart(event, state)
      case 'content_block_start':
        return [readBlockStart(event, state)]
      case 'content_block_delta':
        return [readDelta(event, state)]
      case 'content_block_stop':
        return [structureOf(blockOf(event, state), event)]
      case 'message_delta':
        return readEnd(event, state)
      case 'message_stop':
        return []
      case 'ping':
        return [{ type: 'start', choice: 0, ...withNative({ event }) }]
      case 'error':
        return [{ type: 'error', choice: 0, error: failureInside(event, options) }]
      default:
        return [itemOf(event)]
    }
  }
}

const counted = ['input_tokens', 'output_tokens'] as const

const itemOf = (event: Fields): ChatEvent => ({ type: 'item', choice: 0, dialect, value: event })

const readStart = (event: Fields, state: ReaderState): readonly ChatEvent[] => {
  const message = objectOf(event.message) ?? {}
  const head = compact({ id: stringOf(message.id), model: stringOf(message.model) })
  const start: ChatEvent = { type: 'start', choice: 0, ...head, ...withNative({ event }) }
  const usage = countsIn(message.usage, ...counted)
  if (!usage) return [start]
  state.usage = readUsage(usage)
  return [start, usageEvent(state.usage, { isRepeated: true })]
}

const usageEvent = (usage: Usage, native: AnthropicNative): ChatEvent => ({
  type: 'usage',
  choice: 0,
  usage,
  ...withNative(native),
})

const kinds: Readonly<Record<string, Block['kind']>> = {
  text: 'text',
  thinking: 'reasoning',
  tool_use: 'tool-call',
}

const readBlockStart = (event: Fields, state: ReaderState): ChatEvent => {
  const block = objectOf(event.content_block) ?? {}
  const kind = kinds[stringOf(block.type) ?? ''] ?? 'item'
  const call = kind === 'tool-call' ? state.calls++ : -1
  state.blocks = new Map(state.blocks).set(numberOf(event.index) ?? 0, { kind, call })
  const native = (known: readonly string[]) =>
    withNative({ event: { ...event, content_block: restOf(block, new Set(known)) } })
  if (kind === 'text')
    return { type: 'text', choice: 0, text: stringOf(block.text) ?? '', ...native(['text']) }
  if (kind === 'reasoning')
    return { type: 'reasoning', choice: 0, text: stringOf(block.thinking) ?? '', ...native(['thinking']) }
  if (kind === 'item') return itemOf(event)
  const head = compact({ id: stringOf(block.id), name: stringOf(block.name) })
  return { type: 'tool-call', choice: 0, index: call, ...head, arguments: '', ...native(['id', 'name']) }
}

const blockOf = (event: Fields, state: ReaderState): Block =>
  state.blocks.get(numberOf(event.index) ?? 0) ?? { kind: 'item', call: -1 }

/** An event that only marks the structure of its block. */
const structureOf = ({ kind, call }: Block, event: Fields): ChatEvent => {
  const native = withNative({ event })
  if (kind === 'item') return itemOf(event)
  if (kind === 'tool-call') return { type: 'tool-call', choice: 0, index: call, arguments: '', ...native }
  return { type: kind, choice: 0, text: '', ...native }
}

const readDelta = (event: Fields, state: ReaderState): ChatEvent => {
  const delta = objectOf(event.delta) ?? {}
  const block = blockOf(event, state)
  const native = (known: string) =>
    withNative({ event: { ...event, delta: restOf(delta, new Set([known])) } })
  const text = stringOf(delta.text)
  if (delta.type === 'text_delta' && text !== undefined)
    return { type: 'text', choice: 0, text, ...native('text') }
  const thinking = stringOf(delta.thinking)
  if (delta.type === 'thinking_delta' && thinking !== undefined)
    return { type: 'reasoning', choice: 0, text: thinking, ...native('thinking') }
  const signature = stringOf(delta.signature)
  if (delta.type === 'signature_delta' && signature !== undefined)
    return { type: 'reasoning', choice: 0, text: '', signature, ...native('signature') }
  const json = stringOf(delta.partial_json)
  if (delta.type === 'input_json_delta' && json !== undefined && block.kind === 'tool-call')
    return { type: 'tool-call', choice: 0, index: block.call, arguments: json, ...native('partial_json') }
  return (delta.type === 'citations_delta' && readCitation(event, delta)) || itemOf(event)
}

/** A citation of a passage of ours; any other stays an item. */
const readCitation = (event: Fields, delta: Fields): ChatEvent | undefined => {
  const citation = objectOf(delta.citation) ?? {}
  const passage = readPassage({ ...citation, url: citation.source })
  if (!passage) return undefined
  const start = numberOf(citation.start_index) ?? 0
  const end = numberOf(citation.end_index) ?? 0
  return { type: 'citation', choice: 0, passage, start, end, ...withNative({ event }) }
}

const readEnd = (event: Fields, state: ReaderState): readonly ChatEvent[] => {
  const usage = countsIn(event.usage, ...counted)
  if (usage) state.usage = readUsage(usage, state.usage)
  const reason = stringOf(objectOf(event.delta)?.stop_reason)
  if (reason === undefined)
    return state.usage
      ? [usageEvent(state.usage, { event })]
      : [{ type: 'start', choice: 0, ...withNative({ event }) }]
  const finish: ChatEvent = {
    type: 'finish',
    choice: 0,
    reason: readStopReason(reason),
    ...withNative({ event }),
  }
  return state.usage && usage ? [usageEvent(state.usage, { isRepeated: true }), finish] : [finish]
}

const unreadable = (detail: string, cause?: unknown): ChatEvent => ({
  type: 'error',
  choice: 0,
  error: llmError('llm.event-unreadable', { dialect, detail }, cause === undefined ? {} : { cause }),
})
