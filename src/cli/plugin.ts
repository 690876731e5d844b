// What a plug-in may bring. Built-in engines and detectors are registered in the same form.

import type { Clock, Log } from '../core/index.js'
import type { Detector } from '../guardrails/index.js'
import type {
  ChatModel,
  EmbeddingModel,
  EmbedTexts,
  ModelFacts,
  RankTexts,
  RerankModel,
} from '../llm/index.js'
import type { Knowledge } from '../rag/index.js'
import type { Deployment } from '../spec/index.js'

/** What an engine is made from. */
export interface EngineContext {
  /** With the quirks that the catalogue knows of its server. */
  readonly deployment: Deployment
  readonly facts: ModelFacts
  /** The deployment's key, resolved; undefined when it names none. */
  readonly apiKey: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** Folder of architecture.yaml, where relative paths start. */
  readonly directory: string
  /** Where `models pull` puts weights. */
  readonly modelsDirectory: string
  /** What the product was started with; child processes get no more of it than they need. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** A model may have `ready`, which `serve` waits for, and `close`. */
export type EngineFactory = (context: EngineContext) => ChatModel | Promise<ChatModel>

/** Vectors by a model that runs in the knowledge process. */
export type EmbedHere = (deployment: Deployment, ...request: Parameters<EmbedTexts>) => ReturnType<EmbedTexts>

/** Scores by a model that runs there. */
export type RankHere = (deployment: Deployment, ...request: Parameters<RankTexts>) => ReturnType<RankTexts>

/** What an engine of kind `embedding` or `rerank` is made from. */
export interface VectorEngineContext extends Omit<EngineContext, 'facts'> {
  readonly embedHere: EmbedHere
  readonly rankHere: RankHere
  /** Throws when the knowledge process could not run the deployment's model. */
  readonly checkHere: (deployment: Deployment) => void
}

/** A model that also has `close()` is closed with its system. */
export type EmbeddingEngineFactory = (
  context: VectorEngineContext,
) => EmbeddingModel | Promise<EmbeddingModel>
export type RerankEngineFactory = (context: VectorEngineContext) => RerankModel | Promise<RerankModel>

export interface Plugin {
  readonly name: string
  /** Engines by the name that `deployments[].engine` uses. A built-in name may be replaced. */
  readonly engines?: Readonly<Record<string, EngineFactory>>
  /** Engines of deployments of kind `embedding` and `rerank`, likewise. */
  readonly embeddingEngines?: Readonly<Record<string, EmbeddingEngineFactory>>
  readonly rerankEngines?: Readonly<Record<string, RerankEngineFactory>>
  /** Detectors that `guardrails[].detectors` switches on by their id. */
  readonly detectors?: readonly Detector[]
  /** Wraps every search of the knowledge bases, for re-ranking or filtering. */
  readonly wrapSearch?: (search: Knowledge['search']) => Knowledge['search']
}

/**
 * Declares a plug-in; a module that `plugins:` names exports it as `plugin`.
 * @example
 * export const plugin = definePlugin({ name: 'echo', engines: { echo: ({ deployment }) => createEcho(deployment.id) } })
 */
export const definePlugin = (plugin: Plugin): Plugin => plugin
