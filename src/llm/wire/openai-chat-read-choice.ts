// Reads one choice of the chat completions API. A stream's delta and an answer's message have the same fields,
// so that both decoders share this. The order of its events: start, reasoning, text, refusal, tool calls,
// citations, items, finish.

import type { ChatEvent } from '../contract.js'
import { compact, type Fields, isEmpty, listOf, numberOf, objectOf, restOf, stringOf } from './fields.js'
import { addRest, type ChatNative, dialect, withNative } from './openai-chat-native.js'
import { readLogProbabilities } from './openai-log-probabilities.js'
import { readPassage } from './passage-url.js'

/** @param body the name of the choice's body: `delta` in a stream, `message` in an answer */
export const readChoice = (
  value: unknown,
  body: 'delta' | 'message',
  envelope: Fields,
): readonly ChatEvent[] => {
  const fields = objectOf(value)
  if (!fields) return []
  const choice = numberOf(fields.index) ?? 0
  const said = objectOf(fields[body]) ?? {}
  const used = new Set(['index', body])
  const usedInside = new Set<string>()
  const events: ChatEvent[] = []
  const context: Context = { choice, envelope, said, usedInside, events }

  if (body === 'message' || said.role !== undefined)
    events.push({ type: 'start', choice, ...headOf(envelope) })
  const logprobs = readTexts(context, objectOf(fields.logprobs))
  readToolCalls(context)
  readAnnotations(context)
  readItems(context)
  const reason = stringOf(fields.finish_reason)
  if (reason) {
    used.add('finish_reason')
    events.push({ type: 'finish', choice, reason, ...withNative({ envelope }) })
  }
  if (logprobs) used.add('logprobs')
  const rest = { ...restOf(fields, used), ...(logprobs && !isEmpty(logprobs) && { logprobs }) }
  const inside = restOf(said, usedInside)
  if (events.length === 0) events.push(structureOrItem(context, inside))
  addRest(events, rest, inside)
  return events
}

interface Context {
  readonly choice: number
  readonly envelope: Fields
  readonly said: Fields
  /** Names of the fields that have become events. */
  readonly usedInside: Set<string>
  readonly events: ChatEvent[]
}

const headOf = (envelope: Fields) => ({
  ...compact({ id: stringOf(envelope.id), model: stringOf(envelope.model) }),
  ...withNative({ envelope }),
})

const textFields = [
  ['reasoning', 'reasoning_content'],
  ['reasoning', 'reasoning'],
  ['text', 'content'],
  ['refusal', 'refusal'],
] as const

/** @returns what is left of the log probabilities, undefined when they are to stay as they came */
const readTexts = (context: Context, logprobs: Fields | undefined): Fields | undefined => {
  const { choice, envelope, said, usedInside, events } = context
  const rest: Record<string, unknown> = { ...logprobs }
  for (const [type, field] of textFields) {
    const text = stringOf(said[field])
    const probabilities = type === 'reasoning' ? undefined : readLogProbabilities(logprobs?.[field])
    const hasProbabilities = probabilities !== undefined && (text !== undefined || probabilities.length > 0)
    if (text === undefined && !hasProbabilities) continue
    if (type === 'reasoning' && usedInside.has('reasoning_content')) continue
    if (text !== undefined) usedInside.add(field)
    if (hasProbabilities) delete rest[field]
    const native: ChatNative = { envelope, field: text === undefined ? null : field }
    events.push({
      type,
      choice,
      text: text ?? '',
      ...(hasProbabilities && { logprobs: probabilities }),
      ...withNative(native),
    })
  }
  return logprobs && (Object.keys(rest).length < Object.keys(logprobs).length ? rest : undefined)
}

const callNames = new Set(['index', 'id', 'function', 'custom'])

const readToolCalls = ({ choice, envelope, said, usedInside, events }: Context) => {
  if (!Array.isArray(said.tool_calls)) return
  usedInside.add('tool_calls')
  for (const [position, value] of said.tool_calls.entries()) {
    const fields = objectOf(value) ?? {}
    const kind = objectOf(fields.custom) ? 'custom' : 'function'
    const called = objectOf(fields[kind]) ?? {}
    const content = kind === 'custom' ? 'input' : 'arguments'
    const inner = restOf(called, new Set(['name', content]))
    const call = { ...restOf(fields, callNames), ...(fields[kind] !== undefined && { [kind]: inner }) }
    events.push(
      compact({
        type: 'tool-call' as const,
        choice,
        index: numberOf(fields.index) ?? position,
        id: stringOf(fields.id),
        name: stringOf(called.name),
        arguments: stringOf(called[content]) ?? '',
        ...withNative({ envelope, call, hasArguments: content in called }),
      }) as ChatEvent,
    )
  }
}

const readAnnotations = ({ choice, envelope, said, usedInside, events }: Context) => {
  if (!Array.isArray(said.annotations) || said.annotations.length === 0) return
  usedInside.add('annotations')
  for (const annotation of listOf(said.annotations)) {
    const cited = objectOf(objectOf(annotation)?.url_citation)
    const passage = cited && readPassage(cited)
    events.push(
      passage
        ? {
            type: 'citation',
            choice,
            passage,
            start: numberOf(cited.start_index) ?? 0,
            end: numberOf(cited.end_index) ?? 0,
            ...withNative({ envelope, annotation: objectOf(annotation) ?? {} }),
          }
        : {
            type: 'item',
            choice,
            dialect,
            value: { annotations: [annotation] },
            ...withNative({ envelope }),
          },
    )
  }
}

/** Fields that hold content we do not model, or known ones of a type we do not know: nothing may hide in the rest. */
const itemFields = [
  'function_call',
  'audio',
  'content',
  'refusal',
  'reasoning',
  'reasoning_content',
  'tool_calls',
]

const readItems = ({ choice, envelope, said, usedInside, events }: Context) => {
  for (const name of itemFields) {
    const value = said[name]
    if (value === undefined || value === null || usedInside.has(name)) continue
    if (typeof value === 'string' && name.startsWith('reasoning')) continue
    usedInside.add(name)
    events.push({ type: 'item', choice, dialect, value: { [name]: value }, ...withNative({ envelope }) })
  }
}

/** A choice without any known field: unknown fields are an item, nothing at all is structure. */
const structureOrItem = ({ choice, envelope, usedInside, said }: Context, inside: Fields): ChatEvent => {
  const unknown = Object.entries(inside).filter(([, value]) => value !== null && value !== '')
  if (unknown.length === 0) return { type: 'start', choice, ...headOf(envelope) }
  const value = Object.fromEntries(unknown)
  for (const name of Object.keys(value)) usedInside.add(name)
  for (const name of Object.keys(said)) if (name in value) delete (inside as Record<string, unknown>)[name]
  return { type: 'item', choice, dialect, value, ...withNative({ envelope }) }
}
