// Reads a request of Anthropic's Messages API. What came in `messages` has an `extra`, perhaps an empty one, and the
// top-level `system` has none: so the two are told apart when the request is written again. The same holds for a
// block that came as an object and a content that came as a string.

import type { ChatRequest, Message, Part, ResponseFormat, Source, Tool, Wire } from '../contract.js'
import { attachOrigin } from '../identity.js'
import { dataUrl } from './data-url.js'
import {
  compact,
  type Fields,
  isEmpty,
  numberOf,
  objectOf,
  requireList,
  requireObject,
  requireString,
  restOf,
  stringOf,
  unreadable,
} from './fields.js'

const dialect = 'anthropic-messages'

export const decodeRequest = (json: unknown, wire?: Wire): ChatRequest => {
  const body = requireObject(json, 'body')
  const { settings, extra } = readSettings(body)
  const messages = requireList(body.messages, 'messages').map((message, i) =>
    readMessage(message, `messages[${i}]`),
  )
  const system = readSystem(body.system)
  const request: ChatRequest = {
    model: requireString(body.model, 'model'),
    messages: system ? [system, ...messages] : messages,
    stream: body.stream === true,
    ...settings,
    extra,
    dialect,
  }
  return wire ? attachOrigin(request, wire) : request
}

const readSystem = (value: unknown): Message | undefined =>
  value === undefined || value === null
    ? undefined
    : { role: 'system', parts: readContent(value, 'system', 'system') }

/** The optional fields we know; the others, and parts of known ones that we do not model, stay in `extra`. */
const readSettings = (body: Fields) => {
  const choice = objectOf(body.tool_choice)
  const output = objectOf(body.output_config)
  const settings = compact({
    tools: Array.isArray(body.tools) ? body.tools.map(readTool) : undefined,
    toolChoice: readToolChoice(choice),
    maxOutputTokens: numberOf(body.max_tokens),
    temperature: numberOf(body.temperature),
    topP: numberOf(body.top_p),
    stop: readStop(body.stop_sequences),
    responseFormat: readFormat(objectOf(output?.format)),
  })
  const names = new Set(['model', 'messages', 'system'])
  for (const [setting, name] of settingNames) if (setting in settings) names.add(name)
  if (body.stream === true) names.add('stream')
  const choiceRest = settings.toolChoice && choice ? restOf(choice, choiceNames) : {}
  const outputRest = settings.responseFormat && output ? restOf(output, new Set(['format'])) : {}
  const extra = {
    ...restOf(body, names),
    ...(!isEmpty(choiceRest) && { tool_choice: choiceRest }),
    ...(!isEmpty(outputRest) && { output_config: outputRest }),
  }
  return { settings, extra }
}

const settingNames = [
  ['tools', 'tools'],
  ['toolChoice', 'tool_choice'],
  ['maxOutputTokens', 'max_tokens'],
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['stop', 'stop_sequences'],
  ['responseFormat', 'output_config'],
] as const

const choiceNames = new Set(['type', 'name'])

const readStop = (value: unknown) =>
  Array.isArray(value) && value.every((stop) => typeof stop === 'string') ? (value as string[]) : undefined

const readToolChoice = (choice: Fields | undefined): ChatRequest['toolChoice'] => {
  if (choice?.type === 'auto' || choice?.type === 'none') return choice.type
  if (choice?.type === 'any') return 'required'
  const name = stringOf(choice?.name)
  return choice?.type === 'tool' && name !== undefined ? { name } : undefined
}

const readFormat = (format: Fields | undefined): ResponseFormat | undefined => {
  if (format?.type !== 'json_schema') return undefined
  const extra = restOf(format, new Set(['type', 'schema']))
  return { type: 'json-schema', name: 'output', schema: format.schema, ...(!isEmpty(extra) && { extra }) }
}

