// The engine for rerank endpoints: Jina's shape, which vLLM, llama-server and most gateways speak, Cohere's, which it
// is a copy of, and that of Hugging Face's text-embeddings-inference (`texts` in, a bare list out).

import type { Clock, Usage } from '../../core/index.js'
import { estimateTokens } from '../estimate-tokens.js'
import type { RerankAnswer, RerankModel, RerankRequest, RerankResult } from '../vector-contract.js'
import { listOf, numberOf, objectOf } from '../wire/fields.js'
import { count } from '../wire/openai-chat-usage.js'
import { createJsonUpstream, endpointPath, type JsonUpstreamOptions, unreadable } from './json-upstream.js'
import { inputUsage } from './openai-embedding.js'

/** What a server calls things. */
export type RerankShape = 'jina' | 'tei'

export interface HttpRerankOptions {
  readonly deployment: JsonUpstreamOptions['deployment'] & {
    readonly model: string
    readonly contextLength: number
  }
  readonly shape: RerankShape
  readonly apiKey?: string | undefined
  readonly clock: Clock
}

export interface ClosableRerankModel extends RerankModel {
  close(): Promise<void>
}

const bodies: Readonly<Record<RerankShape, (model: string, request: RerankRequest) => object>> = {
  jina: (model, { query, documents, topN, extra }) => ({
    ...extra,
    model,
    query,
    documents,
    ...(topN !== undefined && { top_n: topN }),
  }),
  tei: (_model, { query, documents, extra }) => ({ truncate: true, ...extra, query, texts: documents }),
}

/** text-embeddings-inference serves at the root, the others below /v1. */
const roots: Readonly<Record<RerankShape, string>> = { jina: '/v1', tei: '' }

/** @throws `llm.address-missing` */
export const createHttpRerankModel = (options: HttpRerankOptions): ClosableRerankModel => {
  const { deployment, shape } = options
  const upstream = createJsonUpstream({ ...options, pathOf: endpointPath('rerank', roots[shape]) })
  return {
    id: deployment.id,
    contextLength: deployment.contextLength,
    rerank: (request, call) => {
      const estimate = inputUsage(rerankTokens(request))
      const read = (value: unknown, upstreamRequestId?: string) => ({
        ...readAnswer(value, request, { estimate, deployment: deployment.id }),
        ...(upstreamRequestId !== undefined && { upstreamRequestId }),
      })
      return upstream.post(bodies[shape](deployment.model, request), call, { estimate, read })
    },
    close: upstream.close,
  }
}

/** An estimate: a cross-encoder reads the query once with every document. */
export const rerankTokens = ({ query, documents }: RerankRequest): number => {
  const each = estimateTokens(query)
  return documents.reduce((sum, document) => sum + each + estimateTokens(document), 0)
}

const readAnswer = (
  value: unknown,
  { documents, topN }: RerankRequest,
  { estimate, deployment }: { readonly estimate: Usage; readonly deployment: string },
): RerankAnswer => {
  const body = objectOf(value)
  const listed = Array.isArray(value) ? value : (body?.results ?? body?.data)
  if (!Array.isArray(listed)) throw unreadable(deployment, 'no list of results')
  const seen = new Set<number>()
  const results = listOf(listed).map((item): RerankResult => {
    const fields = objectOf(item) ?? {}
    const index = numberOf(fields.index)
    const score = numberOf(fields.relevance_score) ?? numberOf(fields.score)
    if (index === undefined || !(index in documents) || seen.has(index))
      throw unreadable(deployment, `a result's index ${String(fields.index)} is wrong or comes twice`)
    if (score === undefined) throw unreadable(deployment, 'a result without a score')
    seen.add(index)
    return { index, score }
  })
  const expected = Math.min(documents.length, topN ?? documents.length)
  if (results.length < expected)
    throw unreadable(deployment, `${results.length} results where ${expected} were asked for`)
  const best = [...results].sort((a, b) => b.score - a.score || a.index - b.index).slice(0, expected)
  const tokens = count(objectOf(body?.usage)?.total_tokens)
  return tokens > 0
    ? { results: best, usage: inputUsage(tokens), usageSource: 'reported' }
    : { results: best, usage: estimate, usageSource: 'estimated' }
}
