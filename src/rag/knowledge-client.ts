// Speaks to the knowledge process. Knows its methods and nothing of processes.

import type { PassageReference } from '../llm/index.js'
import type { ResolvedKnowledge } from './endpoint.js'
import type {
  IngestProgress,
  IngestReport,
  Knowledge,
  KnowledgeStatus,
  Passage,
  SearchStep,
} from './knowledge.js'
import type { KnowledgeEngine } from './knowledge-engine.js'
import type { OnnxModel, OnnxModels } from './onnx.js'
import type { OnnxRanker } from './onnx-rank.js'

/** What the client needs of a child process; `supervisor` gives it. */
export interface KnowledgeProcess {
  request<T>(
    method: string,
    params: unknown,
    options?: {
      readonly signal?: AbortSignal
      readonly timeoutMs?: number
      readonly onProgress?: (value: unknown) => void
    },
  ): Promise<T>
}

export interface KnowledgeClientOptions {
  /** Puts secrets and endpoints in place of their names. Without it a knowledge base is sent as it stands. */
  readonly resolve?: (knowledge: ResolvedKnowledge) => ResolvedKnowledge
  /** Default 10,000. */
  readonly searchTimeoutMs?: number
}

/**
 * The knowledge bases of another process. A search or a read whose process dies rejects with a retryable error.
 * @example
 * const child = superviseChild({ name: 'knowledge', entry, args: { directory }, env, clock, log })
 * const knowledge = createKnowledgeClient(child, { resolve: (knowledge) => withSecrets(knowledge) })
 */
export const createKnowledgeClient = (
  child: KnowledgeProcess,
  { resolve = (knowledge) => knowledge, searchTimeoutMs = 10_000 }: KnowledgeClientOptions = {},
): Knowledge => ({
  ingest: ({ knowledge, root, signal, onProgress }) =>
    child.request<IngestReport>('ingest', { knowledge: resolve(knowledge), root } satisfies IngestParams, {
      signal,
      onProgress: (value) => onProgress?.(value as IngestProgress),
    }),
  search: ({ knowledge, signal, onStep, ...search }) =>
    child.request<readonly Passage[]>(
      'search',
      { ...search, knowledge: resolve(knowledge), tellsSteps: onStep !== undefined } satisfies SearchParams,
      {
        signal,
        timeoutMs: searchTimeoutMs,
        ...(onStep && { onProgress: (value: unknown) => onStep(value as SearchStep) }),
      },
    ),
  read: (reference) => child.request<string>('read', reference, { timeoutMs: searchTimeoutMs }),
  status: (knowledge) => child.request<KnowledgeStatus>('status', { knowledge }),
})

type IngestParams = Omit<Parameters<Knowledge['ingest']>[0], 'signal' | 'onProgress'>
type SearchParams = Omit<Parameters<Knowledge['search']>[0], 'signal' | 'onStep'> & {
  /** Whether each step is told, as progress. */
  readonly tellsSteps?: boolean
}

/** The other side: the methods that a knowledge process serves. */
export const knowledgeMethods = (engine: KnowledgeEngine) => ({
  ingest: (params: IngestParams, signal: AbortSignal, onProgress: (value: unknown) => void) =>
    engine.ingest({ ...params, signal, onProgress }),
  search: (
    { tellsSteps, ...params }: SearchParams,
    signal: AbortSignal,
    onProgress: (value: unknown) => void,
  ) => engine.search({ ...params, signal, ...(tellsSteps && { onStep: onProgress }) }),
  read: (reference: PassageReference) => engine.read(reference),
  status: ({ knowledge }: { readonly knowledge: string }) => engine.status(knowledge),
})

/** What the method `embed` is asked. */
export interface EmbedParams {
  readonly model: OnnxModel
  readonly texts: readonly string[]
  readonly purpose: 'query' | 'document'
}

/** What the method `rank` is asked. */
export interface RankParams {
  readonly model: OnnxRanker
  readonly query: string
  readonly documents: readonly string[]
}

/** The methods of a knowledge process that run its models for others. */
export const onnxMethods = (onnx: OnnxModels) => ({
  embed: ({ model, ...request }: EmbedParams, signal: AbortSignal) =>
    onnx.embed(model, { ...request, signal }),
  rank: ({ model, ...request }: RankParams, signal: AbortSignal) => onnx.rank(model, { ...request, signal }),
})
