// What an event of the Responses API brings that no delta has said before: the rest of a text, a whole item of a
// server that sends no deltas, the output of an answer that was not streamed. It is given as the events that a
// stream would have had, so that nothing enters an answer unseen.

import { type Fields, listOf, numberOf, objectOf, stringOf } from './fields.js'
import { keyOf, keyOfEvent, type Said } from './openai-responses-native.js'

export interface Seen {
  readonly said: Said
  /** Places whose part has begun, and items by their output index. */
  readonly parts: Set<string>
  readonly items: Set<number>
  readonly doneItems: Set<number>
}

export const unsaidBefore = (event: Fields, seen: Seen): readonly Fields[] => {
  const outputIndex = numberOf(event.output_index) ?? 0
  switch (event.type) {
    case 'response.output_text.done':
    case 'response.refusal.done':
    case 'response.reasoning_text.done':
    case 'response.reasoning_summary_text.done':
    case 'response.function_call_arguments.done': {
      const text = stringOf(event.text) ?? stringOf(event.refusal) ?? stringOf(event.arguments) ?? ''
      const { text: _text, refusal: _refusal, arguments: _arguments, logprobs: _logprobs, ...place } = event
      const type = String(event.type).replace(/done$/, 'delta')
      return restOfText({ ...place, type }, text, seen)
    }
    case 'response.output_item.done':
      return unsaidOfItem(objectOf(event.item) ?? {}, outputIndex, seen)
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      return listOf(objectOf(event.response)?.output).flatMap((value, index) => {
        const item = objectOf(value) ?? {}
        const done: Fields = { type: 'response.output_item.done', output_index: index, item }
        return [...unsaidOfItem(item, index, seen), ...(seen.doneItems.has(index) ? [] : [done])]
      })
    default:
      return []
  }
}

const restOfText = (delta: Fields, text: string, { said }: Seen): readonly Fields[] => {
  const before = said.text(keyOfEvent(delta))
  return text.length > before.length && text.startsWith(before)
    ? [{ ...delta, delta: text.slice(before.length) }]
    : []
}

const unsaidOfItem = (item: Fields, outputIndex: number, seen: Seen): readonly Fields[] => {
  const at: Fields = { item_id: item.id, output_index: outputIndex }
  const added: Fields = {
    type: 'response.output_item.added',
    output_index: outputIndex,
    item: beginningOf(item),
  }
  const opening = seen.items.has(outputIndex) ? [] : [added]
  if (item.type === 'function_call') {
    const delta = { type: 'response.function_call_arguments.delta', ...at }
    return [...opening, ...restOfText(delta, stringOf(item.arguments) ?? '', seen)]
  }
  if (item.type === 'message' || item.type === 'reasoning')
    return [
      ...opening,
      ...listOf(item.summary).flatMap((part, i) =>
        unsaidOfSummary(objectOf(part) ?? {}, { ...at, summary_index: i }, seen),
      ),
      ...listOf(item.content).flatMap((part, i) =>
        unsaidOfPart(objectOf(part) ?? {}, { ...at, content_index: i }, seen),
      ),
    ]
  return []
}

/** The item as it is when nothing of it has been said. */
const beginningOf = (item: Fields): Fields => ({
  ...item,
  ...(Array.isArray(item.content) && { content: [] }),
  ...(Array.isArray(item.summary) && { summary: [] }),
  ...(item.type === 'function_call' && { arguments: '' }),
})

const unsaidOfSummary = (part: Fields, at: Fields, seen: Seen): readonly Fields[] => {
  const added = { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } }
  const key = keyOf(numberOf(at.output_index) ?? 0, 'summary', numberOf(at.summary_index) ?? 0)
  const delta = { type: 'response.reasoning_summary_text.delta', ...at }
  return [...(seen.parts.has(key) ? [] : [added]), ...restOfText(delta, stringOf(part.text) ?? '', seen)]
}

const deltaTypes: Readonly<Record<string, { readonly type: string; readonly name: string }>> = {
  output_text: { type: 'response.output_text.delta', name: 'text' },
  refusal: { type: 'response.refusal.delta', name: 'refusal' },
  reasoning_text: { type: 'response.reasoning_text.delta', name: 'text' },
}

const unsaidOfPart = (part: Fields, at: Fields, seen: Seen): readonly Fields[] => {
  const delta = deltaTypes[stringOf(part.type) ?? '']
  if (!delta) return []
  const key = keyOf(numberOf(at.output_index) ?? 0, 'content', numberOf(at.content_index) ?? 0)
  const empty = {
    ...part,
    [delta.name]: '',
    ...(Array.isArray(part.annotations) && { annotations: [] }),
    ...(Array.isArray(part.logprobs) && { logprobs: [] }),
  }
  const annotations = listOf(part.annotations)
  const hasLogprobs = seen.said.text(key) === '' && listOf(part.logprobs).length > 0
  return [
    ...(seen.parts.has(key) ? [] : [{ type: 'response.content_part.added', ...at, part: empty }]),
    ...restOfText(
      {
        type: delta.type,
        ...at,
        ...(Array.isArray(part.logprobs) && { logprobs: hasLogprobs ? part.logprobs : [] }),
      },
      stringOf(part[delta.name]) ?? '',
      seen,
    ),
    ...annotations.slice(seen.said.annotations(key).length).map((annotation, i) => ({
      type: 'response.output_text.annotation.added',
      ...at,
      annotation_index: seen.said.annotations(key).length + i,
      annotation,
    })),
  ]
}
