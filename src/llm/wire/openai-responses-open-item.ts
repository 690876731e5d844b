// The output item a Responses stream is in the middle of: opens one when an event of another origin needs it, and
// closes what is open. Follows items and parts that came natively, so that the two may be mixed.

import type { ChatEvent } from '../contract.js'
import { type Fields, numberOf, objectOf, stringOf } from './fields.js'
import { writePromisedLogProbabilities } from './openai-log-probabilities.js'
import { keyOf, keyOfEvent, type Said } from './openai-responses-native.js'

type PartKind = 'output_text' | 'refusal' | 'summary'

interface Open {
  readonly outputIndex: number
  readonly kind: 'message' | 'reasoning' | 'function_call'
  readonly item: Fields
  /** Which tool call it is, for a function call of another origin. */
  readonly call?: number
  part: { readonly index: number; readonly kind: PartKind } | undefined
  /** Parts that are done, as they stand in the item. */
  readonly parts: Fields[]
}

/** @param responseId the items' own identifiers are made of it */
export const createOpenItem = (said: Said, responseId: string) => {
  const output: Fields[] = []
  const idEnding = responseId.slice(responseId.indexOf('_') + 1)
  let open: Open | undefined
  let nextIndex = 0

  const at = (current: Open): Fields => ({ item_id: current.item.id, output_index: current.outputIndex })

  const begin = (kind: Open['kind'], fields: Fields, call?: number): readonly Fields[] => {
    const closing = close()
    const outputIndex = nextIndex++
    const id = `${idPrefixes[kind]}_${idEnding}_${outputIndex}`
    const item = { id, type: kind, ...fields }
    open = { outputIndex, kind, item, part: undefined, parts: [], ...(call !== undefined && { call }) }
    return [...closing, { type: 'response.output_item.added', output_index: outputIndex, item }]
  }

  const beginPart = (current: Open, kind: PartKind): readonly Fields[] => {
    const closing = closePart(current, said)
    const index = current.parts.length
    current.part = { index, kind }
    if (kind === 'summary')
      return [
        ...closing,
        {
          type: 'response.reasoning_summary_part.added',
          ...at(current),
          summary_index: index,
          part: { type: 'summary_text', text: '' },
        },
      ]
    const part =
      kind === 'refusal'
        ? { type: kind, refusal: '' }
        : { type: kind, text: '', annotations: [], logprobs: [] }
    return [...closing, { type: 'response.content_part.added', ...at(current), content_index: index, part }]
  }

  /** A delta in a part of this kind, opened where none is. */
  const say = (kind: PartKind, text: string, event: ChatEvent): readonly Fields[] => {
    const itemKind = kind === 'summary' ? 'reasoning' : 'message'
    const itemFields =
      kind === 'summary' ? { summary: [] } : { status: 'in_progress', role: 'assistant', content: [] }
    const opening = open?.kind === itemKind ? [] : begin(itemKind, itemFields)
    const current = open as Open
    const partOpening = current.part?.kind === kind ? [] : beginPart(current, kind)
    const index = current.part?.index ?? 0
    const key = keyOf(current.outputIndex, kind === 'summary' ? 'summary' : 'content', index)
    said.addText(key, text)
    const logprobs =
      event.type === 'text' && event.logprobs ? writePromisedLogProbabilities(event.logprobs) : []
    if (logprobs.length > 0) said.addLogprobs(key, logprobs)
    const place = kind === 'summary' ? { summary_index: index } : { content_index: index }
    const delta = {
      type: deltaTypes[kind],
      ...at(current),
      ...place,
      delta: text,
      ...(kind === 'output_text' && { logprobs }),
    }
    return [...opening, ...partOpening, delta]
  }

  const writeToolCall = (event: Extract<ChatEvent, { readonly type: 'tool-call' }>): readonly Fields[] => {
    const isNew = event.id !== undefined && open?.call !== event.index
    const fields = { status: 'in_progress', call_id: event.id, name: event.name ?? '', arguments: '' }
    const opening = isNew ? begin('function_call', fields, event.index) : []
    if (!open || event.arguments === '') return opening
    said.addText(keyOf(open.outputIndex, 'arguments'), event.arguments)
    return [
      ...opening,
      { type: 'response.function_call_arguments.delta', ...at(open), delta: event.arguments },
    ]
  }

  /** Clients parse the arguments, also of a call that takes nothing. */
  const completeArguments = (current: Open): readonly Fields[] => {
    const key = keyOf(current.outputIndex, 'arguments')
    if (current.call === undefined || said.text(key) !== '') return []
    said.addText(key, '{}')
    return [{ type: 'response.function_call_arguments.delta', ...at(current), delta: '{}' }]
  }

  /** @param isCut the answer has ended before all was said */
  const close = (isCut = false): readonly Fields[] => {
    if (!open) return []
    const current = open
    open = undefined
    const events = [...(isCut ? [] : completeArguments(current)), ...closeItem(current, said)]
    const done = objectOf(events.at(-1)?.item)
    if (done) output[current.outputIndex] = done
    return events
  }

  return {
    write: (event: ChatEvent): readonly Fields[] => {
      if (event.type === 'text' && event.text !== '') return say('output_text', event.text, event)
      if (event.type === 'refusal' && event.text !== '') return say('refusal', event.text, event)
      if (event.type === 'reasoning' && event.text !== '') return say('summary', event.text, event)
      return event.type === 'tool-call' ? writeToolCall(event) : []
    },
    annotate: (annotation: Fields): readonly Fields[] => {
      if (open?.part?.kind !== 'output_text') return []
      const key = keyOf(open.outputIndex, 'content', open.part.index)
      const annotation_index = said.annotations(key).length
      said.addAnnotation(key, annotation)
      const place = { ...at(open), content_index: open.part.index, annotation_index }
      return [{ type: 'response.output_text.annotation.added', ...place, annotation }]
    },
    /** Follows an event that came natively. */
    track: (event: Fields): void => {
      const outputIndex = numberOf(event.output_index) ?? 0
      if (event.type === 'response.output_item.added') {
        nextIndex = Math.max(nextIndex, outputIndex + 1)
        const item = objectOf(event.item) ?? {}
        open = isKnown(item) ? { outputIndex, kind: item.type, item, part: undefined, parts: [] } : undefined
      } else if (event.type === 'response.output_item.done') {
        nextIndex = Math.max(nextIndex, outputIndex + 1)
        output[outputIndex] = objectOf(event.item) ?? {}
        if (open?.outputIndex === outputIndex) open = undefined
      } else if (event.type === 'response.output_text.annotation.added')
        said.addAnnotation(keyOfEvent(event), event.annotation)
      else if (open?.outputIndex === outputIndex) trackPart(open, event)
    },
    close,
    output: (): readonly Fields[] => output.filter((item) => item !== undefined),
  }
}

