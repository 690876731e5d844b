// Refuses what a request of one dialect holds and another cannot say. Knows no dialect's fields.

import type { ChatRequest, Dialect, Extra, Message, Part } from '../contract.js'
import { llmError } from '../messages.js'
import { isEmpty, objectOf, restOf } from './fields.js'

/** Where a request is to be written: a dialect, or the specification of the AI SDK's models, which has no wire. */
type Target = Dialect | 'ai-sdk'

/** @throws `llm.request-not-expressible` */
export const notExpressible = (field: string, dialect: Target): never => {
  throw llmError('llm.request-not-expressible', { field, dialect })
}

/**
 * Checks that a request of another dialect holds no field that only that dialect knows. A request of the same
 * dialect, or of none, is always fine.
 * @throws `llm.request-not-expressible` naming the first such field
 */
const refuseForeignFields = (request: ChatRequest, dialect: Target): void => {
  if (request.dialect === undefined || request.dialect === dialect) return
  checkExtra(request.extra, '', dialect)
  for (const [i, tool] of (request.tools ?? []).entries()) {
    if (tool.item) notExpressible(`tools[${i}]`, dialect)
    checkExtra(restOf(tool.extra ?? {}, resultHints), `tools[${i}].`, dialect)
  }
  for (const [i, message] of request.messages.entries()) {
    checkExtra(spokenFields(message), `messages[${i}].`, dialect)
    for (const [k, part] of message.parts.entries()) checkPart(part, `messages[${i}].content[${k}]`, dialect)
  }
}

/** What Gemini's Python client tells of a function's result, unasked; the result itself will show. */
const resultHints = new Set(['response', 'responseJsonSchema', 'response_json_schema'])

/** A result says which call it answers; the name of its tool, which LangChain adds, repeats that. */
const spokenFields = ({ role, extra }: Message): Extra | undefined =>
  role === 'tool' && extra ? restOf(extra, toolName) : extra

const toolName = new Set(['name'])

type Setting = 'seed' | 'stop' | 'choices' | 'logprobs'
/** Fields that several dialects have, by their names in chat completions. */
type Shared = 'parallel_tool_calls' | 'reasoning_effort' | 'verbosity'

/** How the client called it, where that is not our name for it. */
const clientNames: Readonly<Record<Dialect, Partial<Record<Setting | Shared, string>>>> = {
  'openai-chat': { choices: 'n' },
  'openai-completions': { choices: 'n' },
  'openai-responses': {
    logprobs: 'top_logprobs',
    reasoning_effort: 'reasoning.effort',
    verbosity: 'text.verbosity',
  },
  'anthropic-messages': {
    stop: 'stop_sequences',
    parallel_tool_calls: 'tool_choice.disable_parallel_tool_use',
    reasoning_effort: 'output_config.effort',
  },
  gemini: {
    seed: 'generationConfig.seed',
    stop: 'generationConfig.stopSequences',
    choices: 'generationConfig.candidateCount',
    logprobs: 'generationConfig.responseLogprobs',
    reasoning_effort: 'generationConfig.thinkingConfig',
  },
}

/** The name by which the client knows a field that other dialects have as well. */
export const clientName = (from: Dialect | undefined, field: string): string =>
  (from && clientNames[from][field as Setting | Shared]) ?? field

/** @throws `llm.request-not-expressible` naming the first setting that the dialect does not have, as the client called it */
export const refuseSettings = (
  request: ChatRequest,
  settings: readonly Setting[],
  dialect: Dialect,
): void => {
  for (const setting of settings) {
    const asked = request[setting]
    if (asked === undefined || (setting === 'choices' && asked === 1)) continue
    if (Array.isArray(asked) && asked.length === 0) continue
    notExpressible(clientName(request.dialect, setting), dialect)
  }
}

/**
 * The request as an encoder of the dialect may write it: what only another dialect knows has been refused, and the
 * marks that other dialect left in `extra` are gone. Whether there was an `extra` stays to be seen.
 * @throws `llm.request-not-expressible` naming the first field that has no place in the dialect
 */
export const expressible = (request: ChatRequest, dialect: Target): ChatRequest => {
  refuseForeignFields(request, dialect)
  if (request.dialect === undefined || request.dialect === dialect) return request
  return {
    ...request,
    messages: request.messages.map((message) => ({ ...bare(message), parts: bareParts(message.parts) })),
    ...(request.tools && { tools: request.tools.map(bare) }),
    extra: {},
  }
}

