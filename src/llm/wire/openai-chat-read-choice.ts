// Reads one choice of the chat completions API. A stream's delta and an answer's message have the same fields, so
// that both decoders share this. The order of its events: start, reasoning, text, refusal, tool calls, citations,
// items, finish.
// This runs once per token of every answer that a stage reads, so it copies nothing: a field that has become an
// event is set to undefined where it stands, and what is left of choice and delta goes along as it is.

import type { ChatEvent, Extra } from '../contract.js'
import { compact, type Fields, listOf, numberOf, objectOf, restOf, stringOf } from './fields.js'
import { type ChatNative, dialect } from './openai-chat-native.js'
import { readLogProbabilities } from './openai-log-probabilities.js'
import { readPassage } from './passage-url.js'

type MutableFields = Record<string, unknown>

interface Reading {
  readonly choice: number
  /** The rest of the chunk; events of one chunk share it. */
  readonly envelope: Fields
  readonly outer: MutableFields
  /** The delta or the message. */
  readonly said: MutableFields
  readonly events: ChatEvent[]
}

/**
 * @param value the choice; it is used up
 * @param body the name of the choice's body: `delta` in a stream, `message` in an answer
 */
export const readChoice = (value: unknown, body: 'delta' | 'message', envelope: Fields): ChatEvent[] => {
  const outer = objectOf(value) as MutableFields | undefined
  if (!outer) return []
  const reading: Reading = {
    choice: numberOf(outer.index) ?? 0,
    envelope,
    outer,
    said: (objectOf(outer[body]) as MutableFields | undefined) ?? {},
    events: [],
  }
  outer.index = undefined
  outer[body] = undefined
  if (body === 'message' || reading.said.role !== undefined) addStart(reading)
  readTexts(reading)
  if (reading.said.tool_calls) readToolCalls(reading)
  if (reading.said.annotations) readAnnotations(reading)
  readItems(reading)
  if (typeof outer.finish_reason === 'string' && outer.finish_reason !== '') readFinish(reading)
  if (reading.events.length === 0) addStructureOrItem(reading)
  return reading.events
}

/** The first event of a choice carries what is left of it. */
const extraOf = (reading: Reading, native: Partial<ChatNative> = {}): Extra => {
  const isFirst = reading.events.length === 0
  return {
    [dialect]: isFirst
      ? { envelope: reading.envelope, choice: reading.outer, delta: reading.said, ...native }
      : { envelope: reading.envelope, ...native },
  }
}

const addStart = (reading: Reading) => {
  const { envelope } = reading
  reading.events.push({
    type: 'start',
    choice: reading.choice,
    ...compact({ id: stringOf(envelope.id), model: stringOf(envelope.model) }),
    extra: extraOf(reading),
  })
}

const readFinish = (reading: Reading) => {
  const reason = String(reading.outer.finish_reason)
  reading.outer.finish_reason = undefined
  reading.events.push({ type: 'finish', choice: reading.choice, reason, extra: extraOf(reading) })
}

const readTexts = (reading: Reading) => {
  const { said } = reading
  if (typeof said.reasoning_content === 'string') addText(reading, 'reasoning', 'reasoning_content')
  else if (typeof said.reasoning === 'string') addText(reading, 'reasoning', 'reasoning')
  if (Array.isArray(said.content)) readContentParts(reading, said.content)
  const hasLogprobs = objectOf(reading.outer.logprobs) !== undefined
  if (typeof said.content === 'string' || hasLogprobs) addText(reading, 'text', 'content')
  if (typeof said.refusal === 'string' || hasLogprobs) addText(reading, 'refusal', 'refusal')
}

/** Mistral's reasoning models say their content in parts. Parts of other types stay an item, all of them as they came. */
const readContentParts = (reading: Reading, parts: readonly unknown[]) => {
  const texts = parts.map(textOfPart)
  if (texts.some((text) => text === undefined)) return
  const { said, choice, events } = reading
  said.content = undefined
  for (const text of texts)
    if (text) events.push({ ...text, choice, extra: extraOf(reading, { field: fields[text.type] }) })
}

const fields = { text: 'content', reasoning: 'reasoning_content' } as const

const textOfPart = (value: unknown): { type: 'text' | 'reasoning'; text: string } | undefined => {
  const part = objectOf(value)
  const text = stringOf(part?.text)
  if (part?.type === 'text' && text !== undefined) return { type: 'text', text }
  if (part?.type !== 'thinking') return undefined
  const pieces = typeof part.thinking === 'string' ? [part.thinking] : listOf(part.thinking).map(innerText)
  const thought = pieces.join('')
  return pieces.includes(undefined) ? undefined : { type: 'reasoning', text: thought }
}

const innerText = (value: unknown) => stringOf(objectOf(value)?.text)

