// Writes a request of OpenAI's chat completions API. Differences to what came in, when nothing was edited: an
// assistant's absent content becomes null; a null description of a tool's parameters is left out.

import type { ChatRequest, Extra, Message, Part, ResponseFormat, Tool } from '../contract.js'
import { writeFailure } from './failed-result.js'
import { compact, type Fields, objectOf } from './fields.js'
import { expressible, notExpressible } from './foreign-fields.js'
import { takeWishes } from './gemini-wishes.js'
import { takeChatFields } from './openai-shared-fields.js'

const dialect = 'openai-chat'

const sayable = new Set(['penalties'] as const)

export const encodeRequest = (given: ChatRequest): Record<string, unknown> => {
  const wishes = takeWishes(given, sayable)
  const shared = takeChatFields(wishes.request)
  const request = expressible(shared.request, dialect)
  const own = request.dialect === undefined || request.dialect === dialect
  const extra = own ? request.extra : {}
  return {
    ...extra,
    ...shared.fields,
    ...wishes.fields,
    model: request.model,
    messages: own
      ? request.messages.flatMap(writeMessage)
      : mergeAssistants(request.messages.flatMap(writeMessage)),
    ...(request.stream || 'stream' in extra ? { stream: request.stream } : {}),
    ...compact({
      tools: request.tools?.map(writeTool),
      tool_choice: writeToolChoice(request.toolChoice),
      temperature: request.temperature,
      top_p: request.topP,
      seed: request.seed,
      n: request.choices,
      response_format: request.responseFormat && writeResponseFormat(request.responseFormat),
      stop: typeof extra.stop === 'string' && request.stop?.length === 1 ? request.stop[0] : request.stop,
    }),
    ...(request.logprobs && writeLogprobs(request.logprobs)),
    ...writeLimit(request.maxOutputTokens, extra),
  }
}

const writeLogprobs = ({ top }: NonNullable<ChatRequest['logprobs']>): Fields => ({
  logprobs: true,
  ...(top > 0 && { top_logprobs: top }),
})

/** `max_tokens` where the request spelled it so, otherwise its successor. */
const writeLimit = (limit: number | undefined, extra: Extra): Fields => {
  if (limit === undefined) return {}
  return typeof extra.max_tokens === 'number' ? { max_tokens: limit } : { max_completion_tokens: limit }
}

const writeMessage = (message: Message): Record<string, unknown>[] => {
  const results = message.parts.filter((part) => part.type === 'tool-result')
  const others = message.parts.filter((part) => part.type !== 'tool-result')
  const written = results.map((result) => ({
    ...message.extra,
    role: 'tool',
    tool_call_id: result.id,
    content: writeContent(writeFailure(result)),
  }))
  if (others.length === 0 && results.length > 0) return written
  if (message.role === 'assistant') return [...written, writeAssistant(message.parts, message.extra)]
  const [item] = others
  if (message.role === 'tool' && item?.type === 'item') return [item.value as Record<string, unknown>]
  return [...written, { ...message.extra, role: message.role, content: writeContent(others) }]
}

const writeAssistant = (parts: readonly Part[], extra: Extra | undefined): Record<string, unknown> => {
  const content = parts.filter((part) => part.type !== 'reasoning' && !isCall(part))
  const calls = parts.filter(isCall)
  return {
    ...extra,
    role: 'assistant',
    content: content.length > 0 ? writeContent(content) : null,
    ...Object.fromEntries(
      parts.flatMap((part) =>
        part.type === 'reasoning'
          ? [[part.extra?.field === 'reasoning' ? 'reasoning' : 'reasoning_content', part.text]]
          : [],
      ),
    ),
    ...(calls.length > 0 && { tool_calls: calls.map(writeCall) }),
  }
}

/** A tool call of this dialect that we do not know, such as one of a custom tool, is an item with an id. */
const isCall = (part: Part) =>
  part.type === 'tool-call' || (part.type === 'item' && typeof objectOf(part.value)?.id === 'string')

const writeCall = (part: Part): unknown => {
  if (part.type !== 'tool-call') return part.type === 'item' ? part.value : undefined
  const { function: inner, ...outer } = (part.extra ?? {}) as Record<string, unknown>
  return {
    ...outer,
    id: part.id,
    type: 'function',
    function: { ...objectOf(inner), name: part.name, arguments: part.arguments },
  }
}

/** Plain texts, such as the passages a stage puts in, become one string; parts that came as objects stay a list. */
const writeContent = (parts: readonly Part[]): unknown =>
  parts.length > 0 && parts.every((part) => part.type === 'text' && part.extra === undefined)
    ? parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')
    : parts.map(writePart)

const writePart = (part: Part): unknown => {
  const extra = (part.type === 'item' ? {} : (part.extra ?? {})) as Record<string, unknown>
  switch (part.type) {
    case 'text':
      return { ...extra, type: 'text', text: part.text }
    case 'image':
      return {
        ...extra,
        type: 'image_url',
        image_url: { ...objectOf(extra.image_url), url: part.url, ...compact({ detail: part.detail }) },
      }
    case 'audio':
      return {
        ...extra,
        type: 'input_audio',
        input_audio: { ...objectOf(extra.input_audio), data: part.data, format: part.format },
      }
    case 'file':
      return {
        ...extra,
        type: 'file',
        file: {
          ...objectOf(extra.file),
          ...compact({ filename: part.name, file_data: part.data, file_id: part.id }),
        },
      }
    case 'item':
      return part.value
    default:
      return notExpressible(part.type, dialect)
  }
}

const writeTool = (tool: Tool): unknown => {
  if (tool.item) return tool.item.value
  const { function: inner, ...outer } = (tool.extra ?? {}) as Record<string, unknown>
  return {
    ...outer,
    type: 'function',
    function: {
      ...objectOf(inner),
      ...compact({
        name: tool.name,
        description: tool.description,
        parameters: tool.parameters === null ? undefined : tool.parameters,
        strict: tool.strict,
      }),
    },
  }
}

const writeToolChoice = (choice: ChatRequest['toolChoice']): unknown =>
  typeof choice === 'object' ? { type: 'function', function: { name: choice.name } } : choice

const writeResponseFormat = (format: ResponseFormat): unknown => {
  if (format.type === 'text') return { type: 'text' }
  if (format.type === 'json') return { type: 'json_object' }
  const { name, schema, strict, extra } = format
  return { type: 'json_schema', json_schema: { ...extra, ...compact({ name, schema, strict }) } }
}

/** Other dialects give reasoning, text and calls of one turn as messages of their own; chat wants one. */
const mergeAssistants = (messages: readonly Record<string, unknown>[]): Record<string, unknown>[] => {
  const merged: Record<string, unknown>[] = []
  for (const message of messages) {
    const last = merged.at(-1)
    if (last?.role !== 'assistant' || message.role !== 'assistant' || (last.tool_calls && message.content)) {
      merged.push(message)
      continue
    }
    const calls = [last.tool_calls, message.tool_calls].flatMap((list) => (Array.isArray(list) ? list : []))
    merged[merged.length - 1] = {
      ...last,
      ...message,
      content: joinContent(last.content, message.content),
      ...(calls.length > 0 && { tool_calls: calls }),
    }
  }
  return merged
}

const joinContent = (before: unknown, after: unknown): unknown => {
  if (before === null || after === null) return before ?? after
  if (typeof before === 'string' && typeof after === 'string') return `${before}\n\n${after}`
  return [before, after].flatMap((content) =>
    typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  )
}
