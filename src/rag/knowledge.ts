// What a knowledge base can be asked, by whoever answers: the engine in the knowledge process, or the client that
// speaks to it from another.

import type { Message } from '../core/index.js'
import type { PassageReference } from '../llm/index.js'
import type { ResolvedKnowledge } from './endpoint.js'

export interface Passage {
  readonly reference: PassageReference
  /** The span of the stored text, character by character. */
  readonly text: string
  /** The header of the table that the span was cut from, where there is one: for a prompt, not for a citation. */
  readonly context?: string
}

/**
 * `unchanged` was read before and is served as it is; `empty` holds no text; `failed` could not be read, and what
 * it held before is still served; `ignored` is of a kind that is not read.
 */
export type FileState = 'ingested' | 'unchanged' | 'removed' | 'empty' | 'failed' | 'ignored'

export interface FileReport {
  /** Inside the folder, with `/`. */
  readonly path: string
  readonly state: FileState
  /** How many passages of the file are searchable now. */
  readonly passages: number
  /** Why it is `empty`, `failed` or `ignored`. */
  readonly reason?: Message
}

/**
 * The dense arm: `off` is not configured, `ready` has a vector for every passage, `unavailable` lacks some since
 * the endpoint did not answer (the next ingest adds them), `outdated` was configured after the last ingest.
 */
export interface EmbeddingsState {
  readonly state: 'off' | 'ready' | 'unavailable' | 'outdated'
  readonly reason?: Message
}

export interface IngestReport {
  readonly knowledge: string
  readonly files: readonly FileReport[]
  readonly counts: Readonly<Record<FileState, number>>
  /** Searchable passages in all. */
  readonly passages: number
  readonly embeddings: EmbeddingsState
  readonly durationMs: number
}

export interface IngestProgress {
  /** Files looked at so far. */
  readonly files: number
  readonly path: string
}

export interface KnowledgeStatus {
  readonly knowledge: string
  /** Whether an ingest has begun to fill it. */
  readonly exists: boolean
  readonly documents: number
  readonly passages: number
  /** Passages that the full-text index does not hold yet: found all the same, more slowly. */
  readonly unindexedPassages: number
  readonly failedFiles: number
  readonly embeddings: EmbeddingsState
}

export interface IngestRequest {
  /** Its keys, where there are any, are the secrets themselves. */
  readonly knowledge: ResolvedKnowledge
  /** The folder of documents, as an absolute path. */
  readonly root: string
  readonly signal: AbortSignal
  readonly onProgress?: (progress: IngestProgress) => void
}

/** What ranks the passages: the words, the vectors, or both and, where there is one, the reranker. */
export type SearchArm = 'lexical' | 'dense' | 'hybrid'

/** Something that a search waited for: the vector of its question, or a reranker's scores. */
export interface SearchStep {
  readonly step: 'embed' | 'rerank'
  readonly durationMs: number
  /** Set where it failed, and the search went on without it. */
  readonly errorCode?: string
}

export interface SearchRequest {
  readonly knowledge: ResolvedKnowledge
  /** A hard partition: nothing of another tenant is found. */
  readonly tenant: string
  /** Groups the caller belongs to; nothing is found for a caller without any. */
  readonly principal: readonly string[]
  readonly query: string
  /** At most so many passages; as many are found if the caller may read so many that match. */
  readonly limit: number
  /** For measuring: fails where the arm fails. Default: `hybrid`, or the words alone where there are no vectors. */
  readonly arm?: SearchArm | undefined
  readonly signal: AbortSignal
  /** Called when a step is over. */
  readonly onStep?: ((step: SearchStep) => void) | undefined
}

export interface Knowledge {
  /**
   * Brings the index in line with a folder: unchanged files are skipped, changed ones replaced, each in one step
   * for whoever searches at the time, deleted ones removed. A run that is cut off leaves a searchable index, and
   * the next one completes it.
   * @throws `rag.folder-unreadable` | `rag.folder-too-large`
   */
  ingest(request: IngestRequest): Promise<IngestReport>
  /** Best first. @throws `rag.not-ingested` */
  search(request: SearchRequest): Promise<readonly Passage[]>
  /**
   * The text at a reference's offsets, in the version of the document that the reference was made from.
   * @throws `rag.reference-gone`
   */
  read(reference: PassageReference): Promise<string>
  /** @param knowledge its id */
  status(knowledge: string): Promise<KnowledgeStatus>
}