const addText = (reading: Reading, type: 'text' | 'refusal' | 'reasoning', field: string) => {
  const { said, choice, events } = reading
  const text = said[field]
  const logprobs = takeLogprobs(reading, field, typeof text === 'string')
  if (typeof text !== 'string' && !logprobs) return
  said[field] = typeof text === 'string' ? undefined : text
  const extra = extraOf(reading, { field: typeof text === 'string' ? field : null })
  const spoken = typeof text === 'string' ? text : ''
  events.push(
    logprobs && type !== 'reasoning'
      ? { type, choice, text: spoken, logprobs, extra }
      : { type, choice, text: spoken, extra },
  )
}

/** The log probabilities of one field. Empty ones belong to an event only where there is a text. */
const takeLogprobs = ({ outer }: Reading, field: string, hasText: boolean) => {
  const all = objectOf(outer.logprobs)
  const entries = all && readLogProbabilities(all[field])
  if (!all || !entries || (entries.length === 0 && !hasText)) return undefined
  const rest = restOf(all, new Set([field]))
  outer.logprobs = Object.keys(rest).length > 0 ? rest : undefined
  return entries
}

const callNames = new Set(['index', 'id', 'function', 'custom'])

/** Some servers give a call no id, or an empty one; other dialects cannot say a call without, nor its result. */
const inventedId = ({ envelope, choice }: Reading, name: unknown, index: number): string | undefined => {
  if (!name) return undefined
  // Messages takes only these characters in an id, and chat completions at most 40.
  const answer = (stringOf(envelope.id) ?? '').replace(/[^A-Za-z0-9]/g, '').slice(-24)
  return `call_${answer}_${choice}_${index}`
}

/** A JSON text; some servers give the object itself. */
const argumentsOf = (value: unknown): string =>
  stringOf(value) ?? (objectOf(value) ? JSON.stringify(value) : '')

const readToolCalls = (reading: Reading) => {
  const { said, choice, events } = reading
  if (!Array.isArray(said.tool_calls)) return
  for (const [position, value] of said.tool_calls.entries()) {
    const fields = objectOf(value) ?? {}
    const kind = objectOf(fields.custom) ? 'custom' : 'function'
    const called = objectOf(fields[kind]) ?? {}
    const content = kind === 'custom' ? 'input' : 'arguments'
    const inner = restOf(called, new Set(['name', content]))
    const call = { ...restOf(fields, callNames), ...(fields[kind] !== undefined && { [kind]: inner }) }
    const index = numberOf(fields.index) ?? position
    const id = stringOf(fields.id) || inventedId(reading, called.name, index)
    events.push({
      type: 'tool-call',
      choice,
      index,
      ...compact({ id, name: stringOf(called.name) }),
      arguments: argumentsOf(called[content]),
      extra: extraOf(reading, { call, hasArguments: content in called }),
    })
  }
  said.tool_calls = undefined
}

const readAnnotations = (reading: Reading) => {
  const { said, choice, events } = reading
  if (!Array.isArray(said.annotations) || said.annotations.length === 0) return
  for (const value of said.annotations) {
    const annotation = objectOf(value) ?? {}
    const cited = objectOf(annotation.url_citation)
    const passage = cited && readPassage(cited)
    events.push(
      passage
        ? {
            type: 'citation',
            choice,
            passage,
            start: numberOf(cited.start_index) ?? 0,
            end: numberOf(cited.end_index) ?? 0,
            extra: extraOf(reading, { annotation }),
          }
        : { type: 'item', choice, dialect, value: { annotations: [value] }, extra: extraOf(reading) },
    )
  }
  said.annotations = undefined
}

/** Fields that hold content we do not model, or known ones of a type we do not know: nothing may hide in the rest. */
const readItems = (reading: Reading) => {
  const { said } = reading
  if (said.function_call) addItem(reading, 'function_call')
  if (said.audio) addItem(reading, 'audio')
  if (said.content) addItem(reading, 'content')
  if (said.refusal) addItem(reading, 'refusal')
  if (said.tool_calls) addItem(reading, 'tool_calls')
  if (said.reasoning_content && typeof said.reasoning_content !== 'string')
    addItem(reading, 'reasoning_content')
  // A string here repeats what `reasoning_content` said.
  if (said.reasoning && typeof said.reasoning !== 'string') addItem(reading, 'reasoning')
}

const addItem = (reading: Reading, name: string) => {
  const value = { [name]: reading.said[name] }
  reading.said[name] = undefined
  reading.events.push({ type: 'item', choice: reading.choice, dialect, value, extra: extraOf(reading) })
}

/** A choice without any known field: unknown fields are an item, nothing at all is structure. */
const addStructureOrItem = (reading: Reading) => {
  const unknown: MutableFields = {}
  for (const [name, value] of Object.entries(reading.said)) {
    if (value === undefined || value === null || value === '') continue
    unknown[name] = value
    reading.said[name] = undefined
  }
  if (Object.keys(unknown).length === 0) return addStart(reading)
  reading.events.push({
    type: 'item',
    choice: reading.choice,
    dialect,
    value: unknown,
    extra: extraOf(reading),
  })
}
