// The composition root: an architecture on top of resources becomes a system that answers. Here peers meet.

import { resolve } from 'node:path'
import { contentHash } from '../core/index.js'
import { createGateway, type Gateway, trackVersions } from '../gateway/index.js'
import { createGuardrails } from '../guardrails/index.js'
import type { ChatModel, ModelFacts, TaskFacts } from '../llm/index.js'
import { createKnowledgeClient, type Knowledge } from '../rag/index.js'
import type { Architecture, Deployment, KnowledgeBase } from '../spec/index.js'
import { builtInEngines } from './engines.js'
import { loadPlugins } from './load-plugins.js'
import { cliError } from './messages.js'
import type { Resources } from './open-resources.js'
import type { EngineFactory, Plugin } from './plugin.js'
import { render } from './render.js'
import { resolveSecret, type SecretSource } from './resolve-secret.js'

export interface System extends Pick<Gateway, 'handle' | 'probe' | 'drain'> {
  readonly architecture: Architecture
  /** Hash of architecture.yaml as it was read; stands in every ledger row of this system. */
  readonly architectureHash: string
  /** Queues the ingest of a knowledge base. @returns the job's id */
  enqueueIngest(knowledge: string): Promise<string>
  close(): Promise<void>
}

export interface SystemOptions {
  readonly architecture: Architecture
  /** The file's text, for its hash. */
  readonly text: string
  /** Folder of the file: where relative paths start. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly adminToken: string
  readonly resources: Resources
}

/**
 * Builds the system; the resources outlive it.
 * @throws `cli.engine-unknown` | `cli.secret-missing` | `cli.plugin-invalid` | `gateway.strategy-not-supported`
 */
export const buildSystem = async (options: SystemOptions): Promise<System> => {
  const { architecture, directory, environment, adminToken, resources } = options
  const { clock, log, metrics, ledger, jobs, prices, keyring, counters } = resources
  const architectureHash = contentHash(options.text)
  const secrets: SecretSource = { environment, directory }
  const plugins = await loadPlugins(architecture.plugins, directory)
  prices.use(architecture.deployments)
  const models = createModels(architecture.deployments, { plugins, secrets, resources })
  const knowledge = trackVersions(wrapSearch(createKnowledge(architecture, { secrets, resources }), plugins))
  const worker = jobs.work('ingest', ({ payload, signal, report }) =>
    knowledge.ingest({ ...(payload as IngestPayload), signal, onProgress: report }),
  )
  const enqueue = (base: KnowledgeBase) =>
    jobs.enqueue(
      'ingest',
      { knowledge: base, root: resolve(directory, base.source) } satisfies IngestPayload,
      {
        key: base.id,
      },
    )
  const gateway = createGateway({
    architecture,
    architectureHash,
    models,
    keyring,
    ledger,
    counters,
    guardrails: createGuardrails({
      policies: architecture.guardrails,
      detectors: plugins.flatMap((plugin) => plugin.detectors ?? []),
    }),
    knowledge,
    costUsd: (deployment, usage) => prices.price(deployment, usage)?.usd ?? null,
    metrics,
    render,
    log,
    clock,
    admin: { token: adminToken, keys: keyring, ingest: { start: enqueue, get: jobs.get } },
  })
  return {
    architecture,
    architectureHash,
    handle: gateway.handle,
    probe: gateway.probe,
    drain: gateway.drain,
    enqueueIngest: (id) => {
      const base = architecture.knowledge.find((candidate) => candidate.id === id)
      if (base) return enqueue(base)
      const known = architecture.knowledge.map((candidate) => candidate.id).join(', ')
      throw cliError('cli.knowledge-unknown', { id, known })
    },
    close: async () => {
      await gateway.close()
      await worker.stop()
      for (const model of models.values()) await closeModel(model)
    },
  }
}

interface IngestPayload {
  readonly knowledge: KnowledgeBase
  readonly root: string
}

interface Parts {
  readonly plugins: readonly Plugin[]
  readonly secrets: SecretSource
  readonly resources: Resources
}

const createModels = (
  deployments: readonly Deployment[],
  { plugins, secrets, resources }: Parts,
): ReadonlyMap<string, ChatModel> => {
  const engines: Readonly<Record<string, EngineFactory>> = Object.assign(
    {},
    builtInEngines,
    ...plugins.map((plugin) => plugin.engines ?? {}),
  )
  return new Map(
    deployments.map((deployment) => {
      const factory = Object.hasOwn(engines, deployment.engine) ? engines[deployment.engine] : undefined
      if (!factory)
        throw cliError('cli.engine-unknown', {
          deployment: deployment.id,
          engine: deployment.engine,
          known: Object.keys(engines).join(', '),
        })
      const apiKey = deployment.key && resolveSecret(deployment.key, `deployment ${deployment.id}`, secrets)
      return [
        deployment.id,
        factory({ deployment, facts: factsOf(deployment), apiKey, clock: resources.clock }),
      ]
    }),
  )
}

const factsOf = (deployment: Deployment): ModelFacts => ({
  contextLength: deployment.contextLength,
  tools: deployment.engine !== 'extractive',
  vision: false,
  languages: deployment.languages,
  ...(deployment.task && { task: taskOf(deployment.task) }),
  priceKey:
    deployment.provider === undefined ? deployment.model : `${deployment.provider}/${deployment.model}`,
})

const taskOf = ({ tool, outOfScope }: NonNullable<Deployment['task']>): TaskFacts => ({
  tool,
  ...(outOfScope && { outOfScope }),
})

const createKnowledge = (
  architecture: Architecture,
  { secrets, resources }: Omit<Parts, 'plugins'>,
): Knowledge => {
  const keys = new Map(
    architecture.knowledge.flatMap(({ id, embeddings }) =>
      embeddings?.key === undefined ? [] : [[id, resolveSecret(embeddings.key, `knowledge ${id}`, secrets)]],
    ),
  )
  return createKnowledgeClient(resources.knowledgeProcess, { embeddingsKey: (id) => keys.get(id) })
}

const wrapSearch = (knowledge: Knowledge, plugins: readonly Plugin[]): Knowledge => ({
  ...knowledge,
  search: plugins.reduce((search, plugin) => plugin.wrapSearch?.(search) ?? search, knowledge.search),
})

const closeModel = async (model: ChatModel & { close?: () => Promise<void> }) => model.close?.()
