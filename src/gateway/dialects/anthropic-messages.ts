// Anthropic's Messages dialect as the gateway serves it: bytes to a request, and the shape of what is around an
// answer. The codec itself is llm's.

import { type ChatRequest, codecs } from '../../llm/index.js'
import {
  checkFields,
  type FieldRules,
  flag,
  isListOf,
  isObject,
  isText,
  modelName,
  nonEmptyList,
  number,
  object,
  rule,
  wholeNumber,
} from '../check-fields.js'
import type { CountDialect } from '../count-tokens.js'
import { parseJson } from '../parse-json.js'
import type { ChatDialect } from './chat-dialect.js'
import { anthropicEnvelope } from './envelope.js'

const codec = codecs['anthropic-messages']

const required = { model: modelName, messages: nonEmptyList('message', '訊息') }

const optional: FieldRules['optional'] = {
  stream: flag,
  system: rule(
    'a text or a list of blocks',
    '文字或區塊的清單',
    (value) => isText(value) || isListOf(isObject)(value),
  ),
  temperature: number(0, 1),
  top_p: number(0, 1),
  top_k: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  stop_sequences: rule('a list of texts', '文字的清單', isListOf(isText)),
  tools: rule('a list of objects', '物件的清單', isListOf(isObject)),
  tool_choice: rule(
    'an object with a "type"',
    '含有 "type" 的物件',
    (value) => isObject(value) && 'type' in value,
  ),
  thinking: object,
  metadata: object,
}

const max_tokens = wholeNumber(1, Number.MAX_SAFE_INTEGER)

const read = (bytes: Buffer, rules: FieldRules): ChatRequest => {
  const body = checkFields(parseJson(bytes), rules)
  return codec.decodeRequest(body, { dialect: 'anthropic-messages', framing: 'json', bytes })
}

/** A request to count tokens is the same, but needs not say how long the answer may be. */
export const anthropicCount: CountDialect = {
  read: (bytes) => read(bytes, { required, optional: { ...optional, max_tokens } }),
  write: (tokens) => ({ input_tokens: tokens }),
}

export const anthropicMessages: ChatDialect = {
  codec,
  read: (bytes) => read(bytes, { required: { ...required, max_tokens }, optional }),
  answerId: (requestId) => `msg_${requestId.slice(requestId.indexOf('_') + 1)}`,
  wantsUsage: () => true,
  envelope: anthropicEnvelope,
}
