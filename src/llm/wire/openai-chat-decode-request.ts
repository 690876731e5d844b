// Reads a request of OpenAI's chat completions API. A text, image, audio or file that came as an object keeps the
// fields we do not know in `extra`, which is present (perhaps empty) exactly then: so that a plain string and a
// list of one part are told apart when the request is written again.

import type { ChatRequest, Message, Part, ResponseFormat, Source, Tool, Wire } from '../contract.js'
import { attachOrigin } from '../identity.js'
import {
  compact,
  type Fields,
  numberOf,
  objectOf,
  requireList,
  requireObject,
  requireString,
  restOf,
  stringOf,
  unreadable,
} from './fields.js'
import { readSignature } from './thought-signature.js'

const dialect = 'openai-chat'

export const decodeRequest = (json: unknown, wire?: Wire): ChatRequest => {
  const body = requireObject(json, 'body')
  const known = readSettings(body)
  const request: ChatRequest = {
    model: requireString(body.model, 'model'),
    messages: requireList(body.messages, 'messages').map((message, i) =>
      readMessage(message, `messages[${i}]`),
    ),
    stream: body.stream === true,
    ...known.settings,
    extra: restOf(body, known.names),
    dialect,
  }
  return wire ? attachOrigin(request, wire) : request
}

/** The optional fields we know. One whose value has another type than we know stays in `extra`, as it came. */
const readSettings = (body: Fields) => {
  const settings = compact({
    tools: Array.isArray(body.tools) ? body.tools.map(readTool) : undefined,
    toolChoice: readToolChoice(body.tool_choice),
    maxOutputTokens: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens),
    temperature: numberOf(body.temperature),
    topP: numberOf(body.top_p),
    stop: readStop(body.stop),
    seed: numberOf(body.seed),
    choices: readChoices(body.n),
    responseFormat: readResponseFormat(body.response_format),
    logprobs: body.logprobs === true ? { top: numberOf(body.top_logprobs) ?? 0 } : undefined,
  })
  const names = new Set(['model', 'messages'])
  if (body.stream === true) names.add('stream')
  if (Array.isArray(body.stop) && settings.stop) names.add('stop')
  for (const [setting, name] of settingNames) if (setting in settings) names.add(name)
  if (settings.logprobs && settings.logprobs.top > 0) names.add('top_logprobs')
  // `max_tokens`, a single `stop` and `stream: false` stay in `extra` as well, which tells how they were spelled.
  return { settings, names }
}

const settingNames = [
  ['tools', 'tools'],
  ['toolChoice', 'tool_choice'],
  ['maxOutputTokens', 'max_completion_tokens'],
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['seed', 'seed'],
  ['choices', 'n'],
  ['responseFormat', 'response_format'],
  ['logprobs', 'logprobs'],
] as const

const readChoices = (value: unknown) => {
  const count = numberOf(value)
  return count === undefined || (Number.isInteger(count) && count >= 1)
    ? count
    : unreadable('n', 'a whole number >= 1')
}

const readStop = (value: unknown): readonly string[] | undefined => {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) && value.every((stop) => typeof stop === 'string') ? value : undefined
}

const readMessage = (value: unknown, at: string): Message => {
  const fields = requireObject(value, at)
  const role = requireString(fields.role, `${at}.role`)
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      return withExtra(
        { role, parts: readContent(fields.content, role, `${at}.content`) },
        fields,
        contentNames,
      )
    case 'assistant':
      return readAssistant(fields, at)
    case 'tool':
      return readToolResult(fields, at)
    case 'function':
      return { role: 'tool', parts: [{ type: 'item', dialect, value: fields }] }
    default:
      return unreadable(`${at}.role`, 'system, developer, user, assistant or tool')
  }
}

const contentNames = new Set(['role', 'content'])
const assistantNames = ['role', 'content']
const toolNames = new Set(['role', 'content', 'tool_call_id'])

const withExtra = (message: Message, fields: Fields, names: ReadonlySet<string>): Message => {
  const extra = restOf(fields, names)
  return Object.keys(extra).length > 0 ? { ...message, extra } : message
}

const readAssistant = (fields: Fields, at: string): Message => {
  const names = new Set(assistantNames)
  const parts: Part[] = []
  for (const field of ['reasoning_content', 'reasoning'] as const) {
    const text = stringOf(fields[field])
    if (text === undefined) continue
    names.add(field)
    parts.push({ type: 'reasoning', text, extra: { field } })
  }
  if (fields.content !== null && fields.content !== undefined)
    parts.push(...readContent(fields.content, 'user', `${at}.content`))
  if (fields.tool_calls !== null && fields.tool_calls !== undefined) {
    names.add('tool_calls')
    parts.push(...requireList(fields.tool_calls, `${at}.tool_calls`).map(readToolCall))
  }
  return withExtra({ role: 'assistant', parts }, fields, names)
}