const bare = <T extends { readonly extra?: Extra }>(said: T): T =>
  said.extra ? { ...said, extra: {} } : said

/** A text that was empty but for its marks says nothing any more, and some engines refuse it. */
const bareParts = (parts: readonly Part[]): readonly Part[] => {
  const all = parts.filter((part) => !isSealed(part)).map(barePart)
  const said = all.filter((part) => part.type !== 'text' || part.text !== '')
  return said.length > 0 ? said : all
}

const barePart = (part: Part): Part => {
  if (part.type === 'item') return part
  return part.type === 'tool-result' ? { ...bare(part), content: part.content.map(barePart) } : bare(part)
}

const checkPart = (part: Part, at: string, dialect: Target): void => {
  if (part.type === 'item') {
    if (part.dialect !== dialect && !isSealed(part)) notExpressible(at, dialect)
    return
  }
  checkExtra(part.extra, `${at}.`, dialect)
  if (part.type !== 'tool-result') return
  for (const [i, inner] of part.content.entries()) checkPart(inner, `${at}.content[${i}]`, dialect)
}

const checkExtra = (extra: Extra | undefined, at: string, dialect: Target) => {
  for (const [name, value] of Object.entries(extra ?? {}))
    if (!isSpelling(name, value) && !saysNothing(name, value))
      notExpressible(at + fullName(name, value), dialect)
}

/** In an object that only groups fields, the field that is meant. */
const fullName = (name: string, value: unknown) => {
  const inner = inGroup(name, value)?.find((field) => !saysNothing(...field))
  return inner === undefined ? name : `${name}.${inner[0]}`
}

const inGroup = (name: string, value: unknown) => {
  const group = groups.has(name) ? objectOf(value) : undefined
  return group && Object.entries(group)
}

const groups: ReadonlySet<string> = new Set(['generationConfig', 'toolConfig'])

/** Also in the object that chat completions put around a picture's address. */
const isSpelling = (name: string, value: unknown): boolean =>
  spellings.has(name) ||
  (name === 'image_url' && Object.keys(objectOf(value) ?? {}).every((inner) => spellings.has(inner)))

/** Whether a field says only what is the case where it is left out. */
const saysNothing = (name: string, value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  (name in defaults && value === defaults[name]) ||
  (name in defaultValues && JSON.stringify(value) === defaultValues[name]) ||
  (inGroup(name, value)?.every((field) => saysNothing(...field)) ?? false) ||
  (name === 'thinking' && thinksAnyway.has(objectOf(value)?.type)) ||
  (emptied.has(name) && isEmpty(objectOf(value) ?? { value }))

/** The Messages API thinks not at all, or as the model finds right, which is what other servers do unasked. */
const thinksAnyway: ReadonlySet<unknown> = new Set(['disabled', 'adaptive'])

/** Groups of settings that clients also send with nothing in them. */
const emptied: ReadonlySet<string> = new Set(['text', 'reasoning'])

/** What only the server that wrote it can read, so that no other one misses it. */
const isSealed = (part: Part): boolean =>
  part.type === 'item' && objectOf(part.value)?.type === 'redacted_thinking'

/** By the references of the APIs that have the field. */
const defaults: Readonly<Record<string, unknown>> = {
  background: false,
  behavior: 'BLOCKING',
  defer_loading: false,
  frequency_penalty: 0,
  logprobs: false,
  parallel_tool_calls: true,
  presence_penalty: 0,
  service_tier: 'auto',
  store: false,
  top_logprobs: 0,
  truncation: 'disabled',
}

/** The same of lists and objects. Anthropic says of each call that the model made it itself, and clients send that back. */
const defaultValues: Readonly<Record<string, string>> = {
  allowed_callers: '["direct"]',
  caller: '{"type":"direct"}',
  citations: '{"enabled":false}',
  modalities: '["text"]',
  responseModalities: '["TEXT"]',
}

/**
 * Marks that only say how a known field was spelled, what only the server that wrote them can use, labels and hints
 * without a say in what is answered, or how the answer is written to the client, which is not the engine's business.
 */
const spellings: ReadonlySet<string> = new Set([
  'annotations',
  'cache_control',
  'detail',
  'eager_input_streaming',
  'extra_content',
  'include',
  'labels',
  'logprobs',
  'metadata',
  'phase',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'top_logprobs',
  'user',
  'field',
  'entry',
  'item',
  'id',
  'type',
  'status',
  'max_tokens',
  'stop',
  'stream',
  'functionName',
  'thoughtSignature',
  'stream_options',
])
