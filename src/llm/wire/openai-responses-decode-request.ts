// Reads a request of OpenAI's Responses API. Every input item becomes a message with an `extra`, perhaps an empty
// one; `instructions`, and an input that is a plain string, become messages without: so they are told apart when the
// request is written again. The same holds for parts that came as objects.

import type { ChatRequest, Message, Part, ResponseFormat, Source, Tool, Wire } from '../contract.js'
import { attachOrigin } from '../identity.js'
import {
  compact,
  type Fields,
  isEmpty,
  listOf,
  numberOf,
  objectOf,
  requireObject,
  requireString,
  restOf,
  stringOf,
  unreadable,
} from './fields.js'

const dialect = 'openai-responses'

export const decodeRequest = (json: unknown, wire?: Wire): ChatRequest => {
  const body = requireObject(json, 'body')
  const { settings, extra } = readSettings(body)
  const instructions = stringOf(body.instructions)
  const system: Message[] =
    instructions === undefined
      ? []
      : [{ role: 'system', parts: [{ type: 'text', text: instructions, source: 'system' }] }]
  const request: ChatRequest = {
    model: requireString(body.model, 'model'),
    messages: [...system, ...readInput(body.input)],
    stream: body.stream === true,
    ...settings,
    extra,
    dialect,
  }
  return wire ? attachOrigin(request, wire) : request
}

const readSettings = (body: Fields) => {
  const text = objectOf(body.text)
  const settings = compact({
    tools: Array.isArray(body.tools) ? body.tools.map(readTool) : undefined,
    toolChoice: readToolChoice(body.tool_choice),
    maxOutputTokens: numberOf(body.max_output_tokens),
    temperature: numberOf(body.temperature),
    topP: numberOf(body.top_p),
    responseFormat: readFormat(objectOf(text?.format)),
    logprobs: readLogprobs(body),
  })
  const names = new Set(['model', 'input'])
  if (typeof body.instructions === 'string') names.add('instructions')
  if (body.stream === true) names.add('stream')
  for (const [setting, name] of settingNames) if (setting in settings) names.add(name)
  const textRest = settings.responseFormat && text ? restOf(text, new Set(['format'])) : {}
  return { settings, extra: { ...restOf(body, names), ...(!isEmpty(textRest) && { text: textRest }) } }
}

const settingNames = [
  ['tools', 'tools'],
  ['toolChoice', 'tool_choice'],
  ['maxOutputTokens', 'max_output_tokens'],
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['responseFormat', 'text'],
] as const

/** The fields themselves stay in `extra`, to be written as they came. */
const readLogprobs = ({ include, top_logprobs: top }: Fields): ChatRequest['logprobs'] =>
  listOf(include).includes('message.output_text.logprobs') ? { top: numberOf(top) ?? 0 } : undefined

const readToolChoice = (value: unknown): ChatRequest['toolChoice'] => {
  if (value === 'auto' || value === 'none' || value === 'required') return value
  const fields = objectOf(value)
  const name = stringOf(fields?.name)
  return fields?.type === 'function' && name !== undefined ? { name } : undefined
}

const readFormat = (format: Fields | undefined): ResponseFormat | undefined => {
  if (format?.type === 'text') return { type: 'text' }
  if (format?.type === 'json_object') return { type: 'json' }
  const name = stringOf(format?.name)
  if (format?.type !== 'json_schema' || name === undefined) return undefined
  const strict = typeof format.strict === 'boolean' ? { strict: format.strict } : {}
  const extra = restOf(format, new Set(['type', 'name', 'schema', ...Object.keys(strict)]))
  return { type: 'json-schema', name, schema: format.schema, ...strict, ...(!isEmpty(extra) && { extra }) }
}

const readTool = (value: unknown): Tool => {
  const fields = objectOf(value)
  const name = stringOf(fields?.name)
  if (!fields || name === undefined || fields.type !== 'function')
    return { name: name ?? stringOf(fields?.type) ?? '', parameters: null, item: { dialect, value } }
  const known = compact({
    description: stringOf(fields.description),
    strict: typeof fields.strict === 'boolean' ? fields.strict : undefined,
  })
  const extra = restOf(fields, new Set(['type', 'name', 'parameters', ...Object.keys(known)]))
  return { name, ...known, parameters: fields.parameters ?? null, ...(!isEmpty(extra) && { extra }) }
}

const readInput = (input: unknown): readonly Message[] => {
  if (typeof input === 'string')
    return [{ role: 'user', parts: [{ type: 'text', text: input, source: 'user' }] }]
  if (input === undefined || input === null) return []
  if (!Array.isArray(input)) return unreadable('input', 'a string or a list of items')
  return input.map((item, i) => readItem(requireObject(item, `input[${i}]`), `input[${i}]`))
}

