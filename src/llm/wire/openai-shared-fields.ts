// The fields that a request of OpenAI's Responses API, or of Anthropic's Messages API, and one of the chat completions
// API both have, under other names. Knows only the way to the latter.

import type { ChatRequest, Extra } from '../contract.js'
import { compact, type Fields, isEmpty, objectOf, restOf } from './fields.js'

export interface SharedFields {
  /** The request without them. */
  readonly request: ChatRequest
  /** As chat writes them. */
  readonly fields: Fields
}

export const takeSharedFields = (request: ChatRequest): SharedFields => {
  if (request.dialect === 'openai-responses') return takeFromResponses(request)
  return request.dialect === 'anthropic-messages' ? takeFromMessages(request) : { request, fields: {} }
}

/** Both say that at most one tool is called in an answer. */
const takeFromMessages = (request: ChatRequest): SharedFields => {
  const isAlone = objectOf(request.extra.tool_choice)?.disable_parallel_tool_use
  if (typeof isAlone !== 'boolean') return { request, fields: {} }
  const { tool_choice, ...others } = request.extra
  const extra: Extra = { ...others, ...rest('tool_choice', tool_choice, ['disable_parallel_tool_use']) }
  return { request: { ...request, extra }, fields: isAlone ? { parallel_tool_calls: false } : {} }
}

/** Whether a summary of the reasoning comes with the answer is up to the server: it is a wish, and dropped. */
const takeFromResponses = (request: ChatRequest): SharedFields => {
  const { reasoning, text, parallel_tool_calls, ...others } = request.extra
  const fields = compact({
    parallel_tool_calls: parallel_tool_calls ?? undefined,
    reasoning_effort: objectOf(reasoning)?.effort ?? undefined,
    verbosity: objectOf(text)?.verbosity ?? undefined,
  })
  const extra: Extra = {
    ...others,
    ...rest('reasoning', reasoning, ['effort', 'summary', 'generate_summary']),
    ...rest('text', text, ['verbosity']),
  }
  return { request: { ...request, extra }, fields }
}

/** What is left of an object once the known names are taken out of it; nothing where nothing is. */
const rest = (name: string, value: unknown, known: readonly string[]): Fields => {
  const left = restOf(objectOf(value) ?? {}, new Set(known))
  return isEmpty(left) ? {} : { [name]: left }
}
