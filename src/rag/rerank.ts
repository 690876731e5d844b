// Scores passages against a question: at a rerank endpoint, or by a model in this process. Knows no index.

import { type ArchitectError, type Clock, toArchitectError } from '../core/index.js'
import {
  type ClosableRerankModel,
  createHttpRerankModel,
  inOrderOfScores,
  type RerankResult,
} from '../llm/index.js'
import { placeOf, type RerankEndpoint } from './endpoint.js'
import { endpointDetail, endpointTimeouts } from './endpoint-failure.js'
import { ragError } from './messages.js'
import type { OnnxRank } from './onnx-rank.js'

/**
 * A score for each text, best first.
 * @throws `rag.rerank-unavailable` also when the endpoint's `timeoutMs` is over
 */
export type Rerank = (request: {
  readonly endpoint: RerankEndpoint
  readonly query: string
  readonly texts: readonly string[]
  readonly signal: AbortSignal
}) => Promise<readonly RerankResult[]>

export interface Reranker {
  readonly rerank: Rerank
  close(): Promise<void>
}

export interface RerankerOptions {
  readonly clock: Clock
  /** For endpoints that name a model of this process. */
  readonly rank?: OnnxRank | undefined
}

export const createReranker = ({ clock, rank }: RerankerOptions): Reranker => {
  const models = new Map<string, ClosableRerankModel>()
  const modelOf = (endpoint: RerankEndpoint): ClosableRerankModel => {
    const { address, model = '', key, api } = endpoint
    const name = JSON.stringify([address, model, key, api])
    const known = models.get(name)
    if (known) return known
    const deployment = { id: placeOf(endpoint), model, address, contextLength: 0, timeouts: endpointTimeouts }
    const created = createHttpRerankModel({ deployment, shape: api, apiKey: key, clock })
    models.set(name, created)
    return created
  }
  const rerankThere: Rerank = async ({ endpoint, query, texts, signal }) => {
    const deadlineMs = clock.monotonicMs() + endpoint.timeoutMs
    const { results } = await modelOf(endpoint).rerank(
      { query, documents: texts, extra: {} },
      { requestId: 'knowledge', signal, deadlineMs },
    )
    return results
  }
  const rerankHere = createRerankHere(clock, rank)
  return {
    rerank: async (request) => {
      try {
        return await (request.endpoint.onnx ? rerankHere(request) : rerankThere(request))
      } catch (error) {
        request.signal.throwIfAborted()
        throw unavailable(request.endpoint, error)
      }
    },
    close: async () => {
      await Promise.all([...models.values()].map((model) => model.close()))
    },
  }
}

/** A model that is still being loaded when the time is over goes on loading, for the questions to come. */
const createRerankHere =
  (clock: Clock, rank: OnnxRank | undefined): Rerank =>
  async ({ endpoint, query, texts, signal }) => {
    const { onnx, timeoutMs } = endpoint
    if (!rank || !onnx) throw new Error('this process runs no models')
    const over = new AbortController()
    const until = AbortSignal.any([signal, over.signal])
    const late = clock.sleep(timeoutMs, until).then(() => {
      throw new Error(`no answer within ${timeoutMs} ms`)
    })
    try {
      const { scores } = await Promise.race([late, rank(onnx, { query, documents: texts, signal: until })])
      return inOrderOfScores(scores)
    } finally {
      over.abort()
    }
  }

const unavailable = (endpoint: RerankEndpoint, cause: unknown): ArchitectError =>
  ragError(
    'rag.rerank-unavailable',
    { address: placeOf(endpoint), detail: endpointDetail(cause) },
    { retryable: toArchitectError(cause).retryable, cause },
  )
