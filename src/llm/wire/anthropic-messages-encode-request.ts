// Writes a request of Anthropic's Messages API. Difference to what came in, when nothing was edited: an empty
// content of a tool result is left out.

import type { ChatRequest, Message, Part, ResponseFormat, Tool } from '../contract.js'
import { parseDataUrl } from './data-url.js'
import { compact, type Fields, isEmpty, objectOf } from './fields.js'
import { expressible, notExpressible, refuseSettings } from './foreign-fields.js'
import { takeWishes } from './gemini-wishes.js'
import { writeSpokenFields } from './messages-shared-fields.js'
import { takeSpokenFields } from './openai-shared-fields.js'

const dialect = 'anthropic-messages'
/** The API wants a limit; this is used where the request has none. */
const defaultMaxTokens = 4096

const sayable = new Set(['budget', 'topK'] as const)

export const encodeRequest = (given: ChatRequest): Record<string, unknown> => {
  const own = given.dialect === undefined || given.dialect === dialect
  const wishes = takeWishes(given, sayable)
  const spoken = own ? { request: given, fields: {} } : takeSpokenFields(wishes.request)
  const request = expressible(spoken.request, dialect)
  refuseSettings(request, ['seed', 'choices', 'logprobs'], dialect)
  const extra = own ? request.extra : {}
  const systemCount = countLeadingSystem(request.messages)
  const system = request.messages.slice(0, systemCount).flatMap((message) => message.parts)
  const body = {
    ...extra,
    model: request.model,
    max_tokens: request.maxOutputTokens ?? extra.max_tokens ?? defaultMaxTokens,
    ...(system.length > 0 && { system: writeContent(system) }),
    messages: mergeToolResults(said(request.messages.slice(systemCount), own)).map(writeMessage),
    ...(request.stream || 'stream' in extra ? { stream: request.stream } : {}),
    ...compact({
      tools: request.tools?.map(writeTool),
      tool_choice: writeToolChoice(request.toolChoice, extra.tool_choice),
      temperature: request.temperature,
      top_p: request.topP,
      top_k: wishes.topK,
      thinking: wishes.budget === undefined ? undefined : writeBudget(wishes.budget),
      stop_sequences: request.stop,
      output_config: writeOutput(request.responseFormat, extra.output_config),
    }),
  }
  return { ...body, ...writeSpokenFields(request, { body, fields: { ...spoken.fields, ...wishes.fields } }) }
}

const writeBudget = (tokens: number): Fields =>
  tokens === 0 ? { type: 'disabled' } : { type: 'enabled', budget_tokens: tokens }

/** Other APIs take messages without a word; this one refuses them, and they say nothing. */
const said = (messages: readonly Message[], isOwn: boolean): readonly Message[] => {
  if (isOwn) return messages
  const left = messages.filter(({ parts }) => parts.some((part) => part.type !== 'text' || part.text !== ''))
  return left.length > 0 ? left : messages
}

const isSystem = (message: Message) => message.role === 'system' || message.role === 'developer'

/** The messages that become the top-level `system`: those at the front that did not come in `messages`. */
const countLeadingSystem = (messages: readonly Message[]) => {
  const end = messages.findIndex((message) => !isSystem(message) || message.extra !== undefined)
  return end < 0 ? messages.length : end
}

/** The chat dialect gives each tool result a message of its own; here those of one turn share one. */
const mergeToolResults = (messages: readonly Message[]): Message[] => {
  const merged: Message[] = []
  for (const message of messages) {
    const last = merged.at(-1)
    if (message.role === 'tool' && last?.role === 'tool')
      merged[merged.length - 1] = { ...last, parts: [...last.parts, ...message.parts] }
    else merged.push(message)
  }
  return merged
}

const roles = {
  user: 'user',
  tool: 'user',
  assistant: 'assistant',
  system: 'system',
  developer: 'system',
} as const

const writeMessage = (message: Message) => ({
  ...message.extra,
  role: roles[message.role],
  content: writeContent(message.parts),
})

/** Plain texts become one string; blocks that came as objects stay blocks. */
const writeContent = (parts: readonly Part[]): unknown =>
  parts.length > 0 && parts.every((part) => part.type === 'text' && part.extra === undefined)
    ? parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')
    : parts.map(writeBlock)

const writeBlock = (part: Part): unknown => {
  switch (part.type) {
    case 'text':
      return { ...part.extra, type: 'text', text: part.text }
    case 'reasoning':
      return { ...own(part.extra), type: 'thinking', thinking: part.text, signature: part.signature ?? '' }
    case 'tool-call':
      return {
        ...own(part.extra),
        type: 'tool_use',
        id: part.id,
        name: part.name,
        input: parseInput(part.arguments),
      }
    case 'tool-result':
      return writeToolResult(part)
    case 'image':
      return { ...part.extra, type: 'image', source: writeImageSource(part.url) }
    case 'file':
      return writeFile(part)
    case 'item':
      return part.value
    case 'audio':
      return notExpressible('audio', dialect)
  }
}

/** Without the marks that say how another dialect spelled the part. */
const own = (extra: Fields | undefined): Fields => {
  const { field: _field, item: _item, ...rest } = extra ?? {}
  return rest
}

const parseInput = (text: string): unknown => {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    return notExpressible('tool_calls.arguments', dialect)
  }
}

const writeToolResult = (part: Extract<Part, { readonly type: 'tool-result' }>) => ({
  ...own(part.extra),
  type: 'tool_result',
  tool_use_id: part.id,
  ...(part.content.length > 0 && { content: writeContent(part.content) }),
  ...(part.isError !== undefined && { is_error: part.isError }),
})

const writeImageSource = (url: string) => {
  const inline = parseDataUrl(url)
  return inline ? { type: 'base64', media_type: inline.mediaType, data: inline.data } : { type: 'url', url }
}

const writeFile = (part: Extract<Part, { readonly type: 'file' }>) => {
  const inline = part.data === undefined ? undefined : parseDataUrl(part.data)
  if (!inline) return notExpressible('file', dialect)
  return {
    ...part.extra,
    type: 'document',
    source: { type: 'base64', media_type: inline.mediaType, data: inline.data },
    ...(part.name !== undefined && { title: part.name }),
  }
}

const writeTool = (tool: Tool): unknown =>
  tool.item
    ? tool.item.value
    : {
        ...tool.extra,
        ...compact({ name: tool.name, description: tool.description, strict: tool.strict }),
        input_schema: tool.parameters ?? { type: 'object' },
      }

const writeToolChoice = (choice: ChatRequest['toolChoice'], rest: unknown): unknown => {
  if (choice === undefined) return undefined
  if (typeof choice === 'object') return { ...objectOf(rest), type: 'tool', name: choice.name }
  return { ...objectOf(rest), type: choice === 'required' ? 'any' : choice }
}

const writeOutput = (format: ResponseFormat | undefined, rest: unknown): unknown => {
  if (format === undefined || format.type === 'text') return isEmpty(objectOf(rest) ?? {}) ? undefined : rest
  if (format.type === 'json') return notExpressible('response_format', dialect)
  return { ...objectOf(rest), format: { ...format.extra, type: 'json_schema', schema: format.schema } }
}
