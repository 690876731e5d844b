// The composition root: an architecture on top of resources becomes a system that answers. Here peers meet.

import { resolve } from 'node:path'
import { contentHash } from '../core/index.js'
import { createGateway, type Gateway, trackVersions } from '../gateway/index.js'
import { createGuardrails } from '../guardrails/index.js'
import { createKnowledgeClient, type Knowledge } from '../rag/index.js'
import type { Architecture, KnowledgeBase } from '../spec/index.js'
import type { EngineLaunch } from './launch/engine-launch.js'
import { loadPlugins } from './load-plugins.js'
import { cliError } from './messages.js'
import { type OpenModels, openModels } from './open-models.js'
import type { Resources } from './open-resources.js'
import type { Plugin } from './plugin.js'
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
  /** The engines of its deployments that `resources.engines` runs. */
  readonly launches: readonly EngineLaunch[]
}

/**
 * Builds the system; the resources outlive it.
 * @throws `cli.engine-unknown` | `cli.secret-missing` | `cli.plugin-invalid` | `gateway.strategy-not-supported`, and
 * what an engine says that cannot start
 */
export const buildSystem = async (options: SystemOptions): Promise<System> => {
  const { architecture, directory, environment, resources, launches } = options
  const secrets: SecretSource = { environment, directory }
  const plugins = await loadPlugins(architecture.plugins, directory)
  resources.prices.use(architecture.deployments)
  const models = await openModels(architecture.deployments, { plugins, secrets, resources, launches })
  try {
    return assemble(options, { models, plugins, secrets })
  } catch (error) {
    await models.close()
    throw error
  }
}

interface Parts {
  readonly models: OpenModels
  readonly plugins: readonly Plugin[]
  readonly secrets: SecretSource
}

const assemble = (options: SystemOptions, { models, plugins, secrets }: Parts): System => {
  const { architecture, directory, adminToken, resources } = options
  const { clock, log, metrics, ledger, jobs, prices, keyring, counters } = resources
  const architectureHash = contentHash(options.text)
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
    models: models.byDeployment,
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
    engineStates: resources.engines.states,
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
      await models.close()
    },
  }
}

interface IngestPayload {
  readonly knowledge: KnowledgeBase
  readonly root: string
}

const createKnowledge = (
  architecture: Architecture,
  { secrets, resources }: { secrets: SecretSource; resources: Resources },
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
