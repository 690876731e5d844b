// What stands behind the name that clients ask for, by the kind of its deployments.

import type { ChatModel, EmbeddingModel, RerankModel, Tokenizer } from '../llm/index.js'
import type { DeploymentKind, Route } from '../spec/index.js'
import type { Candidate } from './routing/call-candidates.js'

/** The kinds whose answers come whole. */
export type WholeKind = Exclude<DeploymentKind, 'chat'>

export type EngineOf<Kind extends WholeKind> = { embedding: EmbeddingModel; rerank: RerankModel }[Kind]

export interface ServedChat {
  readonly kind: 'chat'
  readonly route: Route
  readonly contextLength: number
  readonly model: ChatModel
  /** Prompt of the route, as the call and the cache name it. */
  readonly promptVariant: string
  /** Whose tokens a text has: of the deployment that answers as a rule, where it can tell. */
  readonly tokenizer: { readonly deployment: string; readonly of: Tokenizer } | undefined
}

export interface ServedEngines<Kind extends WholeKind> {
  readonly kind: Kind
  readonly route: Route
  readonly contextLength: number
  /** In the order in which they are asked. */
  readonly candidates: readonly Candidate<EngineOf<Kind>>[]
  /** Id of the guardrail policy that looks at what comes in; undefined when none does. */
  readonly policy: string | undefined
}

export type ServedRoute = ServedChat | ServedEngines<'embedding'> | ServedEngines<'rerank'>