const readItem = (item: Fields, at: string): Message => {
  switch (item.type ?? 'message') {
    case 'message':
      return readMessage(item, at)
    case 'function_call':
      return { role: 'assistant', parts: [readCall(item, at)], extra: {} }
    case 'function_call_output':
      return readOutput(item, at)
    case 'reasoning':
      return { role: 'assistant', parts: readReasoning(item), extra: {} }
    default: {
      const role = String(item.type).endsWith('_output') ? 'tool' : 'assistant'
      return { role, parts: [{ type: 'item', dialect, value: item }], extra: {} }
    }
  }
}

const sources: Readonly<Record<string, Source>> = {
  user: 'user',
  assistant: 'user',
  system: 'system',
  developer: 'developer',
}

const readMessage = (item: Fields, at: string): Message => {
  const role = requireString(item.role, `${at}.role`)
  const source = sources[role] ?? unreadable(`${at}.role`, 'user, assistant, system or developer')
  return {
    role: role as 'user' | 'assistant' | 'system' | 'developer',
    parts: readContent(item.content, source, `${at}.content`),
    extra: restOf(item, new Set(['role', 'content'])),
  }
}

const readContent = (value: unknown, source: Source, at: string): readonly Part[] => {
  if (typeof value === 'string') return [{ type: 'text', text: value, source }]
  if (!Array.isArray(value)) return unreadable(at, 'a string or a list of parts')
  return value.map((part, i) => readPart(requireObject(part, `${at}[${i}]`), source))
}

/** Text keeps its `type`, which differs between what was put in and what was answered. */
const readPart = (part: Fields, source: Source): Part => {
  const text = stringOf(part.text)
  if ((part.type === 'input_text' || part.type === 'output_text') && text !== undefined)
    return { type: 'text', text, source, extra: restOf(part, new Set(['text'])) }
  const url = stringOf(part.image_url)
  if (part.type === 'input_image' && url !== undefined)
    return compact({
      type: 'image' as const,
      url,
      detail: stringOf(part.detail),
      extra: restOf(part, new Set(['type', 'image_url'])),
    })
  if (part.type === 'input_file') return readFile(part)
  return { type: 'item', dialect, value: part }
}

const readFile = (part: Fields): Part => {
  const known = compact({
    name: stringOf(part.filename),
    data: stringOf(part.file_data),
    id: stringOf(part.file_id),
  })
  const names = { name: 'filename', data: 'file_data', id: 'file_id' } as const
  const used = Object.keys(known).map((name) => names[name as keyof typeof names])
  return { type: 'file', ...known, extra: restOf(part, new Set(['type', ...used])) }
}

const readCall = (item: Fields, at: string): Part => ({
  type: 'tool-call',
  id: requireString(item.call_id, `${at}.call_id`),
  name: requireString(item.name, `${at}.name`),
  arguments: stringOf(item.arguments) ?? '',
  extra: restOf(item, new Set(['type', 'call_id', 'name', 'arguments'])),
})

const readOutput = (item: Fields, at: string): Message => ({
  role: 'tool',
  parts: [
    {
      type: 'tool-result',
      id: requireString(item.call_id, `${at}.call_id`),
      content: readContent(item.output, 'tool', `${at}.output`),
      extra: restOf(item, new Set(['type', 'call_id', 'output'])),
    },
  ],
  extra: {},
})

/**
 * One part per summary and content entry, each with the rest of its entry; the first one also has the rest of the
 * item, and its encrypted content as the signature. An item without entries is one part with an empty text.
 */
const readReasoning = (item: Fields): readonly Part[] => {
  const entries = (['summary', 'content'] as const).flatMap((field) =>
    listOf(item[field]).map((entry) => {
      const fields = objectOf(entry) ?? {}
      return { text: stringOf(fields.text) ?? '', extra: { field, entry: restOf(fields, new Set(['text'])) } }
    }),
  )
  const [first = { text: '', extra: { field: 'none' } }, ...others] = entries
  const signature = stringOf(item.encrypted_content)
  const known = new Set([
    ...(listOf(item.content).length > 0 ? ['content'] : []),
    ...(signature === undefined ? [] : ['encrypted_content']),
  ])
  const head = {
    text: first.text,
    ...(signature !== undefined && { signature }),
    extra: { ...first.extra, item: restOf(item, known) },
  }
  return [head, ...others].map((part) => ({ type: 'reasoning', ...part }))
}
