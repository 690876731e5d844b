// Scores passages against a question at a rerank endpoint. Knows no index.

import { type ArchitectError, type Clock, toArchitectError } from '../core/index.js'
import { type ClosableRerankModel, createHttpRerankModel, type RerankResult } from '../llm/index.js'
import { placeOf, type RerankEndpoint } from './endpoint.js'
import { endpointDetail, endpointTimeouts } from './endpoint-failure.js'
import { ragError } from './messages.js'

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

export const createReranker = (clock: Clock): Reranker => {
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
  return {
    rerank: async ({ endpoint, query, texts, signal }) => {
      try {
        const deadlineMs = clock.monotonicMs() + endpoint.timeoutMs
        const { results } = await modelOf(endpoint).rerank(
          { query, documents: texts, extra: {} },
          { requestId: 'knowledge', signal, deadlineMs },
        )
        return results
      } catch (error) {
        signal.throwIfAborted()
        throw unavailable(endpoint, error)
      }
    },
    close: async () => {
      await Promise.all([...models.values()].map((model) => model.close()))
    },
  }
}

const unavailable = (endpoint: RerankEndpoint, cause: unknown): ArchitectError =>
  ragError(
    'rag.rerank-unavailable',
    { address: placeOf(endpoint), detail: endpointDetail(cause) },
    { retryable: toArchitectError(cause).retryable, cause },
  )
