// A chat completions request as a server with quirks wants it. Every change is data (quirks.ts); no server is named.

import { createHash } from 'node:crypto'
import type { ChatRequest, Part } from '../contract.js'
import { llmError } from '../messages.js'
import { type Fields, listOf, objectOf, restOf } from '../wire/fields.js'
import type { EngineDeployment } from './engine-deployment.js'
import type { Quirks } from './quirks.js'

const dialect = 'openai-chat'

/** Whether a quirk changes a request that came with these top-level fields. */
export const changesRequest = (
  request: ChatRequest,
  quirks: Quirks,
  fields: ReadonlySet<string>,
): boolean => {
  const { maxTokensField, seedField = 'seed', reasoningField, toolCallIds, unsupported = [] } = quirks
  const has = (test: (part: Part) => boolean) => request.messages.some(({ parts }) => parts.some(test))
  return (
    (maxTokensField === 'max_tokens' && fields.has('max_completion_tokens')) ||
    (maxTokensField === 'max_completion_tokens' && fields.has('max_tokens')) ||
    (quirks.noStreamUsage === true && fields.has('stream_options')) ||
    (seedField !== 'seed' && fields.has('seed')) ||
    unsupported.some((name) => (name === 'strict' ? saysStrict(request) : fields.has(name))) ||
    (quirks.developerAsSystem === true && request.messages.some(({ role }) => role === 'developer')) ||
    (reasoningField !== undefined &&
      has((part) => part.type === 'reasoning' && part.extra?.field !== reasoningField)) ||
    (toolCallIds === 'alphanumeric-9' && has((part) => 'id' in part && part.id !== shortId(`${part.id}`)))
  )
}

const saysStrict = ({ tools = [], responseFormat }: ChatRequest) =>
  tools.some(({ strict }) => strict !== undefined) ||
  (responseFormat?.type === 'json-schema' && responseFormat.strict !== undefined)

/**
 * The body as the server wants it.
 * @throws `llm.request-not-expressible` naming a field that the server does not know and that says something
 */
export const applyQuirks = (
  body: Fields,
  { id, quirks }: Pick<EngineDeployment, 'id' | 'quirks'>,
): Fields => {
  const { maxTokensField, noStreamUsage, seedField = 'seed', unsupported = [] } = quirks
  let changed: Fields = body
  if (unsupported.length > 0) changed = withoutUnsupported(changed, unsupported, `${dialect} (${id})`)
  if (maxTokensField !== undefined) changed = withLimitIn(changed, maxTokensField)
  if (noStreamUsage) changed = restOf(changed, new Set(['stream_options']))
  if (seedField !== 'seed') changed = renamed(changed, 'seed', seedField)
  const change = messageChange(quirks)
  return change ? { ...changed, messages: listOf(changed.messages).map(change) } : changed
}

const renamed = (fields: Fields, from: string, to: string): Fields =>
  fields[from] === undefined ? fields : { ...restOf(fields, new Set([from])), [to]: fields[from] }

const withLimitIn = (body: Fields, field: 'max_tokens' | 'max_completion_tokens'): Fields => {
  const limit = body.max_completion_tokens ?? body.max_tokens
  const rest = restOf(body, new Set(['max_tokens', 'max_completion_tokens']))
  return limit === undefined || limit === null ? rest : { ...rest, [field]: limit }
}

/** What a field says that is the case anyway. */
const harmless: Readonly<Record<string, unknown>> = {
  n: 1,
  parallel_tool_calls: true,
  strict: false,
  logprobs: false,
  top_logprobs: 0,
  store: false,
}

const isHarmless = (name: string, value: unknown) =>
  value === undefined || value === null || value === harmless[name]

const withoutUnsupported = (body: Fields, names: readonly string[], server: string): Fields => {
  const refuse = (name: string, value: unknown, at = name) => {
    if (!isHarmless(name, value)) throw refusal(at, server)
  }
  for (const name of names) refuse(name, body[name])
  const rest = restOf(body, new Set(names))
  if (!names.includes('strict')) return rest
  const format = objectOf(rest.response_format)
  const schema = objectOf(format?.json_schema)
  refuse('strict', schema?.strict, 'response_format.json_schema.strict')
  const tools = listOf(rest.tools).map((value, i) => {
    const tool = objectOf(value)
    const called = objectOf(tool?.function)
    refuse('strict', called?.strict, `tools[${i}].function.strict`)
    return called ? { ...tool, function: restOf(called, strictOnly) } : value
  })
  return {
    ...rest,
    ...(Array.isArray(rest.tools) && { tools }),
    ...(schema && { response_format: { ...format, json_schema: restOf(schema, strictOnly) } }),
  }
}

const strictOnly = new Set(['strict'])

const refusal = (field: string, server: string) =>
  llmError('llm.request-not-expressible', { field, dialect: server })

type Change = (message: unknown) => unknown

/** What is done to each message; undefined when nothing is. */
const messageChange = ({ developerAsSystem, reasoningField, toolCallIds }: Quirks): Change | undefined => {
  const changes = [
    developerAsSystem && asSystem,
    reasoningField !== undefined && ((message: Fields) => withReasoningIn(message, reasoningField)),
    toolCallIds === 'alphanumeric-9' && withShortIds,
  ].filter((change) => typeof change === 'function')
  if (changes.length === 0) return undefined
  return (value) => {
    const message = objectOf(value)
    return message ? changes.reduce((fields, change) => change(fields), message) : value
  }
}

const asSystem = (message: Fields): Fields =>
  message.role === 'developer' ? { ...message, role: 'system' } : message

const withReasoningIn = (message: Fields, field: NonNullable<Quirks['reasoningField']>): Fields => {
  const reasoning = message.reasoning_content ?? message.reasoning
  if (reasoning === undefined) return message
  const rest = restOf(message, new Set(['reasoning_content', 'reasoning']))
  return field === 'none' ? rest : { ...rest, [field]: reasoning }
}

const withShortIds = (message: Fields): Fields => ({
  ...message,
  ...(typeof message.tool_call_id === 'string' && { tool_call_id: shortId(message.tool_call_id) }),
  ...(Array.isArray(message.tool_calls) && {
    tool_calls: message.tool_calls.map((value) => {
      const call = objectOf(value)
      return typeof call?.id === 'string' ? { ...call, id: shortId(call.id) } : value
    }),
  }),
})

/** The same nine letters and digits for the same id, so that a result still finds its call. */
const shortId = (id: string): string => {
  if (/^[a-zA-Z0-9]{9}$/.test(id)) return id
  return BigInt(`0x${createHash('sha256').update(id).digest('hex')}`)
    .toString(36)
    .slice(-9)
}
