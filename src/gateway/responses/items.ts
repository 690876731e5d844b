// The items of responses and conversations: as clients send them, as they are kept and shown, and as a model is given
// them again.

import type { Item } from '../../conversations/index.js'
import { createId } from '../../core/index.js'
import { type Fields, isObject, isText } from '../check-fields.js'
import { isOwnCompaction, unpackCompaction } from './compaction.js'

const idPrefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  reasoning: 'rs',
  compaction: 'cmp',
}

/** The new input of a request as a list of items. */
export const inputItems = (input: unknown): readonly Fields[] => {
  if (isText(input)) return [{ type: 'message', role: 'user', content: input }]
  return Array.isArray(input) ? input : []
}

/** An item as it is kept: with an id, a type, a status, and its content as a list of parts. */
export const toKept = (item: Fields): Item => {
  const type = isText(item.type) ? item.type : 'message'
  const id = isText(item.id) && item.id !== '' ? item.id : createId(idPrefixes[type] ?? 'item')
  if (type === 'message')
    return { status: 'completed', ...item, type, id, content: keptContent(item.role, item.content) }
  if (type === 'function_call' || type === 'function_call_output')
    return { ...item, type, id, status: item.status ?? 'completed' }
  return { ...item, type, id }
}

const keptContent = (role: unknown, content: unknown): readonly unknown[] => {
  const type = role === 'assistant' ? 'output_text' : 'input_text'
  const parts = isText(content) ? [{ type, text: content }] : Array.isArray(content) ? content : []
  return parts.map((part: unknown) =>
    isObject(part) && part.type === 'output_text' ? { annotations: [], logprobs: [], ...part } : part,
  )
}

/** A kept item as input for any model: without what only this gateway can use. */
export const toInput = ({ id, status: _status, ...item }: Fields): Fields => {
  if (item.type === 'message') return { ...item, content: plainContent(item.content) }
  if (isOwnCompaction(item)) return unpackCompaction(item, 'input')
  if (item.type === 'function_call' || item.type === 'function_call_output') return item
  return { id, ...item }
}

const plainContent = (content: unknown): unknown => {
  if (!Array.isArray(content)) return content
  const parts = content.map(plainPart)
  const [only] = parts
  return parts.length === 1 && isObject(only) && isPlainText(only) ? only.text : parts
}

const isPlainText = (part: Fields) => part.type === 'input_text' || part.type === 'output_text'

/** What a model refused is something it said. */
const plainPart = (part: unknown): unknown => {
  if (!isObject(part)) return part
  if (part.type === 'output_text') return { type: part.type, text: part.text }
  return part.type === 'refusal' ? { type: 'output_text', text: part.refusal } : part
}
