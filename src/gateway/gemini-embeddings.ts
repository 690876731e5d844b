// Gemini's embedContent and batchEmbedContents. The official clients ask for a batch even of one text.

import type { EmbeddingRequest } from '../llm/index.js'
import {
  absent,
  checkFields,
  type FieldRules,
  type Fields,
  isListOf,
  isObject,
  isText,
  object,
  rule,
  wholeNumber,
} from './check-fields.js'
import { embedding, maxInputs } from './embeddings.js'
import type { Handler } from './exchange.js'
import { gatewayError, type Words } from './messages.js'
import { createWholeAnswers, type WholeAnswerDeps } from './whole-answers.js'

export const createEmbedContent = (deps: WholeAnswerDeps): Handler =>
  createWholeAnswers(deps, {
    ...embedding,
    read: (body, [model = '']) => ({ model, request: requestOf([readOne(body, { model, at: '' })]) }),
    write: ({ vectors: [vector = []], usage }) => ({
      embedding: { values: Array.from(vector) },
      usageMetadata: { promptTokenCount: usage.input.total },
    }),
  })

export const createBatchEmbedContents = (deps: WholeAnswerDeps): Handler =>
  createWholeAnswers(deps, {
    ...embedding,
    read: (body, [model = '']) => {
      const { requests } = checkFields(body, batchRules) as { readonly requests: readonly unknown[] }
      return {
        model,
        request: requestOf(requests.map((one, i) => readOne(one, { model, at: `requests[${i}].` }))),
      }
    },
    write: ({ vectors, usage }) => ({
      embeddings: vectors.map((vector) => ({ values: Array.from(vector) })),
      usageMetadata: { promptTokenCount: usage.input.total },
    }),
  })

const isInRange = (count: number) => count > 0 && count <= maxInputs

const batchRules: FieldRules = {
  required: {
    requests: rule(
      `a list of 1 to ${maxInputs} requests`,
      `1 到 ${maxInputs} 個請求的清單`,
      (value) => isListOf(isObject)(value) && isInRange((value as readonly unknown[]).length),
    ),
  },
}

interface One {
  readonly at: string
  readonly text: string
  readonly inputType: string | undefined
  readonly dimensions: number | undefined
}

/** What a text is for, where an engine can be told. */
const inputTypes: Readonly<Record<string, string | undefined>> = {
  TASK_TYPE_UNSPECIFIED: undefined,
  RETRIEVAL_QUERY: 'query',
  QUESTION_ANSWERING: 'query',
  FACT_VERIFICATION: 'query',
  CODE_RETRIEVAL_QUERY: 'query',
  RETRIEVAL_DOCUMENT: 'document',
}

const taskType = rule(
  `one of ${Object.keys(inputTypes).join(', ')}`,
  `下列之一：${Object.keys(inputTypes).join('、')}`,
  (value) => isText(value) && Object.hasOwn(inputTypes, value),
)
const dimensions = wholeNumber(1, 65_536)

const rulesAt = (at: string, model: string): FieldRules => {
  const optional = {
    model: rule(
      `the model of the path, models/${model}`,
      `路徑中的模型 models/${model}`,
      (value) => value === `models/${model}` || value === model,
    ),
    taskType,
    task_type: taskType,
    outputDimensionality: dimensions,
    output_dimensionality: dimensions,
    title: absent,
  }
  const named = Object.entries(optional).map(([name, one]) => [at + name, one])
  return { required: { [`${at}content`]: object }, optional: Object.fromEntries(named) }
}

const readOne = (value: unknown, { at, model }: { readonly at: string; readonly model: string }): One => {
  const given = isObject(value) ? value : {}
  checkFields(
    Object.fromEntries(Object.entries(given).map(([name, one]) => [at + name, one])),
    rulesAt(at, model),
  )
  return {
    at,
    text: textOf(given.content as Fields, `${at}content.parts`),
    inputType: inputTypes[String(given.taskType ?? given.task_type)],
    dimensions: (given.outputDimensionality ?? given.output_dimensionality ?? undefined) as
      | number
      | undefined,
  }
}

const textParts = rule(
  'a list of parts that have a text, at least one of them not empty',
  '含有文字的部分的清單，其中至少一段文字不可為空',
  (value) =>
    isListOf((part) => isObject(part) && isText(part.text))(value) &&
    (value as readonly { readonly text: string }[]).some(({ text }) => text !== ''),
)

/** @throws gateway.field-invalid for a part that is no text: our engines embed nothing else */
const textOf = ({ parts }: Fields, at: string): string => {
  checkFields({ [at]: parts }, { required: { [at]: textParts } })
  return (parts as readonly { readonly text: string }[]).map(({ text }) => text).join('')
}

/** One call of an engine embeds all texts, so they are all for the same and of one length. */
const requestOf = (asked: readonly One[]): EmbeddingRequest => {
  const [first] = asked
  for (const name of ['inputType', 'dimensions'] as const) {
    const other = asked.find((one) => one[name] !== first?.[name])
    if (other) throw differs(other.at + fieldNames[name], String(other[name]))
  }
  return {
    input: asked.map(({ text }) => text),
    encoding: 'float',
    ...(first?.dimensions !== undefined && { dimensions: first.dimensions }),
    ...(first?.inputType !== undefined && { inputType: first.inputType }),
    extra: {},
  }
}

const fieldNames = { inputType: 'taskType', dimensions: 'outputDimensionality' } as const
const alike: Words = { en: 'the same in all requests', 'zh-TW': '在所有請求中都相同' }

const differs = (field: string, actual: string) =>
  gatewayError('gateway.field-invalid', { field, expected: alike, actual: { en: actual, 'zh-TW': actual } })