const readTool = (value: unknown): Tool => {
  const fields = objectOf(value)
  const name = stringOf(fields?.name)
  const isOurs = fields?.type === undefined || fields.type === null || fields.type === 'custom'
  if (!fields || name === undefined || !isOurs || objectOf(fields.input_schema) === undefined)
    return { name: name ?? stringOf(fields?.type) ?? '', parameters: null, item: { dialect, value } }
  const known = compact({
    description: stringOf(fields.description),
    strict: typeof fields.strict === 'boolean' ? fields.strict : undefined,
  })
  const extra = restOf(fields, new Set(['name', 'input_schema', ...Object.keys(known)]))
  return { name, ...known, parameters: fields.input_schema, ...(!isEmpty(extra) && { extra }) }
}

const roleSources: Readonly<Record<string, Source>> = { user: 'user', assistant: 'user', system: 'system' }

const readMessage = (value: unknown, at: string): Message => {
  const fields = requireObject(value, at)
  const role = requireString(fields.role, `${at}.role`)
  const source = roleSources[role] ?? unreadable(`${at}.role`, 'user, assistant or system')
  return {
    role: role as 'user' | 'assistant' | 'system',
    parts: readContent(fields.content, source, `${at}.content`),
    extra: restOf(fields, new Set(['role', 'content'])),
  }
}

const readContent = (value: unknown, source: Source, at: string): readonly Part[] => {
  if (typeof value === 'string') return [{ type: 'text', text: value, source }]
  if (!Array.isArray(value)) return unreadable(at, 'a string or a list of blocks')
  return value.map((block, i) => readBlock(requireObject(block, `${at}[${i}]`), source, `${at}[${i}]`))
}

const readBlock = (block: Fields, source: Source, at: string): Part => {
  switch (block.type) {
    case 'text':
      return {
        type: 'text',
        text: requireString(block.text, `${at}.text`),
        source,
        extra: restOf(block, new Set(['type', 'text'])),
      }
    case 'thinking':
      return compact({
        type: 'reasoning' as const,
        text: requireString(block.thinking, `${at}.thinking`),
        signature: stringOf(block.signature),
        extra: restOf(block, new Set(['type', 'thinking', 'signature'])),
      })
    case 'tool_use':
      return {
        type: 'tool-call',
        id: requireString(block.id, `${at}.id`),
        name: requireString(block.name, `${at}.name`),
        arguments: JSON.stringify(block.input ?? {}),
        extra: restOf(block, new Set(['type', 'id', 'name', 'input'])),
      }
    case 'tool_result':
      return readToolResult(block, at)
    default:
      return readMedia(block) ?? { type: 'item', dialect, value: block }
  }
}

const readToolResult = (block: Fields, at: string): Part => ({
  type: 'tool-result',
  id: requireString(block.tool_use_id, `${at}.tool_use_id`),
  content: block.content === undefined ? [] : readContent(block.content, 'tool', `${at}.content`),
  ...(typeof block.is_error === 'boolean' && { isError: block.is_error }),
  extra: restOf(block, new Set(['type', 'tool_use_id', 'content', 'is_error'])),
})

/** Images and documents given by URL or in base64; any other source, such as a stored file, is an item. */
const readMedia = (block: Fields): Part | undefined => {
  const source = objectOf(block.source)
  const data = stringOf(source?.data)
  const mediaType = stringOf(source?.media_type)
  const isInline = source?.type === 'base64' && data !== undefined && mediaType !== undefined
  if (block.type === 'image') {
    const extra = restOf(block, new Set(['type', 'source']))
    if (isInline) return { type: 'image', url: dataUrl(mediaType, data), mediaType, extra }
    const url = source?.type === 'url' ? stringOf(source.url) : undefined
    return url === undefined ? undefined : { type: 'image', url, extra }
  }
  if (block.type !== 'document' || !isInline) return undefined
  const name = stringOf(block.title)
  const extra = restOf(block, new Set(['type', 'source', ...(name === undefined ? [] : ['title'])]))
  return { type: 'file', data: dataUrl(mediaType, data), ...(name !== undefined && { name }), extra }
}
