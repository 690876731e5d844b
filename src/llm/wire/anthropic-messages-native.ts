// What an event of the Messages API keeps beside its meaning, and how a whole message unfolds into the stream it
// could have been, and folds back.

import type { ChatEvent, Dialect } from '../contract.js'
import { type Fields, listOf, numberOf, objectOf, restOf, stringOf } from './fields.js'
import { nativeExtra, nativeOf } from './native.js'

export const dialect: Dialect = 'anthropic-messages'

export interface AnthropicNative {
  /** The event as it came, without the text that our event holds. */
  readonly event?: Fields
  /** Another event of the same origin writes what this one says. */
  readonly isRepeated?: boolean
}

export const anthropicNative = (event: ChatEvent): AnthropicNative | undefined =>
  nativeOf<AnthropicNative>(event, dialect)

export const withNative = (native: AnthropicNative) => ({ extra: nativeExtra(dialect, native as Fields) })

/** The events a stream of this message would have had. */
export const messageEvents = (message: Fields): readonly Fields[] => {
  const blocks = listOf(message.content)
  const { stop_reason, stop_sequence } = message
  return [
    { type: 'message_start', message: { ...message, content: [] } },
    ...blocks.flatMap((block, index) => blockEvents(objectOf(block) ?? {}, index)),
    { type: 'message_delta', delta: { stop_reason, stop_sequence }, usage: message.usage },
  ]
}

const blockEvents = (block: Fields, index: number): readonly Fields[] => {
  const start = (content_block: Fields): Fields => ({ type: 'content_block_start', index, content_block })
  const delta = (value: Fields): Fields => ({ type: 'content_block_delta', index, delta: value })
  const stop: Fields = { type: 'content_block_stop', index }
  if (block.type === 'text') {
    const citations = listOf(block.citations)
    const rest = citations.length > 0 ? { ...block, citations: [] } : block
    return [
      start({ ...rest, text: '' }),
      delta({ type: 'text_delta', text: block.text }),
      ...citations.map((citation) => delta({ type: 'citations_delta', citation })),
      stop,
    ]
  }
  if (block.type === 'thinking') {
    const { thinking, signature } = block
    return [
      start({ ...block, thinking: '', signature: '' }),
      delta({ type: 'thinking_delta', thinking }),
      ...(stringOf(signature) ? [delta({ type: 'signature_delta', signature })] : []),
      stop,
    ]
  }
  if (block.type === 'tool_use') {
    const partial_json = JSON.stringify(block.input ?? {})
    return [start({ ...block, input: {} }), delta({ type: 'input_json_delta', partial_json }), stop]
  }
  return [start(block), stop]
}

/** The message that these events of a stream make up. */
export const foldMessage = (events: readonly Fields[]): Record<string, unknown> => {
  let message: Record<string, unknown> = {}
  const blocks: Record<string, unknown>[] = []
  for (const event of events) {
    const index = numberOf(event.index) ?? 0
    if (event.type === 'message_start') message = { ...objectOf(event.message) }
    else if (event.type === 'content_block_start') blocks[index] = { ...objectOf(event.content_block) }
    else if (event.type === 'content_block_delta') addDelta(blocks[index] ?? {}, objectOf(event.delta) ?? {})
    else if (event.type === 'message_delta') {
      const usage = { ...objectOf(message.usage), ...objectOf(event.usage) }
      message = { ...message, ...objectOf(event.delta), usage }
    }
  }
  return { ...message, content: blocks.filter((block) => block !== undefined).map(closeBlock) }
}

const partialJson = Symbol('partial JSON')

const addDelta = (block: Record<string | symbol, unknown>, delta: Fields) => {
  const append = (name: string, text: unknown) => {
    block[name] = `${stringOf(block[name]) ?? ''}${text}`
  }
  if (delta.type === 'text_delta') append('text', delta.text)
  else if (delta.type === 'thinking_delta') append('thinking', delta.thinking)
  else if (delta.type === 'signature_delta') append('signature', delta.signature)
  else if (delta.type === 'citations_delta') block.citations = [...listOf(block.citations), delta.citation]
  else if (delta.type === 'input_json_delta')
    block[partialJson] = `${block[partialJson] ?? ''}${delta.partial_json}`
}

const closeBlock = (block: Record<string | symbol, unknown>): Fields => {
  const json = block[partialJson]
  const fields = restOf(block as Fields, new Set())
  return typeof json === 'string' && json !== '' ? { ...fields, input: parseInput(json) } : fields
}

/** Arguments that a model broke off stay readable as text. */
const parseInput = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return { partial_json: json }
  }
}
