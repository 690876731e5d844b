// The completions dialect as the gateway serves it. A raw text can only go on in an engine that has this API, and only
// as it is: a route that makes a chat of what it gets refuses it.

import { type ChatRequest, openaiCompletionsCodec } from '../../llm/index.js'
import { withModelOfPath } from '../azure-paths.js'
import {
  checkAllFields,
  type FieldRules,
  flag,
  isListOf,
  isObject,
  isText,
  modelName,
  number,
  object,
  rule,
  wholeNumber,
} from '../check-fields.js'
import { gatewayError } from '../messages.js'
import { parseJson } from '../parse-json.js'
import type { ServedChat } from '../served-route.js'
import type { ChatDialect } from './chat-dialect.js'
import { openaiEnvelope } from './envelope.js'

const codec = openaiCompletionsCodec

const maxPrompts = 2048

const isTokens = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((id) => Number.isInteger(id) && id >= 0)

const any = wholeNumber(0, Number.MAX_SAFE_INTEGER)

const rules: FieldRules = {
  required: {
    model: modelName,
    prompt: rule(
      `a text, a list of 1 to ${maxPrompts} texts, or token ids`,
      `一段文字、1 到 ${maxPrompts} 段文字的清單，或詞元編號`,
      (value) =>
        isText(value) ||
        isTokens(value) ||
        (Array.isArray(value) &&
          value.length > 0 &&
          value.length <= maxPrompts &&
          (isListOf(isText)(value) || isListOf(isTokens)(value))),
    ),
  },
  optional: {
    stream: flag,
    echo: flag,
    suffix: rule('a text', '文字', isText),
    max_tokens: any,
    n: wholeNumber(1, 128),
    best_of: wholeNumber(1, 128),
    logprobs: any,
    temperature: number(0, 2),
    top_p: number(0, 1),
    presence_penalty: number(-2, 2),
    frequency_penalty: number(-2, 2),
    seed: rule('a whole number', '整數', Number.isInteger),
    stop: rule(
      'a text or a list of texts',
      '文字或文字的清單',
      (value) => isText(value) || isListOf(isText)(value),
    ),
    stream_options: object,
    logit_bias: object,
  },
}

const read = (bytes: Buffer, [model]: readonly string[]): ChatRequest =>
  codec.decodeRequest(checkAllFields(withModelOfPath(parseJson(bytes), model), rules), {
    dialect: 'openai-completions',
    framing: 'json',
    bytes,
  })

/** @throws gateway.raw-text-refused, gateway.tokens-not-taken */
const refuse = ({ route }: ServedChat, { model, messages, extra }: ChatRequest): void => {
  if (route.knowledge !== undefined || route.prompt !== undefined || 'cascade' in route.strategy)
    throw gatewayError('gateway.raw-text-refused', { model })
  const isUnreadable =
    messages.some(({ parts }) => parts.some(({ type }) => type === 'item')) ||
    (extra.prompt_embeds !== undefined && extra.prompt_embeds !== null)
  if (isUnreadable && route.guardrails !== undefined)
    throw gatewayError('gateway.tokens-not-taken', { model, isGuarded: true, field: 'prompt' })
}

export const openaiCompletions: ChatDialect = {
  codec,
  read,
  refuse,
  answerId: (requestId) => `cmpl-${requestId}`,
  wantsUsage: ({ extra: { stream_options: options } }) => isObject(options) && options.include_usage === true,
  envelope: openaiEnvelope,
}
