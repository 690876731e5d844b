// The knowledge bases of one directory, in this process. The only writer of their indexes; runs in the knowledge
// process, so that a crash of the native index costs no request but the one it answered.

import { type Clock, type Log, systemClock, toArchitectError } from '../core/index.js'
import type { DocumentParser } from './document.js'
import type { DocumentRecord } from './document-table.js'
import { createEmbedder } from './embed.js'
import { defaultIngestLimits, type IngestLimits, ingestFolder } from './ingest-folder.js'
import type { EmbeddingsState, Knowledge, KnowledgeStatus } from './knowledge.js'
import { ragError } from './messages.js'
import type { OnnxModels } from './onnx.js'
import { parseDocument } from './parse-document.js'
import { sourceOfPassage } from './passage-id.js'
import { createReranker } from './rerank.js'
import { type SearchArms, searchKnowledge } from './search-knowledge.js'
import { type Generation, generationOf, openShelf, type Shelf, shelfExists } from './shelf.js'

export interface KnowledgeEngineOptions {
  /** Holds a folder for each knowledge base; made when it is not there. */
  readonly directory: string
  readonly log: Log
  /** Runs models in this process. */
  readonly onnx?: OnnxModels
  /** Default: in this thread, without limits of time and memory. */
  readonly parse?: DocumentParser
  readonly limits?: Partial<IngestLimits>
  readonly clock?: Clock
}

export interface KnowledgeEngine extends Knowledge {
  close(): Promise<void>
}

/** After an endpoint failed to answer a question, it is left alone so long. */
const pauseMs = 5000

/** What is known of one knowledge base while the process runs. */
interface Desk {
  readonly shelf: Shelf
  /** Ingest runs one after the other. */
  lastIngest: Promise<unknown>
  /** How the dense arm fared in the last search; undefined when it answered. */
  dense: { readonly state: EmbeddingsState; readonly pausedUntilMs: number } | undefined
  rerankPausedUntilMs: number
}

export const createKnowledgeEngine = (options: KnowledgeEngineOptions): KnowledgeEngine => {
  const { directory, log, parse = parseDocument, clock = systemClock } = options
  const limits = { ...defaultIngestLimits, ...options.limits }
  const embedder = createEmbedder({ clock, onnx: options.onnx })
  const { embed } = embedder
  const reranker = createReranker({ clock, rank: options.onnx?.rank })
  const desks = new Map<string, Promise<Desk>>()

  const deskOf = (knowledge: string) => {
    const desk =
      desks.get(knowledge) ??
      openShelf(directory, knowledge).then(
        (shelf): Desk => ({ shelf, lastIngest: Promise.resolve(), dense: undefined, rerankPausedUntilMs: 0 }),
      )
    desks.set(knowledge, desk)
    // The caller is told of the failure.
    desk.catch(() => desks.delete(knowledge))
    return desk
  }

  /** Nothing is made for who only asks. */
  const existingDesk = async (knowledge: string) =>
    desks.has(knowledge) || (await shelfExists(directory, knowledge)) ? deskOf(knowledge) : undefined

  const isAwake = (untilMs: number) => clock.monotonicMs() >= untilMs

  const arms = (desk: Desk, knowledge: string, isCurrent: boolean): SearchArms => ({
    embed: isCurrent && isAwake(desk.dense?.pausedUntilMs ?? 0) ? embed : undefined,
    onEmbedSuccess: () => {
      desk.dense = undefined
    },
    onEmbedFailure: (error) => {
      const { code, params, message } = toArchitectError(error)
      const pausedUntilMs = clock.monotonicMs() + pauseMs
      desk.dense = { state: { state: 'unavailable', reason: { code, params } }, pausedUntilMs }
      log.warn({ knowledge, cause: message }, 'searching by words alone')
    },
    rerank: isAwake(desk.rerankPausedUntilMs) ? reranker.rerank : undefined,
    onRerankFailure: (error) => {
      desk.rerankPausedUntilMs = clock.monotonicMs() + pauseMs
      log.warn({ knowledge, cause: toArchitectError(error).message }, 'passages are not reranked')
    },
  })

  return {
    ingest: async (request) => {
      const desk = await deskOf(request.knowledge.id)
      const run = desk.lastIngest.then(() =>
        ingestFolder(request, { shelf: desk.shelf, parse, embed, limits, clock, log }),
      )
      desk.lastIngest = run.then(
        () => {
          desk.dense = undefined
        },
        // Whoever asked for this ingest is told of its failure; the next one runs all the same.
        () => {},
      )
      return run
    },
    search: async (request) => {
      const { knowledge } = request
      const desk = await existingDesk(knowledge.id)
      const generation = await desk?.shelf.current()
      if (!desk || !generation) throw ragError('rag.not-ingested', { knowledge: knowledge.id })
      const isCurrent = generation.name === generationOf(knowledge).name
      if (!isCurrent && knowledge.embeddings) desk.dense = { state: { state: 'outdated' }, pausedUntilMs: 0 }
      return searchKnowledge(generation, request, arms(desk, knowledge.id, isCurrent))
    },
    read: async (reference) => {
      const { id, path, start, end } = reference
      const source = sourceOfPassage(id)
      const desk = source && (await existingDesk(source.knowledge))
      const text = source && (await desk?.shelf.texts.read(source.version))
      if (text === undefined || start < 0 || end > text.length || end <= start)
        throw ragError('rag.reference-gone', { id, path })
      return text.slice(start, end)
    },
    status: async (knowledge) => statusOf(knowledge, await existingDesk(knowledge)),
    close: async () => {
      // One that could not be opened has nothing to close, and must not keep the others from it.
      for (const desk of desks.values()) await desk.then(({ shelf }) => shelf.close()).catch(() => {})
      await embedder.close()
      await reranker.close()
      await options.onnx?.close()
    },
  }
}

const statusOf = async (knowledge: string, desk: Desk | undefined): Promise<KnowledgeStatus> => {
  const generation = await desk?.shelf.current()
  if (!generation)
    return {
      knowledge,
      exists: false,
      documents: 0,
      passages: 0,
      unindexedPassages: 0,
      failedFiles: 0,
      embeddings: { state: 'off' },
    }
  const records = [...(await generation.documents.all()).values()]
  const ingested = records.filter(({ state }) => state === 'ingested')
  return {
    knowledge,
    exists: true,
    documents: ingested.length,
    ...(await generation.passages.statistics()),
    failedFiles: records.filter(({ state }) => state === 'failed').length,
    embeddings: desk?.dense?.state ?? { state: denseState(generation, ingested) },
  }
}

/** A document that lacks its vectors has no fingerprint. */
const denseState = ({ embeddings }: Generation, ingested: readonly DocumentRecord[]) => {
  if (!embeddings) return 'off'
  return ingested.some(({ fingerprint }) => fingerprint === '') ? 'unavailable' : 'ready'
}
