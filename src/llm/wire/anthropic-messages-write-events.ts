// Writes events as Anthropic's Messages API streams them: those that came from it as they came, any other in blocks
// that are opened and closed as needed. A message has one choice; other choices and the items of other dialects have
// no place in it.

import type { Usage } from '../../core/index.js'
import { noUsage } from '../../core/index.js'
import type { ChatEvent } from '../contract.js'
import { anthropicNative, dialect } from './anthropic-messages-native.js'
import { writeStopReason, writeUsage } from './anthropic-messages-usage.js'
import { type CallOrder, createCallOrder } from './call-order.js'
import { type Fields, numberOf, objectOf, stringOf } from './fields.js'
import { writePassage } from './passage-url.js'
import type { EncoderOptions } from './wire-codec.js'

export interface EventWriter {
  write(event: ChatEvent): readonly Fields[]
  /** What closes the message. */
  end(): readonly Fields[]
}

interface WriterState {
  isStarted: boolean
  isFinished: boolean
  open: { readonly index: number; readonly kind: string } | undefined
  /** Whether the open block is thinking of another dialect that has no signature yet. */
  isUnsigned: boolean
  nextIndex: number
  /** Undefined before the first call of another dialect. */
  order: CallOrder | undefined
  finish: string | undefined
  usage: Usage | undefined
}

export const createEventWriter = (options: EncoderOptions): EventWriter => {
  const state: WriterState = {
    isStarted: false,
    isFinished: false,
    open: undefined,
    isUnsigned: false,
    nextIndex: 0,
    order: undefined,
    finish: undefined,
    usage: undefined,
  }
  return {
    write: (event) => {
      const native = anthropicNative(event)
      if (event.type === 'usage') state.usage = event.usage
      if (native?.isRepeated) return []
      if (native?.event) return writeNative(native.event, event, state)
      if (event.type === 'item' && event.dialect === dialect)
        return writeItem(objectOf(event.value) ?? {}, state)
      if (event.choice > 0) return []
      if (event.type === 'tool-call') state.order ??= createCallOrder()
      const inOrder = state.order ? state.order.put(event) : [event]
      return [...startMessage(state, options), ...inOrder.flatMap((each) => writeForeign(each, state))]
    },
    end: () => {
      if (state.isFinished) return [{ type: 'message_stop' }]
      const held = state.order?.flush() ?? []
      const delta = { stop_reason: writeStopReason(finishOf(state)), stop_sequence: null }
      return [
        ...startMessage(state, options),
        ...held.flatMap((each) => writeForeign(each, state)),
        ...closeBlock(state),
        { type: 'message_delta', delta, usage: writeUsage(state.usage ?? noUsage) },
        { type: 'message_stop' },
      ]
    },
  }
}

/** Chat completions finish a call that was forced by name with `stop`; here a client runs tools for `tool_use` alone. */
const finishOf = ({ finish = 'stop', order }: WriterState): string =>
  finish === 'stop' && order ? 'tool_calls' : finish

const startMessage = (state: WriterState, { id, model }: EncoderOptions): readonly Fields[] => {
  if (state.isStarted) return []
  state.isStarted = true
  const usage = writeUsage(noUsage)
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  }
  return [{ type: 'message_start', message }]
}

/** The event as it came, with our event's text back in its place. */
const writeNative = (native: Fields, event: ChatEvent, state: WriterState): readonly Fields[] => {
  const index = numberOf(native.index) ?? 0
  switch (native.type) {
    case 'message_start':
      state.isStarted = true
      return [native]
    case 'content_block_start': {
      const block = { ...objectOf(native.content_block), ...contentOf(event, 'content_block') }
      return [...openBlock(state, index, stringOf(block.type) ?? ''), { ...native, content_block: block }]
    }
    case 'content_block_delta':
      return [{ ...native, delta: { ...objectOf(native.delta), ...contentOf(event, 'delta') } }]
    case 'content_block_stop': {
      // A text that an editor moved into the event that ends its block is said before it.
      const moved = 'text' in event && event.text !== '' ? writeForeign(event, state) : []
      state.open = undefined
      return [...moved, native]
    }
    case 'message_delta': {
      if (event.type !== 'finish') return [native]
      state.isFinished = true
      const delta = objectOf(native.delta)
      const stop_reason = writeStopReason(event.reason, stringOf(delta?.stop_reason))
      return [...closeBlock(state), { ...native, delta: { ...delta, stop_reason } }]
    }
    default:
      return [native]
  }
}

