// POST /v1/rerank in the shape that Cohere, Jina and vLLM share: documents in order of a query.

import { inputUsage, type RerankAnswer, type RerankRequest, rerankTokens } from '../llm/index.js'
import {
  checkAllFields,
  type FieldRules,
  flag,
  isListOf,
  isObject,
  isText,
  modelName,
  rule,
  wholeNumber,
} from './check-fields.js'
import type { Handler } from './exchange.js'
import { createWholeAnswers, type WholeAnswerDeps, type WholeEndpoint } from './whole-answers.js'

export const createRerank = (deps: WholeAnswerDeps): Handler => createWholeAnswers(deps, endpoint)

interface AskedRerank extends RerankRequest {
  readonly returnsDocuments: boolean
}

const endpoint: WholeEndpoint<'rerank', AskedRerank, RerankAnswer> = {
  kind: 'rerank',
  operation: 'rerank',
  read: (body) => {
    const fields = checkAllFields(body, rules)
    return { model: fields.model as string, request: requestOf(fields) }
  },
  mapTexts: (request, check) => ({
    ...request,
    query: check(request.query),
    documents: request.documents.map(check),
  }),
  reservation: (request) => inputUsage(rerankTokens(request)),
  ask: (engine, { query, documents, topN, extra }, call) =>
    engine.rerank({ query, documents, ...(topN !== undefined && { topN }), extra }, call),
  write: ({ results, usage }, { model, asked, id }) => ({
    id,
    model,
    results: results.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(asked.returnsDocuments && { document: { text: asked.documents[index] } }),
    })),
    usage: { prompt_tokens: usage.input.total, total_tokens: usage.input.total },
  }),
}

const maxDocuments = 1000

const isDocument = (value: unknown) => isText(value) || (isObject(value) && isText(value.text))

const rules: FieldRules = {
  required: {
    model: modelName,
    query: rule('a text', '一段文字', (value) => isText(value) && value.trim() !== ''),
    documents: rule(
      `a list of 1 to ${maxDocuments} texts, or of objects with a "text"`,
      `1 到 ${maxDocuments} 段文字的清單，或含有 "text" 的物件清單`,
      (value) =>
        isListOf(isDocument)(value) &&
        (value as readonly unknown[]).length > 0 &&
        (value as readonly unknown[]).length <= maxDocuments,
    ),
  },
  optional: { top_n: wholeNumber(1, Number.MAX_SAFE_INTEGER), return_documents: flag },
}

const requestOf = (fields: Readonly<Record<string, unknown>>): AskedRerank => {
  const { model: _model, query, documents, top_n, return_documents, ...extra } = fields
  return {
    query: query as string,
    documents: (documents as readonly (string | { readonly text: string })[]).map((document) =>
      isText(document) ? document : document.text,
    ),
    ...(typeof top_n === 'number' && { topN: top_n }),
    returnsDocuments: return_documents === true,
    extra,
  }
}
