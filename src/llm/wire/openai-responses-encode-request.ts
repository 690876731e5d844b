// Writes a request of OpenAI's Responses API.

import type { ChatRequest, Extra, Message, Part, ResponseFormat, Tool } from '../contract.js'
import { writeFailure } from './failed-result.js'
import { compact, type Fields, objectOf, restOf } from './fields.js'
import { expressible, notExpressible, refuseSettings } from './foreign-fields.js'
import { takeWishes } from './gemini-wishes.js'
import { takeSpokenFields } from './openai-shared-fields.js'

const dialect = 'openai-responses'

export const encodeRequest = (given: ChatRequest): Record<string, unknown> => {
  const isOurs = given.dialect === undefined || given.dialect === dialect
  const taken = takeWishes(given, new Set())
  const spoken = isOurs ? { request: given, fields: {} } : takeSpokenFields(taken.request)
  const labels = isOurs ? { request: spoken.request, fields: {} } : labelsOf(spoken.request)
  const request = expressible(labels.request, dialect)
  refuseSettings(request, ['seed', 'stop', 'choices'], dialect)
  const isOwn = request.dialect === dialect
  const extra = isOwn || request.dialect === undefined ? request.extra : {}
  const [first, ...others] = request.messages
  const isInstructed = first?.role === 'system' && first.extra === undefined && isPlain(first.parts)
  const messages = isInstructed ? others : request.messages
  const { text, ...wishes } = writeWishes({ ...spoken.fields, ...taken.fields })
  return {
    ...(!isOwn && request.logprobs && writeLogprobs(request.logprobs)),
    ...extra,
    ...wishes,
    ...labels.fields,
    model: request.model,
    ...(isInstructed && { instructions: joinTexts(first.parts) }),
    ...(messages.length > 0 && { input: writeInput(messages, isOwn) }),
    ...(request.stream || 'stream' in extra ? { stream: request.stream } : {}),
    ...compact({
      tools: request.tools?.map((tool) => writeTool(tool, isOwn)),
      tool_choice: writeToolChoice(request.toolChoice),
      max_output_tokens: request.maxOutputTokens,
      temperature: request.temperature,
      top_p: request.topP,
      text: writeFormat(request.responseFormat, extra.text ?? text) ?? text,
    }),
  }
}

/**
 * What both of OpenAI's APIs call alike. No other API stores an answer unless it is told to, and this one does:
 * https://platform.openai.com/docs/api-reference/responses/create#responses_create-store
 */
const labelsOf = (request: ChatRequest) => {
  if (request.dialect !== 'openai-chat') return { request, fields: { store: false } }
  const fields = Object.entries(request.extra).filter(
    ([name, value]) => labels.has(name) && value !== undefined && value !== null,
  )
  const extra = restOf(request.extra, labels)
  return { request: { ...request, extra }, fields: { store: false, ...Object.fromEntries(fields) } }
}

const labels: ReadonlySet<string> = new Set([
  'metadata',
  'user',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'store',
])

/** @param fields as chat completions have them */
const writeWishes = ({ reasoning_effort: effort, verbosity, ...others }: Fields): Fields => ({
  ...others,
  ...(effort !== undefined && { reasoning: { effort } }),
  ...(verbosity !== undefined && { text: { verbosity } }),
})

const writeLogprobs = ({ top }: NonNullable<ChatRequest['logprobs']>): Fields => ({
  include: ['message.output_text.logprobs'],
  ...(top > 0 && { top_logprobs: top }),
})

const isPlain = (parts: readonly Part[]) =>
  parts.length > 0 && parts.every((part) => part.type === 'text' && part.extra === undefined)

const joinTexts = (parts: readonly Part[]) =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')

const writeInput = (messages: readonly Message[], isOwn: boolean): unknown => {
  const [only] = messages
  if (messages.length === 1 && only?.role === 'user' && only.extra === undefined && isPlain(only.parts))
    return joinTexts(only.parts)
  return messages.flatMap((message) => writeItems(message, isOwn))
}

/** A message's texts are one item; calls, results and reasoning are items of their own, in order. */
const writeItems = (message: Message, isOwn: boolean): readonly unknown[] => {
  const items: unknown[] = []
  let content: Part[] = []
  const flush = () => {
    if (content.length > 0) items.push(writeMessage(message, content, isOwn))
    content = []
  }
  for (const [position, part] of message.parts.entries()) {
    if (part.type === 'reasoning') {
      flush()
      if (isFirstOfItem(message.parts, position)) items.push(writeReasoning(message.parts, position))
    } else if (part.type === 'tool-call' || part.type === 'tool-result' || isWholeItem(part, message)) {
      flush()
      items.push(writeItem(part, isOwn))
    } else content.push(part)
  }
  flush()
  return items.length > 0 ? items : [writeMessage(message, [], isOwn)]
}

