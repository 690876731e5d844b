// Reads tool calls out of generated text, in the form that Hermes introduced and Qwen and others write:
// <tool_call>\n{"name": "...", "arguments": {...}}\n</tool_call>. A call of a tool that was not offered, or one that
// is no JSON, is text like any other.

import { fieldsIn } from '../wire/fields.js'
import { objectSpans } from '../wire/json-spans.js'
import type { Utterance } from './protocol.js'
import { createHeldSpeech, type Speech, startOfPartialMark } from './speech.js'

export const toolCallOpening = '<tool_call>'
export const toolCallClosing = '</tool_call>'

export interface ToolCallReader {
  push(speech: Speech): readonly Utterance[]
  /** Whether a call has just begun and nothing of it has been said yet. */
  isAtCall(): boolean
  isInsideCall(): boolean
  /** The answer has ended; a call without its closing mark counts when it is complete otherwise. */
  end(): readonly Utterance[]
  calls(): number
}

/**
 * @param offered names of the tools that may be called; without any, everything is text
 * @param createId makes the id of a call
 */
export const createToolCallReader = (
  offered: ReadonlySet<string>,
  createId: () => string,
): ToolCallReader => {
  const held = createHeldSpeech()
  let index = 0
  let isInside = false

  const sayText = (characters: number): Utterance[] => {
    const speech = held.take(characters)
    return speech.text === '' && speech.logprobs.length === 0 ? [] : [textOf(speech)]
  }
  const sayCall = (characters: number, closed: boolean): Utterance[] => {
    const speech = held.take(characters)
    const inner = speech.text.slice(
      toolCallOpening.length,
      closed ? -toolCallClosing.length : speech.text.length,
    )
    const call = readCall(inner)
    if (!call || !offered.has(call.name)) return [textOf(speech)]
    return [{ type: 'tool-call', index: index++, id: createId(), ...call, ...logprobsOf(speech) }]
  }
  const advance = (): Utterance[] => {
    const text = held.text()
    if (isInside) {
      const end = text.indexOf(toolCallClosing)
      if (end < 0) return []
      isInside = false
      return [...sayCall(end + toolCallClosing.length, true), ...advance()]
    }
    const start = text.indexOf(toolCallOpening)
    if (start < 0) {
      const sayable = startOfPartialMark(text, [toolCallOpening])
      // Space between two calls separates them; it is no text.
      if (index > 0 && text.slice(0, sayable).trim() === '') return []
      return sayText(sayable)
    }
    isInside = true
    const before = text.slice(0, start)
    if (index > 0 && before.trim() === '') {
      held.take(start)
      return advance()
    }
    return [...sayText(start), ...advance()]
  }
  return {
    push: (speech) => {
      held.add(speech)
      return offered.size === 0 ? sayText(held.text().length) : advance()
    },
    isAtCall: () => isInside && held.text() === toolCallOpening,
    isInsideCall: () => isInside,
    end: () => {
      const { length } = held.text()
      if (isInside) return sayCall(length, false)
      return index > 0 && held.text().trim() === '' ? [] : sayText(length)
    },
    calls: () => index,
  }
}

const textOf = (speech: Speech): Utterance => ({ type: 'text', text: speech.text, ...logprobsOf(speech) })

const logprobsOf = ({ logprobs }: Speech) => (logprobs.length > 0 ? { logprobs } : {})

/** Name and arguments, the arguments as the model wrote them. */
const readCall = (text: string): { name: string; arguments: string } | undefined => {
  const fields = fieldsIn(text)
  if (typeof fields?.name !== 'string') return undefined
  const bytes = Buffer.from(text, 'utf8')
  const span = objectSpans(bytes)?.fields.findLast((field) => field.name === 'arguments')
  if (!span) return { name: fields.name, arguments: '{}' }
  const value = fields.arguments
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  return { name: fields.name, arguments: bytes.toString('utf8', span.start, span.end) }
}
