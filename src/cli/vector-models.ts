// The embedding and rerank models of an architecture. Chat models are made in build-system.ts.

import type { Clock } from '../core/index.js'
import {
  createHttpRerankModel,
  createOpenAiEmbeddingModel,
  createPortEmbeddingModel,
  type EmbeddingModel,
  type RerankModel,
} from '../llm/index.js'
import type { Deployment } from '../spec/index.js'
import { openAiCompatibleNames } from './engines.js'
import { cliError } from './messages.js'
import type {
  EmbeddingEngineFactory,
  EmbedHere,
  Plugin,
  RerankEngineFactory,
  VectorEngineContext,
} from './plugin.js'

const addressOf = ({ id, engine, address }: Deployment): string => {
  if (address === undefined) throw cliError('cli.address-missing', { deployment: id, engine })
  return address
}

const openAiEmbedding: EmbeddingEngineFactory = ({ deployment, apiKey, clock }) => {
  const { id, model, contextLength, timeouts, quirks } = deployment
  const { noTokenInput } = quirks
  const address = addressOf(deployment)
  return createOpenAiEmbeddingModel({
    deployment: { id, model, contextLength, timeouts, address, noTokenInput },
    apiKey,
    clock,
  })
}

const httpRerank =
  (shape: 'jina' | 'tei'): RerankEngineFactory =>
  ({ deployment, apiKey, clock }) => {
    const { id, model, contextLength, timeouts } = deployment
    const address = addressOf(deployment)
    return createHttpRerankModel({
      deployment: { id, model, contextLength, timeouts, address },
      shape,
      apiKey,
      clock,
    })
  }

/** Runs in the knowledge process, beside the index. */
const transformers: EmbeddingEngineFactory = ({ deployment, embedHere, checkHere }) => {
  checkHere(deployment)
  const { id, contextLength } = deployment
  return createPortEmbeddingModel({
    id,
    contextLength,
    embedTexts: (request) => embedHere(deployment, request),
  })
}

const servers = [...openAiCompatibleNames, 'cohere', 'jina']

export const embeddingEngines: Readonly<Record<string, EmbeddingEngineFactory>> = {
  ...Object.fromEntries([...servers, 'tei'].map((name) => [name, openAiEmbedding])),
  transformers,
}

export const rerankEngines: Readonly<Record<string, RerankEngineFactory>> = {
  ...Object.fromEntries(servers.map((name) => [name, httpRerank('jina')])),
  tei: httpRerank('tei'),
}

/** Whether the engine is a server that speaks one of the known APIs at the deployment's address. */
export const isServerEngine =
  (plugins: readonly Plugin[]) =>
  ({ kind, engine }: Deployment): boolean => {
    const isEmbedding = kind === 'embedding'
    const isReplaced = plugins.some((plugin) =>
      Object.hasOwn((isEmbedding ? plugin.embeddingEngines : plugin.rerankEngines) ?? {}, engine),
    )
    return !isReplaced && (servers.includes(engine) || engine === 'tei')
  }

export interface VectorParts {
  readonly plugins: readonly Plugin[]
  readonly keyOf: (deployment: Deployment) => string | undefined
  readonly embedHere: EmbedHere
  readonly checkHere: VectorEngineContext['checkHere']
  readonly clock: Clock
}

export interface VectorModels {
  readonly embeddingModels: ReadonlyMap<string, EmbeddingModel>
  readonly rerankModels: ReadonlyMap<string, RerankModel>
  close(): Promise<void>
}

/** @throws `cli.engine-unknown` | `cli.address-missing` */
export const createVectorModels = (deployments: readonly Deployment[], parts: VectorParts): VectorModels => {
  const { plugins, keyOf, ...here } = parts
  const make = <Model>(
    kind: Deployment['kind'],
    engines: Readonly<Record<string, (context: Parameters<EmbeddingEngineFactory>[0]) => Model>>,
  ): ReadonlyMap<string, Model> =>
    new Map(
      deployments
        .filter((deployment) => deployment.kind === kind)
        .map((deployment) => {
          const { id, engine } = deployment
          const factory = Object.hasOwn(engines, engine) ? engines[engine] : undefined
          if (!factory) {
            const known = Object.keys(engines).join(', ')
            throw cliError('cli.engine-unknown', { deployment: id, engine, known })
          }
          return [id, factory({ deployment, apiKey: keyOf(deployment), ...here })]
        }),
    )
  const embeddingModels = make<EmbeddingModel>(
    'embedding',
    Object.assign({}, embeddingEngines, ...plugins.map((plugin) => plugin.embeddingEngines ?? {})),
  )
  const rerankModels = make<RerankModel>(
    'rerank',
    Object.assign({}, rerankEngines, ...plugins.map((plugin) => plugin.rerankEngines ?? {})),
  )
  return {
    embeddingModels,
    rerankModels,
    close: async () => {
      for (const model of [...embeddingModels.values(), ...rerankModels.values()]) await closeModel(model)
    },
  }
}

const closeModel = async (model: object & { close?: () => Promise<void> }) => model.close?.()
