// Gemini's dialect as the gateway serves it. What a request is about stands in its path: the model, and whether the
// answer is a stream. The codec itself is llm's.

import { type ChatRequest, codecs } from '../../llm/index.js'
import {
  checkFields,
  type FieldRules,
  type Fields,
  flag,
  isListOf,
  isObject,
  isText,
  nonEmptyList,
  number,
  object,
  rule,
  wholeNumber,
} from '../check-fields.js'
import type { CountDialect } from '../count-tokens.js'
import { parseJson } from '../parse-json.js'
import type { ChatDialect } from './chat-dialect.js'
import { geminiEnvelope } from './envelope.js'

const codec = codecs.gemini

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The API takes each name in two spellings. */
const inBothSpellings = (rules: NonNullable<FieldRules['optional']>): FieldRules => ({
  optional: Object.fromEntries(
    Object.entries(rules).flatMap(([name, one]) => [
      [name, one],
      [snakeCase(name), one],
    ]),
  ),
})

const objects = rule('a list of objects', '物件的清單', isListOf(isObject))

const rules: FieldRules = {
  required: { contents: nonEmptyList('content', '內容') },
  ...inBothSpellings({
    systemInstruction: object,
    tools: objects,
    toolConfig: object,
    generationConfig: object,
    safetySettings: objects,
  }),
}

const config = {
  temperature: number(0, 2),
  topP: number(0, 1),
  topK: number(0, Number.MAX_SAFE_INTEGER),
  candidateCount: wholeNumber(1, 8),
  maxOutputTokens: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  stopSequences: rule(
    'a list of at most 5 texts',
    '最多 5 段文字的清單',
    (value) => isListOf(isText)(value) && (value as readonly string[]).length <= 5,
  ),
  seed: rule('a whole number', '整數', Number.isInteger),
  responseLogprobs: flag,
  logprobs: wholeNumber(0, 20),
  presencePenalty: number(-2, 2),
  frequencyPenalty: number(-2, 2),
  responseMimeType: rule('a media type', '媒體類型', isText),
  responseSchema: object,
  thinkingConfig: object,
}

const inConfig = (fields: NonNullable<FieldRules['optional']>) =>
  Object.fromEntries(Object.entries(fields).map(([name, one]) => [`generationConfig.${name}`, one]))

const configRules: FieldRules = { optional: inConfig(inBothSpellings(config).optional ?? {}) }

/** The fields of a request, whichever way it came. @throws gateway.field-missing, gateway.field-invalid */
const check = (body: unknown): Fields => {
  const fields = checkFields(body, rules)
  const given = fields.generationConfig ?? fields.generation_config
  if (isObject(given))
    checkFields(
      Object.fromEntries(Object.entries(given).map(([name, value]) => [`generationConfig.${name}`, value])),
      configRules,
    )
  return fields
}

const createDialect = (stream: boolean): ChatDialect => ({
  codec,
  read: (bytes, [model = '']) =>
    codec.decodeRequest(
      { ...check(parseJson(bytes)), model, stream },
      { dialect: 'gemini', framing: 'json', bytes },
    ),
  answerId: (requestId) => requestId,
  wantsUsage: () => true,
  /** Without `alt=sse` a stream is one JSON array, element by element. */
  framing: (search) => (new URLSearchParams(search).get('alt') === 'sse' ? 'sse' : 'json'),
  envelope: geminiEnvelope,
})

export const geminiGenerate = createDialect(false)
export const geminiStream = createDialect(true)

/** What is to be counted is a list of contents, or a whole request in `generateContentRequest`. */
export const geminiCount: CountDialect = {
  read: (bytes, [model = '']): ChatRequest => {
    const body = parseJson(bytes)
    const whole = isObject(body) ? (body.generateContentRequest ?? body.generate_content_request) : undefined
    return codec.decodeRequest({ ...check(whole ?? body), model, stream: false })
  },
  write: (tokens) => ({ totalTokens: tokens }),
}