/** An unknown item of the input stands alone in its message; an unknown part stands among others. */
const isWholeItem = (part: Part, message: Message) =>
  part.type === 'item' && message.parts.length === 1 && !isContentType(objectOf(part.value)?.type)

const isContentType = (type: unknown) => /^(input|output)_|^refusal$|^reasoning_text$/.test(String(type))

const writeMessage = ({ role, extra }: Message, parts: readonly Part[], isOwn: boolean) => ({
  ...extra,
  role: role === 'tool' ? 'user' : role,
  content: writeContent(parts, { textType: role === 'assistant' ? 'output_text' : 'input_text', isOwn }),
})

interface Place {
  readonly textType: 'input_text' | 'output_text'
  /** The request came in this dialect, so that what it leaves out it means to leave out. */
  readonly isOwn: boolean
}

const writeContent = (parts: readonly Part[], place: Place): unknown =>
  isPlain(parts) ? joinTexts(parts) : parts.map((part) => writePart(part, place))

const writePart = (part: Part, { textType, isOwn }: Place): unknown => {
  switch (part.type) {
    case 'text':
      return { type: textType, ...part.extra, text: part.text }
    case 'image':
      return {
        ...(!isOwn && { detail: part.detail ?? 'auto' }),
        ...part.extra,
        type: 'input_image',
        image_url: part.url,
      }
    case 'file':
      return {
        ...part.extra,
        type: 'input_file',
        ...compact({ filename: part.name, file_data: part.data, file_id: part.id }),
      }
    case 'item':
      return part.value
    default:
      return notExpressible(part.type, dialect)
  }
}

const writeItem = (part: Part, isOwn: boolean): unknown => {
  if (part.type === 'tool-call') {
    const { id, name } = part
    return { ...part.extra, type: 'function_call', call_id: id, name, arguments: part.arguments }
  }
  if (part.type === 'tool-result') {
    const content = writeFailure(part)
    const output = content.length > 0 ? writeContent(content, { textType: 'input_text', isOwn }) : ''
    return { ...part.extra, type: 'function_call_output', call_id: part.id, output }
  }
  return part.type === 'item' ? part.value : undefined
}

const itemOf = (part: Part | undefined): Fields | undefined =>
  part?.type === 'reasoning' ? objectOf(part.extra?.item) : undefined

/** Whether no earlier part began the reasoning item that this part belongs to. */
const isFirstOfItem = (parts: readonly Part[], position: number) =>
  itemOf(parts[position]) !== undefined || parts[position - 1]?.type !== 'reasoning'

const writeReasoning = (parts: readonly Part[], from: number): unknown => {
  const entries: { summary: unknown[]; content: unknown[] } = { summary: [], content: [] }
  for (const [offset, part] of parts.slice(from).entries()) {
    if (part.type !== 'reasoning' || (offset > 0 && itemOf(part))) break
    const { field, entry } = (part.extra ?? {}) as Extra
    if (field === 'content')
      entries.content.push({ type: 'reasoning_text', ...objectOf(entry), text: part.text })
    else if (field !== 'none')
      entries.summary.push({ type: 'summary_text', ...objectOf(entry), text: part.text })
  }
  const first = parts[from] as Extract<Part, { readonly type: 'reasoning' }>
  return {
    ...itemOf(first),
    type: 'reasoning',
    summary: entries.summary,
    ...(entries.content.length > 0 && { content: entries.content }),
    ...(first.signature !== undefined && itemOf(first) && { encrypted_content: first.signature }),
  }
}

/** `strict` is on by default here and off in the other dialects. */
const writeTool = (tool: Tool, isOwn: boolean): unknown => {
  if (tool.item) return tool.item.value
  const { name, description, parameters } = tool
  const strict = tool.strict ?? (isOwn ? undefined : false)
  return { ...tool.extra, type: 'function', ...compact({ name, description, strict }), parameters }
}

const writeToolChoice = (choice: ChatRequest['toolChoice']): unknown =>
  typeof choice === 'object' ? { type: 'function', name: choice.name } : choice

const writeFormat = (format: ResponseFormat | undefined, rest: unknown): unknown => {
  if (format === undefined) return undefined
  if (format.type === 'text') return { ...objectOf(rest), format: { type: 'text' } }
  if (format.type === 'json') return { ...objectOf(rest), format: { type: 'json_object' } }
  const { name, schema, strict, extra } = format
  return {
    ...objectOf(rest),
    format: { ...extra, type: 'json_schema', ...compact({ name, schema, strict }) },
  }
}
