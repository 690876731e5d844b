// Where the vectors and the scores of a knowledge base come from, once secrets and deployments are resolved. Knows
// no transport.

import type { KnowledgeBase } from '../spec/index.js'
import type { OnnxModel } from './onnx.js'
import type { OnnxRanker } from './onnx-rank.js'

/** `key` is the secret itself; `onnx` stands in place of `address` for a model that runs in this process. */
export interface EmbeddingsEndpoint extends NonNullable<KnowledgeBase['embeddings']> {
  readonly onnx?: OnnxModel | undefined
}

/** Likewise. */
export interface RerankEndpoint extends NonNullable<KnowledgeBase['rerank']> {
  readonly onnx?: OnnxRanker | undefined
}

/** A knowledge base as the knowledge process takes it: with endpoints in place of deployments and secrets. */
export interface ResolvedKnowledge extends KnowledgeBase {
  readonly embeddings?: EmbeddingsEndpoint | undefined
  readonly rerank?: RerankEndpoint | undefined
}

/** How an endpoint is named where people read it. */
export const placeOf = ({ address, deployment, model }: EmbeddingsEndpoint | RerankEndpoint): string =>
  address ?? deployment ?? model ?? '?'
