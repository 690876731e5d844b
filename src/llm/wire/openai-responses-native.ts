// What an event of the Responses API keeps beside its meaning. The API repeats every text up to four times: in
// deltas, when the text is done, when its item is done, and in the final response. Here only the deltas hold it;
// each copy is replaced by a mark, and filled again from what was really said, so that an edited text has no
// unedited copy.

import type { ChatEvent, Dialect } from '../contract.js'
import { type Fields, listOf, numberOf, objectOf, stringOf } from './fields.js'
import { nativeExtra, nativeOf } from './native.js'

export const dialect: Dialect = 'openai-responses'

export interface ResponsesNative {
  /** The event as it came, with marks in place of copies and without the text that our event holds. */
  readonly event?: Fields
  /** Of a finish: the final response as its server wrote it, without what the stream has said itself. */
  readonly final?: Fields
  /** Another event of the same origin writes what this one says. */
  readonly isRepeated?: boolean
}

export const responsesNative = (event: ChatEvent): ResponsesNative | undefined =>
  nativeOf<ResponsesNative>(event, dialect)

export const withNative = (native: ResponsesNative) => ({ extra: nativeExtra(dialect, native as Fields) })

/**
 * The event without the final response that a finish of this API repeats everything in, but with the fields that only that
 * response has: for a stream whose end somebody writes anew.
 */
export const withoutFinalResponse = (event: ChatEvent): ChatEvent => {
  if (event.type !== 'finish') return event
  const { extra: _extra, ...rest } = event
  const response = objectOf(responsesNative(event)?.event?.response)
  if (!response) return rest
  const { output: _output, usage: _usage, ...final } = response
  return { ...rest, ...withNative({ final }) }
}

/** Stands for a copy of what the deltas said. */
const copyMark = '\u0000said before'

/** Everything said so far, by the place where it stands in the output. */
export const createSaid = () => {
  const texts = new Map<string, string>()
  const lists = new Map<string, unknown[]>()
  const add = (key: string, entries: readonly unknown[]) => {
    const list = lists.get(key) ?? []
    list.push(...entries)
    lists.set(key, list)
  }
  return {
    text: (key: string): string => texts.get(key) ?? '',
    addText: (key: string, text: string) => {
      texts.set(key, `${texts.get(key) ?? ''}${text}`)
    },
    annotations: (key: string): readonly unknown[] => lists.get(`${key} annotations`) ?? [],
    addAnnotation: (key: string, annotation: unknown) => add(`${key} annotations`, [annotation]),
    logprobs: (key: string): readonly unknown[] => lists.get(`${key} logprobs`) ?? [],
    addLogprobs: (key: string, entries: readonly unknown[]) => add(`${key} logprobs`, entries),
  }
}
export type Said = ReturnType<typeof createSaid>

type Place = 'content' | 'summary' | 'arguments'

export const keyOf = (outputIndex: number, place: Place, index = 0): string =>
  `${outputIndex} ${place} ${index}`

/** The key of the text that an event with a delta, or its end, is about. */
export const keyOfEvent = (event: Fields): string => {
  const outputIndex = numberOf(event.output_index) ?? 0
  const type = stringOf(event.type) ?? ''
  if (type.startsWith('response.function_call_arguments')) return keyOf(outputIndex, 'arguments')
  if (type.startsWith('response.reasoning_summary'))
    return keyOf(outputIndex, 'summary', numberOf(event.summary_index) ?? 0)
  return keyOf(outputIndex, 'content', numberOf(event.content_index) ?? 0)
}

/** What to do with an object that holds a text, given the place of that text. */
type HolderChange = (holder: Fields, key: string) => Fields

export const markCopies = (event: Fields): Fields => mapHolders(event, markHolder)

export const fillCopies = (event: Fields, said: Said): Fields =>
  mapHolders(event, (holder, key) => fillHolder(holder, key, said))

const textNames = ['text', 'refusal', 'arguments'] as const

const markHolder: HolderChange = (holder) => {
  const marked: Record<string, unknown> = { ...holder }
  for (const name of textNames) if (typeof holder[name] === 'string') marked[name] = copyMark
  for (const name of ['annotations', 'logprobs']) if (listOf(holder[name]).length > 0) marked[name] = copyMark
  return marked
}

const fillHolder = (holder: Fields, key: string, said: Said): Fields => {
  const filled: Record<string, unknown> = { ...holder }
  for (const name of textNames) if (holder[name] === copyMark) filled[name] = said.text(key)
  if (holder.annotations === copyMark) filled.annotations = said.annotations(key)
  if (holder.logprobs === copyMark) filled.logprobs = said.logprobs(key)
  return filled
}

/** The event with every object in it that repeats a text changed. */
const mapHolders = (event: Fields, change: HolderChange): Fields => {
  const outputIndex = numberOf(event.output_index) ?? 0
  switch (event.type) {
    case 'response.output_text.done':
    case 'response.refusal.done':
    case 'response.reasoning_text.done':
    case 'response.reasoning_summary_text.done':
    case 'response.function_call_arguments.done':
      return change(event, keyOfEvent(event))
    case 'response.content_part.done':
    case 'response.reasoning_summary_part.done':
      return { ...event, part: change(objectOf(event.part) ?? {}, keyOfEvent(event)) }
    case 'response.output_item.done':
      return { ...event, item: mapItem(objectOf(event.item) ?? {}, outputIndex, change) }
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed': {
      const response = objectOf(event.response) ?? {}
      const output = listOf(response.output).map((item, i) => mapItem(objectOf(item) ?? {}, i, change))
      return { ...event, response: { ...response, ...(Array.isArray(response.output) && { output }) } }
    }
    default:
      return event
  }
}

const mapItem = (item: Fields, outputIndex: number, change: HolderChange): Fields => {
  if (item.type === 'function_call') return change(item, keyOf(outputIndex, 'arguments'))
  if (item.type !== 'message' && item.type !== 'reasoning') return item
  const mapped: Record<string, unknown> = { ...item }
  for (const place of ['content', 'summary'] as const)
    if (Array.isArray(item[place]))
      mapped[place] = item[place].map((part, i) => change(objectOf(part) ?? {}, keyOf(outputIndex, place, i)))
  return mapped
}
