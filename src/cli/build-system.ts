// The composition root: an architecture on top of resources becomes a system that answers. Here peers meet.

import { join, resolve } from 'node:path'
import { createBatches, startBatchWorker } from '../batches/index.js'
import { createConversations } from '../conversations/index.js'
import { contentHash } from '../core/index.js'
import { createFileStore, createUploads } from '../files/index.js'
import { createGateway, type Gateway, trackVersions, withCors } from '../gateway/index.js'
import { createGuardrails } from '../guardrails/index.js'
import type { Worker } from '../jobs/index.js'
import { createKnowledgeClient, type EmbedParams, type Knowledge, type RankParams } from '../rag/index.js'
import type { Architecture, Deployment, KnowledgeBase } from '../spec/index.js'
import { openTracer, type Tracer } from '../telemetry/index.js'
import { apiKeysOf } from './api-keys.js'
import type { EngineLaunch } from './launch/engine-launch.js'
import { loadPlugins } from './load-plugins.js'
import { cliError } from './messages.js'
import { type ModelListener, startModelListener } from './model-listener.js'
import { type OnnxPlaces, onnxModelOf, onnxRankerOf, requireOnnx } from './onnx-model.js'
import { type OpenModels, openModels } from './open-models.js'
import type { Resources } from './open-resources.js'
import type { EmbedHere, Plugin, RankHere } from './plugin.js'
import { render } from './render.js'
import { createKnowledgeResolver } from './resolve-knowledge.js'
import { resolveSecret, type SecretSource } from './resolve-secret.js'
import { isServerEngine, openVectorModels, type VectorModels } from './vector-models.js'

export interface System extends Pick<Gateway, 'handle' | 'probe' | 'drain'> {
  readonly architecture: Architecture
  /** Hash of architecture.yaml as it was read; stands in every ledger row of this system. */
  readonly architectureHash: string
  /** From here on batches are worked on, until it drains: by the system in force alone. */
  startBatches(): void
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
  const models = await openModels(
    architecture.deployments.filter(({ kind }) => kind === 'chat'),
    { plugins, secrets, resources, launches },
  )
  try {
    const vectors = await openVectors(options, { plugins, secrets })
    try {
      const tracer = await openTraces(options, secrets)
      return await assemble(options, { models, vectors, plugins, secrets, tracer })
    } catch (error) {
      await vectors.close()
      throw error
    }
  } catch (error) {
    await models.close()
    throw error
  }
}

const openVectors = (
  { architecture, directory, environment, resources }: SystemOptions,
  { plugins, secrets }: Pick<Parts, 'plugins' | 'secrets'>,
): Promise<VectorModels> => {
  const { clock, log, stateDirectory } = resources
  const places: OnnxPlaces = { stateDirectory, directory, environment }
  return openVectorModels(architecture.deployments, {
    plugins,
    keysOf: (deployment) => apiKeysOf(deployment, secrets),
    embedHere: embedInKnowledgeProcess(resources, places),
    rankHere: rankInKnowledgeProcess(resources, places),
    checkHere: (deployment) => requireOnnx(deployment, places),
    clock,
    log,
    directory,
    environment,
    modelsDirectory: join(stateDirectory, 'models'),
  })
}

/** What has not been used when the system cannot be built needs no closing: nothing is sent before the first span. */
const openTraces = (
  { architecture, environment, resources }: SystemOptions,
  secrets: SecretSource,
): Promise<Tracer | undefined> => {
  const { traces } = architecture.telemetry
  const headers = Object.entries(traces.headers).map(([name, reference]) => [
    name,
    resolveSecret(reference, `telemetry.traces.headers.${name}`, secrets),
  ])
  return openTracer({
    config: { ...traces, headers: Object.fromEntries(headers) },
    environment,
    onSpans: resources.metrics.spansEnded,
    log: resources.log,
  })
}

interface Parts {
  readonly tracer: Tracer | undefined
  readonly models: OpenModels
  readonly vectors: VectorModels
  readonly plugins: readonly Plugin[]
  readonly secrets: SecretSource
}