const idPrefixes = { message: 'msg', reasoning: 'rs', function_call: 'fc' } as const

const deltaTypes = {
  output_text: 'response.output_text.delta',
  refusal: 'response.refusal.delta',
  summary: 'response.reasoning_summary_text.delta',
} as const

const isKnown = (item: Fields): item is Fields & { type: Open['kind'] } =>
  item.type === 'message' || item.type === 'reasoning' || item.type === 'function_call'

const trackPart = (open: Open, event: Fields) => {
  const part = objectOf(event.part) ?? {}
  if (
    event.type === 'response.content_part.added' &&
    (part.type === 'output_text' || part.type === 'refusal')
  )
    open.part = { index: numberOf(event.content_index) ?? 0, kind: part.type }
  else if (event.type === 'response.reasoning_summary_part.added')
    open.part = { index: numberOf(event.summary_index) ?? 0, kind: 'summary' }
  else if (stringOf(event.type)?.endsWith('_part.done')) {
    open.part = undefined
    open.parts.push(part)
  }
}

const closePart = (open: Open, said: Said): readonly Fields[] => {
  const { part } = open
  if (!part) return []
  open.part = undefined
  const at = { item_id: open.item.id, output_index: open.outputIndex }
  const key = keyOf(open.outputIndex, part.kind === 'summary' ? 'summary' : 'content', part.index)
  const text = said.text(key)
  if (part.kind === 'summary') {
    const done = { type: 'summary_text', text }
    open.parts.push(done)
    const place = { ...at, summary_index: part.index }
    return [
      { type: 'response.reasoning_summary_text.done', ...place, text },
      { type: 'response.reasoning_summary_part.done', ...place, part: done },
    ]
  }
  const place = { ...at, content_index: part.index }
  if (part.kind === 'refusal') {
    const done = { type: 'refusal', refusal: text }
    open.parts.push(done)
    return [
      { type: 'response.refusal.done', ...place, refusal: text },
      { type: 'response.content_part.done', ...place, part: done },
    ]
  }
  const logprobs = said.logprobs(key)
  const done = { type: 'output_text', text, annotations: said.annotations(key), logprobs }
  open.parts.push(done)
  return [
    { type: 'response.output_text.done', ...place, text, logprobs },
    { type: 'response.content_part.done', ...place, part: done },
  ]
}

const closeItem = (open: Open, said: Said): readonly Fields[] => {
  const closing = closePart(open, said)
  const at = { item_id: open.item.id, output_index: open.outputIndex }
  if (open.kind === 'function_call') {
    const text = said.text(keyOf(open.outputIndex, 'arguments'))
    const item = { ...open.item, status: 'completed', arguments: text }
    return [
      ...closing,
      { type: 'response.function_call_arguments.done', ...at, name: open.item.name, arguments: text },
      { type: 'response.output_item.done', output_index: open.outputIndex, item },
    ]
  }
  const item =
    open.kind === 'message'
      ? { ...open.item, status: 'completed', content: open.parts }
      : { ...open.item, summary: open.parts }
  return [...closing, { type: 'response.output_item.done', output_index: open.outputIndex, item }]
}
