// Puts events back into one choice of the chat completions API: a stream's delta or an answer's message. The
// counterpart of openai-chat-read-choice.ts. Texts that follow each other are joined.

import type { ChatEvent, LogProbability } from '../contract.js'
import { compact, type Fields, listOf, objectOf } from './fields.js'
import { chatNative, dialect } from './openai-chat-native.js'
import { writeLogProbabilities, writePromisedLogProbabilities } from './openai-log-probabilities.js'
import { writePassage } from './passage-url.js'
import { writeSignature } from './thought-signature.js'

type Draft = Record<string, unknown>

export interface ChoiceDraft {
  readonly index: number
  /** Fields of the choice beside its body. */
  readonly outer: Draft
  /** The delta or the message. */
  readonly body: Draft
}

export const emptyChoice = (index: number): ChoiceDraft => ({ index, outer: {}, body: {} })

/** Adds what an event says; usage and errors are not part of a choice. */
export const addToChoice = (draft: ChoiceDraft, event: ChatEvent): void => {
  const native = chatNative(event)
  if (native?.choice) mergeInto(draft.outer, native.choice)
  if (native?.delta) mergeInto(draft.body, native.delta)
  if (event.type === 'tool-call') addToolCall(draft, event)
  else if (event.type === 'citation') addAnnotation(draft, event)
  else if (event.type === 'finish')
    draft.outer.finish_reason = native ? event.reason : chatReason(event.reason)
  else if (event.type === 'item' && event.dialect === dialect) addItem(draft, objectOf(event.value) ?? {})
  else if (event.type === 'text' || event.type === 'refusal' || event.type === 'reasoning')
    addText(draft, event)
}

const reasons: ReadonlySet<string> = new Set([
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'function_call',
])
const chatReason = (reason: string) => (reasons.has(reason) ? reason : 'stop')

type TextEvent = Extract<ChatEvent, { readonly type: 'text' | 'refusal' | 'reasoning' }>

const fieldOf = { text: 'content', refusal: 'refusal', reasoning: 'reasoning_content' } as const

const addText = ({ outer, body }: ChoiceDraft, event: TextEvent) => {
  const field = fieldOf[event.type]
  const native = chatNative(event)
  const name = native?.field === undefined ? field : native.field
  if (name !== null) body[name] = `${typeof body[name] === 'string' ? body[name] : ''}${event.text}`
  if (event.type === 'reasoning' || !event.logprobs) return
  addLogProbabilities(outer, { field, isNative: native !== undefined, entries: event.logprobs })
}

interface Entries {
  readonly field: string
  readonly isNative: boolean
  readonly entries: readonly LogProbability[]
}

const addLogProbabilities = (outer: Draft, { field, isNative, entries }: Entries) => {
  const logprobs = objectOf(outer.logprobs) ?? (isNative ? {} : { content: null, refusal: null })
  const before = listOf(logprobs[field])
  const write = isNative ? writeLogProbabilities : writePromisedLogProbabilities
  outer.logprobs = { ...logprobs, [field]: [...before, ...write(entries)] }
}

type ToolCallEvent = Extract<ChatEvent, { readonly type: 'tool-call' }>

const addToolCall = ({ outer, body }: ChoiceDraft, event: ToolCallEvent) => {
  const calls = listOf(body.tool_calls) as Draft[]
  const native = chatNative(event)
  // The API has one list for the tokens of an answer, whether they say a text or a call.
  if (event.logprobs)
    addLogProbabilities(outer, { field: 'content', isNative: native !== undefined, entries: event.logprobs })
  const kind = native?.call?.custom ? 'custom' : 'function'
  const content = kind === 'custom' ? 'input' : 'arguments'
  const known = calls.find((call) => call.index === event.index)
  const call: Draft = known ?? { index: event.index }
  mergeInto(call, native?.call ?? (event.id === undefined ? {} : { type: 'function' }))
  if (event.id !== undefined) call.id = event.id
  if (event.signature !== undefined && !native) call.extra_content = writeSignature(event.signature)
  const called = objectOf(call[kind]) ?? {}
  const before = typeof called[content] === 'string' ? called[content] : undefined
  const hasArguments = native?.hasArguments ?? true
  const isBare = native?.call && !native.call[kind] && event.name === undefined && !hasArguments
  if (!isBare)
    call[kind] = {
      ...called,
      ...compact({ name: event.name }),
      ...((hasArguments || before !== undefined) && { [content]: `${before ?? ''}${event.arguments}` }),
    }
  body.tool_calls = known ? calls : [...calls, call]
}

const addAnnotation = ({ body }: ChoiceDraft, event: Extract<ChatEvent, { readonly type: 'citation' }>) => {
  const annotation = chatNative(event)?.annotation
  const cited = { ...writePassage(event.passage), start_index: event.start, end_index: event.end }
  const written = {
    ...annotation,
    type: 'url_citation',
    url_citation: { ...objectOf(annotation?.url_citation), ...cited },
  }
  body.annotations = [...listOf(body.annotations), written]
}

const addItem = ({ body }: ChoiceDraft, value: Fields) => {
  const { annotations, ...others } = value
  if (annotations) body.annotations = [...listOf(body.annotations), ...listOf(annotations)]
  mergeInto(body, others)
}

/** Merges objects at every depth; a null that a later chunk repeats does not erase what an earlier one said. */
const mergeInto = (target: Draft, fields: Fields): void => {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    const before = objectOf(target[name])
    const after = objectOf(value)
    if (before && after) {
      const merged = { ...before }
      mergeInto(merged, after)
      target[name] = merged
    } else if (value !== null || target[name] === undefined) target[name] = value
  }
}
