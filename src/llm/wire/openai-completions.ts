// The dialect of OpenAI's older completions API, in which a model goes on writing a raw text. Only engines that have
// this API themselves can answer it; the text of a choice is otherwise read and written as that of a chat. Not among
// `codecs`: no chat can be said in it.

import type { ChatEvent, ChatRequest, Message, Part, Wire } from '../contract.js'
import { attachOrigin } from '../identity.js'
import {
  compact,
  type Fields,
  fieldsIn,
  listOf,
  numberOf,
  objectOf,
  requireObject,
  requireString,
  restOf,
  stringOf,
  unreadable,
} from './fields.js'
import {
  decodeAnswer as decodeChatAnswer,
  decodeFrame as decodeChatFrame,
  decodeChunkFields,
} from './openai-chat-decode.js'
import { encodeAnswer as encodeChatAnswer } from './openai-chat-encode-answer.js'
import { createStreamEncoder as createChatEncoder } from './openai-chat-encode-stream.js'
import { asChat, asCompletion, type Offsets } from './openai-completions-choice.js'
import { frameData } from './sse-frame.js'
import { createSseParser } from './sse-parser.js'
import { sseText } from './sse-writer.js'
import type { DecoderOptions, WireCodec } from './wire-codec.js'

const dialect = 'openai-completions'

/** Marks the message that is no prompt but the text behind the completion. */
const suffix = { field: 'suffix' } as const
const isSuffix = ({ extra }: Message) => extra?.field === suffix.field

/** One message per prompt, so that each is looked at by whoever looks at messages; token ids are an item. */
const decodeRequest = (json: unknown, wire?: Wire): ChatRequest => {
  const body = requireObject(json, 'body')
  const prompts = promptsOf(body.prompt)
  const behind = stringOf(body.suffix)
  const stop = readStop(body.stop)
  const settings = compact({
    maxOutputTokens: numberOf(body.max_tokens),
    temperature: numberOf(body.temperature),
    topP: numberOf(body.top_p),
    seed: numberOf(body.seed),
    stop,
  })
  const request: ChatRequest = {
    model: requireString(body.model, 'model'),
    messages: [
      ...prompts.map((prompt): Message => ({ role: 'user', parts: [partOf(prompt)] })),
      ...(behind === undefined ? [] : [{ role: 'user' as const, parts: [partOf(behind)], extra: suffix }]),
    ],
    stream: body.stream === true,
    ...settings,
    choices: prompts.length * (numberOf(body.n) ?? 1),
    extra: restOf(body, known),
    dialect,
  }
  return wire ? attachOrigin(request, wire) : request
}

const known = new Set([
  'model',
  'prompt',
  'suffix',
  'max_tokens',
  'temperature',
  'top_p',
  'seed',
  'stop',
  'stream',
])

type Prompt = string | readonly number[]

const isTokens = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every(Number.isInteger)

const promptsOf = (value: unknown): readonly Prompt[] => {
  if (typeof value === 'string' || isTokens(value)) return [value]
  const prompts = listOf(value)
  return prompts.length > 0 && prompts.every((one): one is Prompt => typeof one === 'string' || isTokens(one))
    ? prompts
    : unreadable('prompt', 'a text, a list of texts, or token ids')
}

const partOf = (prompt: Prompt): Part =>
  typeof prompt === 'string'
    ? { type: 'text', text: prompt, source: 'user' }
    : { type: 'item', dialect, value: prompt }

const readStop = (value: unknown): readonly string[] | undefined => {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) && value.every((stop) => typeof stop === 'string') ? value : undefined
}

const encodeRequest = (request: ChatRequest): Record<string, unknown> => {
  const prompts = request.messages.filter((message) => !isSuffix(message)).map(promptOf)
  const behind = request.messages.find(isSuffix)
  return {
    ...request.extra,
    model: request.model,
    prompt: prompts.length === 1 ? prompts[0] : prompts,
    ...(request.stream && { stream: true }),
    ...compact({
      suffix: behind && promptOf(behind),
      max_tokens: request.maxOutputTokens,
      temperature: request.temperature,
      top_p: request.topP,
      seed: request.seed,
      stop: request.stop,
    }),
  }
}

const promptOf = ({ parts }: Message): unknown => {
  const [first] = parts
  if (first?.type === 'item') return first.value
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

const decodeChunk = (data: string, options: DecoderOptions): readonly ChatEvent[] => {
  if (data === '[DONE]') return []
  const chunk = fieldsIn(data)
  // What is no object is garbage in any dialect.
  return chunk
    ? decodeChunkFields(asChat(chunk, 'delta'), options)
    : decodeChatFrame(Buffer.from(sseText(data)), options)
}

/** The events of bytes that hold whole SSE events; never throws. */
export const decodeFrame = (bytes: Uint8Array, options: DecoderOptions = {}): readonly ChatEvent[] =>
  frameData(bytes).flatMap((data) => decodeChunk(data, options))

export const decodeAnswer: WireCodec['decodeAnswer'] = (json, options) => {
  const body = objectOf(json)
  return decodeChatAnswer(body ? asChat(body, 'message') : json, options)
}

export const openaiCompletionsCodec: WireCodec = {
  dialect,
  decodeRequest,
  encodeRequest,
  createStreamDecoder: (options = {}) => {
    const parser = createSseParser()
    return {
      push: (bytes) => parser.push(bytes).flatMap(({ data }) => decodeChunk(data, options)),
      end: () => [],
    }
  },
  createStreamEncoder: (options) => {
    const chat = createChatEncoder(options)
    const offsets: Offsets = new Map()
    const rewritten = (bytes: Uint8Array) =>
      Buffer.from(
        frameData(bytes)
          .map((data) => sseText(data === '[DONE]' ? data : rewrite(data, offsets)))
          .join(''),
      )
    return {
      encode: (events) => rewritten(chat.encode(events)),
      end: () => rewritten(chat.end()),
    }
  },
  decodeAnswer,
  encodeAnswer: (events, options) => asCompletion(encodeChatAnswer(events, options), new Map()),
}

const rewrite = (data: string, offsets: Offsets): string =>
  JSON.stringify(asCompletion(JSON.parse(data) as Fields, offsets))
