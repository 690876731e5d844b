// Speaks to the knowledge process. Knows its methods and nothing of processes.

import type { PassageReference } from '../llm/index.js'
import type { KnowledgeBase } from '../spec/index.js'
import type { IngestProgress, IngestReport, Knowledge, KnowledgeStatus, Passage } from './knowledge.js'
import type { KnowledgeEngine } from './knowledge-engine.js'

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
  /** The key of a knowledge base's embeddings endpoint. Without it `embeddings.key` is sent as it stands. */
  readonly embeddingsKey?: (knowledge: string) => string | undefined
  /** Default 10,000. */
  readonly searchTimeoutMs?: number
}

/**
 * The knowledge bases of another process. A search or a read whose process dies rejects with a retryable error.
 * @example
 * const child = superviseChild({ name: 'knowledge', entry, args: { directory }, env, clock, log })
 * const knowledge = createKnowledgeClient(child, { embeddingsKey: (id) => secrets.get(id) })
 */
export const createKnowledgeClient = (
  child: KnowledgeProcess,
  { embeddingsKey, searchTimeoutMs = 10_000 }: KnowledgeClientOptions = {},
): Knowledge => {
  const withKey = (knowledge: KnowledgeBase): KnowledgeBase => {
    const key = embeddingsKey?.(knowledge.id)
    return knowledge.embeddings && key !== undefined
      ? { ...knowledge, embeddings: { ...knowledge.embeddings, key } }
      : knowledge
  }
  return {
    ingest: ({ knowledge, root, signal, onProgress }) =>
      child.request<IngestReport>('ingest', { knowledge: withKey(knowledge), root } satisfies IngestParams, {
        signal,
        onProgress: (value) => onProgress?.(value as IngestProgress),
      }),
    search: ({ knowledge, signal, ...search }) =>
      child.request<readonly Passage[]>(
        'search',
        { ...search, knowledge: withKey(knowledge) } satisfies SearchParams,
        { signal, timeoutMs: searchTimeoutMs },
      ),
    read: (reference) => child.request<string>('read', reference, { timeoutMs: searchTimeoutMs }),
    status: (knowledge) => child.request<KnowledgeStatus>('status', { knowledge }),
  }
}

type IngestParams = Omit<Parameters<Knowledge['ingest']>[0], 'signal' | 'onProgress'>
type SearchParams = Omit<Parameters<Knowledge['search']>[0], 'signal'>

/** The other side: the methods that a knowledge process serves. */
export const knowledgeMethods = (engine: KnowledgeEngine) => ({
  ingest: (params: IngestParams, signal: AbortSignal, onProgress: (value: unknown) => void) =>
    engine.ingest({ ...params, signal, onProgress }),
  search: (params: SearchParams, signal: AbortSignal) => engine.search({ ...params, signal }),
  read: (reference: PassageReference) => engine.read(reference),
  status: ({ knowledge }: { readonly knowledge: string }) => engine.status(knowledge),
})