const assemble = async (
  options: SystemOptions,
  { models, vectors, plugins, secrets, tracer }: Parts,
): Promise<System> => {
  const { architecture, directory, adminToken, resources } = options
  const { clock, log, metrics, ledger, jobs, prices, keyring, counters, stateDirectory } = resources
  const architectureHash = contentHash(options.text)
  const isServer = isServerEngine(plugins)
  let listener: ModelListener | undefined
  const resolveKnowledge = createKnowledgeResolver({
    architecture,
    secrets,
    stateDirectory,
    isServer,
    listener: () => listener,
  })
  const client = createKnowledgeClient(resources.knowledgeProcess, { resolve: resolveKnowledge })
  const knowledge = trackVersions(wrapSearch(client, plugins))
  const enqueue = (base: KnowledgeBase) =>
    jobs.enqueue(
      'ingest',
      { knowledge: base, root: resolve(directory, base.source) } satisfies IngestPayload,
      {
        key: base.id,
      },
    )
  const conversations = createConversations({
    store: resources.store,
    clock,
    log,
    retentionDays: architecture.responses.retentionDays,
  })
  const { store } = resources
  const files = createFileStore({ store, clock, log, ...architecture.files })
  const { concurrency, maxRequests, retentionDays } = architecture.batches
  const batches = createBatches({ store, jobs, clock, log, retentionDays })
  const audit = auditOf(architecture, resources)
  const gateway = createGateway({
    architecture,
    architectureHash,
    models: models.byDeployment,
    embeddingModels: vectors.embeddingModels,
    rerankModels: vectors.rerankModels,
    keyring,
    ledger,
    counters,
    resilience: resources.resilience,
    keys: { chat: models.keys, embedding: vectors.embeddingKeys, rerank: vectors.rerankKeys },
    guardrails: createGuardrails({
      policies: architecture.guardrails,
      detectors: plugins.flatMap((plugin) => plugin.detectors ?? []),
    }),
    conversations,
    runs: resources.runs,
    stored: { files, batches, uploads: createUploads({ store, files, clock, ...architecture.files }) },
    knowledge,
    audit,
    costUsd: (deployment, usage) => prices.price(deployment, usage)?.usd ?? null,
    metrics,
    tracer,
    engineStates: resources.engines.states,
    render,
    log,
    clock,
    admin: { token: adminToken, keys: keyring, ingest: { start: enqueue, get: jobs.get } },
  })
  // Nothing that has to be closed is started before everything that may be refused was looked at.
  if (needsListener(architecture, isServer)) listener = await startModelListener(vectors, log)
  const worker = jobs.work('ingest', ({ payload, signal, report }) =>
    knowledge.ingest({ ...(payload as IngestPayload), signal, onProgress: report }),
  )
  conversations.start()
  files.start()
  batches.start()
  let batchWorker: Worker | undefined
  return {
    architecture,
    architectureHash,
    handle: withCors(gateway.handle, architecture),
    probe: gateway.probe,
    startBatches: () => {
      batchWorker ??= startBatchWorker({
        jobs,
        store,
        files,
        answer: gateway.answerLine,
        clock,
        log,
        concurrency,
        limits: { maxLines: maxRequests, maxLineBytes: architecture.limits.maxBodyBytes },
        graceMs: architecture.server.drainSeconds * 1000,
      })
    },
    // Requests of batches are no client's: they are let end with the others, and the next system goes on with the rest.
    drain: async (timeoutMs) => {
      await Promise.all([batchWorker?.stop(), gateway.drain(timeoutMs)])
      await tracer?.flush()
    },
    enqueueIngest: (id) => {
      const base = architecture.knowledge.find((candidate) => candidate.id === id)
      if (base) return enqueue(base)
      const known = architecture.knowledge.map((candidate) => candidate.id).join(', ')
      throw cliError('cli.knowledge-unknown', { id, known })
    },
    close: async () => {
      await batchWorker?.stop()
      await gateway.close()
      await tracer?.close()
      await batches.close()
      await files.close()
      await conversations.close()
      await worker.stop()
      await models.close()
      await listener?.close()
      await vectors.close()
    },
  }
}

const auditOf = ({ audit }: Architecture, resources: Resources) => {
  if (!audit.enabled) return undefined
  const log = resources.audit()
  log.prune(audit.retentionDays)
  return log
}

interface IngestPayload {
  readonly knowledge: KnowledgeBase
  readonly root: string
}

/** Whether a knowledge base names a deployment that only this process can ask. */
const needsListener = (
  { knowledge, deployments }: Architecture,
  isServer: (deployment: Deployment) => boolean,
): boolean => {
  const named = new Set(
    knowledge.flatMap(({ embeddings, rerank }) => [embeddings?.deployment, rerank?.deployment]),
  )
  return deployments.some(
    (deployment) => named.has(deployment.id) && deployment.engine !== 'transformers' && !isServer(deployment),
  )
}

/** The knowledge process holds the models of the engine `transformers`: beside the index that needs them most. */
const embedInKnowledgeProcess =
  ({ knowledgeProcess }: Resources, places: OnnxPlaces): EmbedHere =>
  (deployment, { texts, inputType, signal }) => {
    const model = onnxModelOf(deployment, places)
    const purpose = inputType !== undefined && /query/i.test(inputType) ? 'query' : 'document'
    return knowledgeProcess.request('embed', { model, texts, purpose } satisfies EmbedParams, { signal })
  }

const rankInKnowledgeProcess =
  ({ knowledgeProcess }: Resources, places: OnnxPlaces): RankHere =>
  (deployment, { query, documents, signal }) => {
    const model = onnxRankerOf(deployment, places)
    return knowledgeProcess.request('rank', { model, query, documents } satisfies RankParams, { signal })
  }

const wrapSearch = (knowledge: Knowledge, plugins: readonly Plugin[]): Knowledge => ({
  ...knowledge,
  search: plugins.reduce((search, plugin) => plugin.wrapSearch?.(search) ?? search, knowledge.search),
})
