// POST /v1/embeddings in OpenAI's shape.

import {
  type EmbeddingAnswer,
  type EmbeddingRequest,
  inputTokens,
  inputUsage,
  type Vector,
} from '../llm/index.js'
import { withModelOfPath } from './azure-paths.js'
import {
  checkAllFields,
  type FieldRules,
  isListOf,
  isText,
  modelName,
  rule,
  wholeNumber,
} from './check-fields.js'
import type { Handler } from './exchange.js'
import { gatewayError } from './messages.js'
import { createWholeAnswers, type WholeAnswerDeps, type WholeEndpoint } from './whole-answers.js'

export const createEmbeddings = (deps: WholeAnswerDeps): Handler => createWholeAnswers(deps, endpoint)

type EmbeddingEndpoint = WholeEndpoint<'embedding', EmbeddingRequest, EmbeddingAnswer>

/** What embeddings have in common in any dialect. */
export const embedding: Omit<EmbeddingEndpoint, 'read' | 'write'> = {
  kind: 'embedding',
  operation: 'embeddings',
  refuse: ({ route, candidates, policy }, { input }) => {
    if (typeof input[0] === 'string') return
    const isGuarded = policy !== undefined
    if (isGuarded || !candidates.every(({ keyed }) => keyed[0].engine.takesTokens))
      throw gatewayError('gateway.tokens-not-taken', { model: route.name, isGuarded, field: 'input' })
  },
  mapTexts: (request, check) => {
    const texts = request.input.filter((item) => typeof item === 'string')
    return texts.length > 0 ? { ...request, input: texts.map(check) } : request
  },
  reservation: ({ input }) => inputUsage(inputTokens(input)),
  ask: (engine, request, call) => engine.embed(request, call),
}

const endpoint: EmbeddingEndpoint = {
  ...embedding,
  read: (body, [model]) => {
    const fields = checkAllFields(withModelOfPath(body, model), rules)
    return { model: fields.model as string, request: requestOf(fields) }
  },
  write: ({ vectors, usage }, { model, asked }) => ({
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: asked.encoding === 'base64' ? base64Of(vector) : Array.from(vector),
    })),
    model,
    usage: { prompt_tokens: usage.input.total, total_tokens: usage.input.total },
  }),
}

/** OpenAI's own limit of inputs in one request. */
export const maxInputs = 2048

const isInput = (value: unknown) => isText(value) && value !== ''
const isTokenList = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((id) => Number.isInteger(id) && id >= 0)

const rules: FieldRules = {
  required: {
    model: modelName,
    input: rule(
      `a text, a list of 1 to ${maxInputs} texts, or token ids, and no text may be empty`,
      `一段文字、1 到 ${maxInputs} 段文字的清單，或詞元編號，且文字不可為空`,
      (value) =>
        isInput(value) ||
        (Array.isArray(value) &&
          value.length > 0 &&
          (isTokenList(value) ||
            (value.length <= maxInputs && (isListOf(isInput)(value) || isListOf(isTokenList)(value))))),
    ),
  },
  optional: {
    encoding_format: rule(
      '"float" or "base64"',
      '"float" 或 "base64"',
      (value) => value === 'float' || value === 'base64',
    ),
    dimensions: wholeNumber(1, 65_536),
    input_type: rule(
      'a text such as "query" or "document"',
      '文字，例如 "query" 或 "document"',
      (value) => isText(value) && value !== '',
    ),
    user: rule('a text', '文字', isText),
  },
}

const requestOf = (fields: Readonly<Record<string, unknown>>): EmbeddingRequest => {
  const { model: _model, input, encoding_format, dimensions, input_type, ...extra } = fields
  const isOne = isText(input) || isTokenList(input)
  return {
    input: (isOne ? [input] : input) as EmbeddingRequest['input'],
    encoding: encoding_format === 'base64' ? 'base64' : 'float',
    ...(typeof dimensions === 'number' && { dimensions }),
    ...(isText(input_type) && { inputType: input_type }),
    extra,
  }
}

/** Float32 in little-endian order. */
const base64Of = (vector: Vector): string => {
  const numbers = vector instanceof Float32Array ? vector : Float32Array.from(vector)
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64')
}
