// The fields that requests of OpenAI's Responses API, of Anthropic's Messages API and of the chat completions API have
// in common, under other names. Knows only how the last one writes them.

import type { ChatRequest, Extra } from '../contract.js'
import { compact, type Fields, isEmpty, objectOf, restOf } from './fields.js'

export interface SharedFields {
  /** The request without them. */
  readonly request: ChatRequest
  /** As chat writes them. */
  readonly fields: Fields
}

/** What chat completions share with other APIs: with Responses also the class of service, in the same words. */
export const takeChatFields = (request: ChatRequest): SharedFields => {
  const shared = takeSharedFields(request)
  if (request.dialect !== 'openai-responses') return shared
  const { service_tier, ...extra } = shared.request.extra
  const fields = { ...shared.fields, ...compact({ service_tier: service_tier ?? undefined }) }
  return { request: { ...shared.request, extra }, fields }
}

const takeSharedFields = (request: ChatRequest): SharedFields => {
  if (request.dialect === 'openai-responses') return takeFromResponses(request)
  return request.dialect === 'anthropic-messages' ? takeFromMessages(request) : { request, fields: {} }
}

/** The same, for encoders of the other APIs: a request of chat completions is taken from as well. */
export const takeSpokenFields = (request: ChatRequest): SharedFields => {
  if (request.dialect !== 'openai-chat') return takeSharedFields(request)
  const { parallel_tool_calls, reasoning_effort, verbosity, ...extra } = request.extra
  const said = { parallel_tool_calls, reasoning_effort, verbosity }
  const fields = Object.entries(said).filter(([, value]) => value !== undefined && value !== null)
  return { request: { ...request, extra }, fields: Object.fromEntries(fields) }
}

/** Both say that at most one tool is called in an answer, and how much the model should think. */
const takeFromMessages = (request: ChatRequest): SharedFields => {
  const isAlone = objectOf(request.extra.tool_choice)?.disable_parallel_tool_use
  const { tool_choice, output_config, ...others } = request.extra
  const extra: Extra = {
    ...others,
    ...rest('tool_choice', tool_choice, typeof isAlone === 'boolean' ? ['disable_parallel_tool_use'] : []),
    ...rest('output_config', output_config, ['effort']),
  }
  const fields = compact({
    parallel_tool_calls: isAlone === true ? false : undefined,
    reasoning_effort: objectOf(output_config)?.effort ?? undefined,
  })
  return { request: { ...request, extra }, fields }
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
