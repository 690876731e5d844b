// The fields that a request of OpenAI's Responses API and one of its chat completions API both have, under other
// names. Knows only the way from the former to the latter.

import type { ChatRequest, Extra } from '../contract.js'
import { compact, type Fields, isEmpty, objectOf, restOf } from './fields.js'

export interface SharedFields {
  /** The request without them. */
  readonly request: ChatRequest
  /** As chat writes them. */
  readonly fields: Fields
}

/** Whether a summary of the reasoning comes with the answer is up to the server: it is a wish, and dropped. */
export const takeSharedFields = (request: ChatRequest): SharedFields => {
  if (request.dialect !== 'openai-responses') return { request, fields: {} }
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
