// Runs a retrieval test through the real knowledge process and a real index, in a directory of its own.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reviveError, systemClock, toArchitectError } from '../core/index.js'
import { createOpenAiEmbeddingModel } from '../llm/index.js'
import {
  createKnowledgeClient,
  type Knowledge,
  type ResolvedKnowledge,
  type SearchArm,
} from '../rag/index.js'
import { architectureSchema } from '../spec/index.js'
import { type SupervisedChild, superviseChild } from '../supervisor/index.js'
import { createLogger } from '../telemetry/index.js'
import {
  type BenchMetric,
  type Found,
  type RetrievalDataset,
  readDataset,
  scoreArms,
  scoreFusion,
  searchArms,
} from '../verify/index.js'
import { childEnvironment } from './child-environment.js'
import type { CommandContext } from './command-context.js'
import { processEntry } from './package-file.js'

export interface EmbeddingsOption {
  readonly address: string
  readonly model: string
  readonly inputType: boolean
}

export interface RetrievalBench {
  readonly paths: readonly string[]
  readonly queries?: string | undefined
  /** Without it the lexical arm is measured alone. */
  readonly embeddings?: EmbeddingsOption | undefined
}

export interface RetrievalOutcome {
  readonly metrics: readonly BenchMetric[]
  readonly documents: number
  readonly passages: number
  readonly questions: number
}

/** @throws `verify.dataset-*`, and what ingest and search throw: a dense arm that fails is no result */
export const benchRetrieval = async (
  bench: RetrievalBench,
  context: CommandContext,
): Promise<RetrievalOutcome> => {
  const dataset = await readDataset(bench)
  const directory = await mkdtemp(join(tmpdir(), 'llm-architect-bench-'))
  const log = createLogger({ level: 'error', stream: process.stderr })
  let child: SupervisedChild | undefined
  try {
    const knowledge = await knowledgeOf(bench, context.signal)
    const root = join(directory, 'documents')
    await writeDocuments(dataset, root)
    child = superviseChild({
      name: 'knowledge',
      entry: processEntry('knowledge'),
      args: { directory: join(directory, 'knowledge'), logLevel: 'error' },
      env: childEnvironment(context.environment),
      clock: systemClock,
      log,
    })
    await child.ready
    const client = createKnowledgeClient(child, { searchTimeoutMs: 60_000 })
    const passages = await ingest({ client, knowledge, root, dataset }, context)
    return { ...(await measure({ client, knowledge, dataset }, context)), passages }
  } finally {
    await child?.close()
    await rm(directory, { recursive: true, force: true })
  }
}

const writeDocuments = async ({ documents }: RetrievalDataset, root: string): Promise<void> => {
  await mkdir(root, { recursive: true })
  for (const [i, { markdown }] of documents.entries()) await writeFile(join(root, pathOf(i)), `${markdown}\n`)
}

/** Ids of datasets may be no names of files. */
const pathOf = (index: number) => `${index}.md`
const indexOf = (path: string) => Number.parseInt(path, 10)

/** A knowledge base with the defaults of architecture.yaml, so that what is measured is what is served. */
const knowledgeOf = async (
  { embeddings }: RetrievalBench,
  signal: AbortSignal,
): Promise<ResolvedKnowledge> => {
  const dimensions = embeddings && (await dimensionsOf(embeddings, signal))
  const base = { id: 'bench', source: '.', ...(embeddings && { embeddings: { ...embeddings, dimensions } }) }
  const [knowledge] = architectureSchema.shape.knowledge.parse([base])
  return knowledge as ResolvedKnowledge
}

const probeTimeoutMs = 30_000

const dimensionsOf = async ({ address, model }: EmbeddingsOption, signal: AbortSignal): Promise<number> => {
  const timeouts = { connectMs: probeTimeoutMs, firstContentMs: probeTimeoutMs, idleMs: probeTimeoutMs }
  const probed = createOpenAiEmbeddingModel({
    deployment: { id: model, model, address, timeouts, contextLength: 0, noTokenInput: true },
    clock: systemClock,
  })
  try {
    const request = { input: ['dimensions'], encoding: 'float', extra: {} } as const
    const { vectors } = await probed.embed(request, { requestId: 'bench', signal })
    return vectors[0]?.length ?? 0
  } finally {
    await probed.close()
  }
}

interface Bench {
  readonly client: Knowledge
  readonly knowledge: ResolvedKnowledge
  readonly dataset: RetrievalDataset
}

const ingest = async (
  { client, knowledge, root, dataset }: Bench & { readonly root: string },
  context: CommandContext,
): Promise<number> => {
  const terminal = context.terminal()
  const report = await client.ingest({
    knowledge,
    root,
    signal: context.signal,
    onProgress: ({ files }) =>
      terminal.progress(context.text('reading documents', '讀取文件'), files, dataset.documents.length),
  })
  terminal.progressEnd()
  const { state, reason } = report.embeddings
  if (state === 'unavailable' && reason)
    throw reviveError({ ...reason, message: reason.code, retryable: false })
  return report.passages
}

/** Passages of one document count once, so that more than ten are asked for. */
const limit = 30

const tries = 3

/** A question whose vector came too late is asked again; its latency is that of all tries. */
const patiently = async <T>(search: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await search()
    } catch (error) {
      if (attempt === tries || !toArchitectError(error).retryable) throw error
    }
  }
}

const measure = async ({ client, knowledge, dataset }: Bench, context: CommandContext) => {
  const terminal = context.terminal()
  const { documents, queries } = dataset
  const search = async (arm: SearchArm, query: string): Promise<Found> => {
    const startedMs = performance.now()
    const asked = { knowledge, tenant: 'default', principal: ['public'], query, limit, arm }
    const passages = await patiently(() => client.search({ ...asked, signal: context.signal }))
    const ms = performance.now() - startedMs
    return { ranking: passages.map(({ reference }) => documents[indexOf(reference.path)]?.id ?? ''), ms }
  }
  const arms: readonly SearchArm[] = knowledge.embeddings ? ['lexical', 'dense', 'hybrid'] : ['lexical']
  const onProgress = (arm: SearchArm, done: number) => terminal.progress(arm, done, queries.length)
  const results = await searchArms({ arms, queries, search, onProgress })
  terminal.progressEnd()
  const fusion = knowledge.embeddings
    ? scoreFusion(queries, results, { fused: 'hybrid', arms: ['lexical', 'dense'] })
    : []
  const metrics = [...scoreArms(queries, results), ...fusion]
  return { metrics, documents: documents.length, questions: queries.length }
}
