// The embedding and rerank models of an architecture. Chat models are made in build-system.ts.

import type { Keyed } from '../gateway/index.js'
import {
  createHttpRerankModel,
  createOpenAiEmbeddingModel,
  createPortEmbeddingModel,
  createPortRerankModel,
  type EmbeddingModel,
  type LocalModel,
  type RerankModel,
} from '../llm/index.js'
import type { Deployment } from '../spec/index.js'
import { type ApiKey, openWithKeys } from './api-keys.js'
import { openAiCompatibleNames, openLocalModel } from './engines.js'
import { withKnownServer } from './known-server.js'
import { cliError } from './messages.js'
import type { EmbeddingEngineFactory, Plugin, RerankEngineFactory, VectorEngineContext } from './plugin.js'

const addressOf = ({ id, engine, address }: Deployment): string => {
  if (address === undefined) throw cliError('cli.address-missing', { deployment: id, engine })
  return address
}

const openAiEmbedding: EmbeddingEngineFactory = ({ deployment, apiKey, clock }) => {
  const { id, model, contextLength, timeouts, quirks } = deployment
  const { noTokenInput = false, keyHeader } = quirks
  const address = addressOf(deployment)
  return createOpenAiEmbeddingModel({
    deployment: { id, model, contextLength, timeouts, address, noTokenInput, keyHeader },
    apiKey,
    clock,
  })
}

const httpRerank =
  (shape: 'jina' | 'tei'): RerankEngineFactory =>
  ({ deployment, apiKey, clock }) => {
    const { id, model, contextLength, timeouts, quirks } = deployment
    const { keyHeader } = quirks
    const address = addressOf(deployment)
    return createHttpRerankModel({
      deployment: { id, model, contextLength, timeouts, address, keyHeader },
      shape,
      apiKey,
      clock,
    })
  }

/** Runs in the knowledge process, beside the index. */
const transformersEmbedding: EmbeddingEngineFactory = ({ deployment, embedHere, checkHere }) => {
  checkHere(deployment)
  const { id, contextLength } = deployment
  return createPortEmbeddingModel({
    id,
    contextLength,
    embedTexts: (request) => embedHere(deployment, request),
  })
}

/** Likewise. */
const transformersRerank: RerankEngineFactory = ({ deployment, rankHere, checkHere }) => {
  checkHere(deployment)
  const { id, contextLength } = deployment
  return createPortRerankModel({
    id,
    contextLength,
    rankTexts: (request) => rankHere(deployment, request),
  })
}

const localEmbedding: EmbeddingEngineFactory = async (context) => {
  const { id, contextLength } = context.deployment
  const { embed, close } = await openReadyModel(context)
  const model = createPortEmbeddingModel({
    id,
    contextLength,
    embedTexts: async ({ texts, signal }) => {
      const { vectors, tokens } = await embed(texts, signal)
      return { vectors, inputTokens: tokens }
    },
  })
  return Object.assign(model, { close })
}

const localRerank: RerankEngineFactory = async (context) => {
  const { id, contextLength } = context.deployment
  const { rank, close } = await openReadyModel(context)
  const model = createPortRerankModel({
    id,
    contextLength,
    rankTexts: async ({ query, documents, signal }) => {
      const { scores, tokens } = await rank(query, documents, signal)
      return { scores, inputTokens: tokens }
    },
  })
  return Object.assign(model, { close })
}

/** llama.cpp in a process of its own: what it cannot do is told before the system serves. */
const openReadyModel = async (context: VectorEngineContext): Promise<LocalModel> => {
  const { id, contextLength } = context.deployment
  const facts = { contextLength, tools: false, vision: false, languages: [], priceKey: id }
  const model = await openLocalModel({ ...context, facts })
  try {
    await model.ready
    return model
  } catch (error) {
    await model.close()
    throw error
  }
}

const servers = [...openAiCompatibleNames, 'cohere', 'jina']

export const embeddingEngines: Readonly<Record<string, EmbeddingEngineFactory>> = {
  ...Object.fromEntries([...servers, 'tei'].map((name) => [name, openAiEmbedding])),
  transformers: transformersEmbedding,
  local: localEmbedding,
}

export const rerankEngines: Readonly<Record<string, RerankEngineFactory>> = {
  ...Object.fromEntries(servers.map((name) => [name, httpRerank('jina')])),
  tei: httpRerank('tei'),
  transformers: transformersRerank,
  local: localRerank,
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

export interface VectorParts extends Omit<VectorEngineContext, 'deployment' | 'apiKey'> {
  readonly plugins: readonly Plugin[]
  readonly keysOf: (deployment: Deployment) => readonly ApiKey[]
}

export interface VectorModels {
  readonly embeddingModels: ReadonlyMap<string, EmbeddingModel>
  readonly rerankModels: ReadonlyMap<string, RerankModel>
  /** Of deployments with a key: the models made with the further ones. */
  readonly embeddingKeys: ReadonlyMap<string, Keyed<EmbeddingModel>>
  readonly rerankKeys: ReadonlyMap<string, Keyed<RerankModel>>
  close(): Promise<void>
}

/**
 * Makes the models; leaves none behind when one cannot be made.
 * @throws `cli.engine-unknown` | `cli.address-missing`, and what an engine says that cannot start
 */
export const openVectorModels = async (
  deployments: readonly Deployment[],
  { plugins, keysOf, ...context }: VectorParts,
): Promise<VectorModels> => {
  const opened: object[] = []
  const close = async () => {
    for (const model of opened.splice(0)) await closeModel(model)
  }
  const open = async <Model extends object>(
    kind: Deployment['kind'],
    engines: Readonly<Record<string, (context: VectorEngineContext) => Model | Promise<Model>>>,
  ): Promise<{ models: ReadonlyMap<string, Model>; keys: ReadonlyMap<string, Keyed<Model>> }> => {
    const models = new Map<string, Model>()
    const keys = new Map<string, Keyed<Model>>()
    for (const deployment of deployments.filter((each) => each.kind === kind)) {
      const factory = factoryOf(deployment, engines)
      const { engine, keyed } = await openWithKeys(keysOf(deployment), async (apiKey) => {
        const model = await factory({ deployment: withKnownServer(deployment), apiKey, ...context })
        opened.push(model)
        return model
      })
      models.set(deployment.id, engine)
      if (keyed) keys.set(deployment.id, keyed)
    }
    return { models, keys }
  }
  try {
    const embedding = await open<EmbeddingModel>(
      'embedding',
      Object.assign({}, embeddingEngines, ...plugins.map((plugin) => plugin.embeddingEngines ?? {})),
    )
    const rerank = await open<RerankModel>(
      'rerank',
      Object.assign({}, rerankEngines, ...plugins.map((plugin) => plugin.rerankEngines ?? {})),
    )
    return {
      embeddingModels: embedding.models,
      embeddingKeys: embedding.keys,
      rerankModels: rerank.models,
      rerankKeys: rerank.keys,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const factoryOf = <Factory>(
  { id, engine }: Deployment,
  engines: Readonly<Record<string, Factory>>,
): Factory => {
  const factory = Object.hasOwn(engines, engine) ? engines[engine] : undefined
  if (factory) return factory
  const known = Object.keys(engines).join(', ')
  throw cliError('cli.engine-unknown', { deployment: id, engine, known })
}

const closeModel = async (model: object & { close?: () => Promise<void> }) => model.close?.()
