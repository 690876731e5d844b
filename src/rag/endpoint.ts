// Where the vectors and the scores of a knowledge base come from, once secrets and deployments are resolved. Knows
// no transport.

import type { KnowledgeBase } from '../spec/index.js'
import type { OnnxModel } from './onnx.js'

/** `key` is the secret itself; `onnx` stands in place of `address` for a model that runs in this process. */
export interface EmbeddingsEndpoint extends NonNullable<KnowledgeBase['embeddings']> {
  readonly onnx?: OnnxModel | undefined
}

/** `key` is the secret itself. */
export type RerankEndpoint = NonNullable<KnowledgeBase['rerank']>

/** A knowledge base as the knowledge process takes it: with endpoints in place of deployments and secrets. */
export interface ResolvedKnowledge extends KnowledgeBase {
  readonly embeddings?: EmbeddingsEndpoint | undefined
}

/** How an endpoint is named where people read it. */
export const placeOf = ({ address, deployment, model }: EmbeddingsEndpoint | RerankEndpoint): string =>
  address ?? deployment ?? model ?? '?'