const readToolCall = (value: unknown): Part => {
  const fields = objectOf(value)
  const called = objectOf(fields?.function)
  const id = stringOf(fields?.id)
  const name = stringOf(called?.name)
  if (!fields || !called || id === undefined || name === undefined || fields.type !== 'function')
    return { type: 'item', dialect, value }
  const extra = restOf(fields, new Set(['id', 'type', 'function']))
  const inner = restOf(called, new Set(['name', 'arguments']))
  return compact({
    type: 'tool-call' as const,
    id,
    name,
    arguments: stringOf(called.arguments) ?? '',
    signature: readSignature(fields.extra_content),
    extra: compactExtra({ ...extra, ...(Object.keys(inner).length > 0 && { function: inner }) }),
  })
}

const compactExtra = (extra: Record<string, unknown>) => (Object.keys(extra).length > 0 ? extra : undefined)

const readToolResult = (fields: Fields, at: string): Message => {
  const id = requireString(fields.tool_call_id, `${at}.tool_call_id`)
  const content = readContent(fields.content, 'tool', `${at}.content`)
  return withExtra({ role: 'tool', parts: [{ type: 'tool-result', id, content }] }, fields, toolNames)
}

const readContent = (value: unknown, source: Source, at: string): readonly Part[] => {
  if (typeof value === 'string') return [{ type: 'text', text: value, source }]
  if (!Array.isArray(value)) return unreadable(at, 'a string or a list of parts')
  return value.map((part, i) => readPart(requireObject(part, `${at}[${i}]`), source))
}

const readPart = (fields: Fields, source: Source): Part => {
  const text = stringOf(fields.text)
  if (fields.type === 'text' && text !== undefined)
    return { type: 'text', text, source, extra: restOf(fields, new Set(['type', 'text'])) }
  const image = objectOf(fields.image_url)
  if (fields.type === 'image_url' && typeof image?.url === 'string')
    return compact({
      type: 'image' as const,
      url: image.url,
      detail: stringOf(image.detail),
      extra: nest(fields, 'image_url', new Set(['url'])),
    })
  const audio = objectOf(fields.input_audio)
  if (fields.type === 'input_audio' && typeof audio?.data === 'string' && typeof audio.format === 'string')
    return {
      type: 'audio',
      data: audio.data,
      format: audio.format,
      extra: nest(fields, 'input_audio', new Set(['data', 'format'])),
    }
  const file = objectOf(fields.file)
  if (fields.type === 'file' && file)
    return compact({
      type: 'file' as const,
      name: stringOf(file.filename),
      data: stringOf(file.file_data),
      id: stringOf(file.file_id),
      extra: nest(fields, 'file', new Set(['filename', 'file_data', 'file_id'])),
    })
  return { type: 'item', dialect, value: fields }
}

/** The unknown fields of a part whose content sits one level deeper. */
const nest = (fields: Fields, name: string, known: ReadonlySet<string>) => {
  const inner = restOf(objectOf(fields[name]) ?? {}, known)
  return {
    ...restOf(fields, new Set(['type', name])),
    ...(Object.keys(inner).length > 0 && { [name]: inner }),
  }
}

const readTool = (value: unknown): Tool => {
  const fields = objectOf(value)
  const definition = objectOf(fields?.function)
  const name = stringOf(definition?.name)
  if (!fields || !definition || name === undefined || fields.type !== 'function')
    return { name: stringOf(fields?.type) ?? '', parameters: null, item: { dialect, value } }
  const known = compact({
    description: stringOf(definition.description),
    strict: typeof definition.strict === 'boolean' ? definition.strict : undefined,
  })
  const extra = restOf(fields, new Set(['type', 'function']))
  const inner = restOf(definition, new Set(['name', 'parameters', ...Object.keys(known)]))
  return compact({
    name,
    ...known,
    parameters: definition.parameters ?? null,
    extra: compactExtra({ ...extra, ...(Object.keys(inner).length > 0 && { function: inner }) }),
  })
}

const readToolChoice = (value: unknown): ChatRequest['toolChoice'] => {
  if (value === 'auto' || value === 'none' || value === 'required') return value
  const fields = objectOf(value)
  const name = stringOf(objectOf(fields?.function)?.name)
  return fields?.type === 'function' && name !== undefined ? { name } : undefined
}

const readResponseFormat = (value: unknown): ResponseFormat | undefined => {
  const fields = objectOf(value)
  if (fields?.type === 'text') return { type: 'text' }
  if (fields?.type === 'json_object') return { type: 'json' }
  const schema = objectOf(fields?.json_schema)
  const name = stringOf(schema?.name)
  if (fields?.type !== 'json_schema' || !schema || name === undefined) return undefined
  return compact({
    type: 'json-schema' as const,
    name,
    schema: schema.schema,
    strict: typeof schema.strict === 'boolean' ? schema.strict : undefined,
    extra: compactExtra(
      restOf(
        schema,
        new Set(typeof schema.strict === 'boolean' ? ['name', 'schema', 'strict'] : ['name', 'schema']),
      ),
    ),
  }) as ResponseFormat
}