const openBlock = (state: WriterState, index: number, kind: string): readonly Fields[] => {
  const closing = closeBlock(state)
  state.open = { index, kind }
  state.nextIndex = index + 1
  return closing
}

const closeBlock = (state: WriterState): readonly Fields[] => {
  if (!state.open) return []
  const { index } = state.open
  const delta = { type: 'signature_delta', signature: '' }
  // Clients take thinking without a signature for none of this API's, and do not send it back.
  const signing = state.isUnsigned ? [{ type: 'content_block_delta', index, delta }] : []
  state.open = undefined
  state.isUnsigned = false
  return [...signing, { type: 'content_block_stop', index }]
}

const contentOf = (event: ChatEvent, place: 'content_block' | 'delta'): Fields => {
  if (event.type === 'text') return { text: event.text }
  if (event.type === 'reasoning')
    return event.signature === undefined ? { thinking: event.text } : { signature: event.signature }
  if (event.type !== 'tool-call') return {}
  return place === 'delta' ? { partial_json: event.arguments } : { id: event.id, name: event.name }
}

const writeItem = (value: Fields, state: WriterState): readonly Fields[] => {
  if (value.type === 'content_block_start')
    return [...openBlock(state, numberOf(value.index) ?? state.nextIndex, 'item'), value]
  if (value.type === 'content_block_stop') state.open = undefined
  return [value]
}

const writeForeign = (event: ChatEvent, state: WriterState): readonly Fields[] => {
  switch (event.type) {
    case 'text':
    case 'refusal':
      return writeDelta(
        state,
        event.text === '' ? undefined : { type: 'text_delta', text: event.text },
        'text',
      )
    case 'reasoning':
      return [
        ...writeDelta(
          state,
          event.text === '' ? undefined : { type: 'thinking_delta', thinking: event.text },
          'thinking',
        ),
        ...writeDelta(
          state,
          event.signature === undefined ? undefined : { type: 'signature_delta', signature: event.signature },
          'thinking',
        ),
      ]
    case 'tool-call':
      return writeToolCall(event, state)
    case 'citation':
      return writeDelta(state, { type: 'citations_delta', citation: citationOf(event) }, 'text')
    case 'finish':
      state.finish = event.reason
      return []
    default:
      return []
  }
}

const emptyBlocks: Readonly<Record<string, Fields>> = {
  text: { type: 'text', text: '' },
  thinking: { type: 'thinking', thinking: '', signature: '' },
}

/** A delta of the open block, in a block of its own where none of its kind is open. */
const writeDelta = (
  state: WriterState,
  delta: Fields | undefined,
  kind: 'text' | 'thinking',
): readonly Fields[] => {
  if (!delta) return []
  const opening = state.open?.kind === kind ? [] : startBlock(state, kind, emptyBlocks[kind] ?? {})
  if (delta.type === 'signature_delta') state.isUnsigned = false
  else if (opening.length > 0) state.isUnsigned = kind === 'thinking'
  return [...opening, { type: 'content_block_delta', index: state.nextIndex - 1, delta }]
}

const startBlock = (state: WriterState, kind: string, content_block: Fields): readonly Fields[] => {
  const index = state.nextIndex
  return [...openBlock(state, index, kind), { type: 'content_block_start', index, content_block }]
}

const writeToolCall = (
  event: Extract<ChatEvent, { readonly type: 'tool-call' }>,
  state: WriterState,
): readonly Fields[] => {
  const kind = `tool_use ${event.index}`
  const block = { type: 'tool_use', id: event.id ?? '', name: event.name ?? '', input: {} }
  const isNew = event.id !== undefined && state.open?.kind !== kind
  const opening = isNew ? startBlock(state, kind, block) : []
  if (event.arguments === '') return opening
  const delta = { type: 'input_json_delta', partial_json: event.arguments }
  return [...opening, { type: 'content_block_delta', index: state.nextIndex - 1, delta }]
}

/** As a search result that was cited; the API has no other citation of a text by its address. */
const citationOf = ({ passage, start, end }: Extract<ChatEvent, { readonly type: 'citation' }>): Fields => {
  const { url, ...rest } = writePassage(passage)
  return {
    type: 'search_result_location',
    source: url,
    ...rest,
    cited_text: '',
    search_result_index: 0,
    start_block_index: 0,
    end_block_index: 0,
    start_index: start,
    end_index: end,
  }
}
