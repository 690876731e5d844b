// The knowledge bases of one directory, in this process. The only writer of their indexes; runs in the knowledge
// process, so that a crash of the native index costs no request but the one it answered.

import { type Clock, type Log, systemClock, toArchitectError } from '../core/index.js'
import type { DocumentParser } from './document.js'
import { createHttpEmbedder, type Embed } from './embed.js'
import { defaultIngestLimits, type IngestLimits, ingestFolder } from './ingest-folder.js'
import type { EmbeddingsState, Knowledge, KnowledgeStatus, SearchRequest } from './knowledge.js'
import { ragError } from './messages.js'
import { parseDocument } from './parse-document.js'
import { sourceOfPassage } from './passage-id.js'
import { searchKnowledge } from './search-knowledge.js'
import { generationOf, openShelf, type Shelf } from './shelf.js'

export interface KnowledgeEngineOptions {
  /** Holds a folder for each knowledge base; made when it is not there. */
  readonly directory: string
  readonly log: Log
  /** Where vectors come from. Default: the endpoint of the knowledge base, over HTTP. */
  readonly embed?: Embed
  /** Default: in this thread, without limits of time and memory. */
  readonly parse?: DocumentParser
  readonly limits?: Partial<IngestLimits>
  readonly clock?: Clock
}

export interface KnowledgeEngine extends Knowledge {
  close(): Promise<void>
}

/** After the embeddings endpoint failed to answer a question, it is left alone so long. */
const embedPauseMs = 5000

/** What is known of one knowledge base while the process runs. */
interface Desk {
  readonly shelf: Shelf
  /** Ingest runs one after the other. */
  lastIngest: Promise<unknown>
  /** Of the dense arm in searches. */
  search: { readonly state: EmbeddingsState; readonly pausedUntilMs: number } | undefined
}

export const createKnowledgeEngine = (options: KnowledgeEngineOptions): KnowledgeEngine => {
  const { directory, log, parse = parseDocument, clock = systemClock } = options
  const limits = { ...defaultIngestLimits, ...options.limits }
  const http = options.embed ? undefined : createHttpEmbedder(clock)
  const embed = options.embed ?? (http?.embed as Embed)
  const desks = new Map<string, Promise<Desk>>()

  const deskOf = (knowledge: string) => {
    const desk =
      desks.get(knowledge) ??
      openShelf(directory, knowledge).then((shelf) => ({
        shelf,
        lastIngest: Promise.resolve(),
        search: undefined,
      }))
    desks.set(knowledge, desk)
    desk.catch(() => desks.delete(knowledge))
    return desk
  }

  const arms = (desk: Desk, request: SearchRequest, isCurrent: boolean) => ({
    embed: isCurrent && clock.monotonicMs() >= (desk.search?.pausedUntilMs ?? 0) ? embed : undefined,
    onEmbedSuccess: () => {
      desk.search = undefined
    },
    onEmbedFailure: (error: unknown) => {
      const { code, params, message } = toArchitectError(error)
      const pausedUntilMs = clock.monotonicMs() + embedPauseMs
      desk.search = { state: { state: 'unavailable', reason: { code, params } }, pausedUntilMs }
      log.warn({ knowledge: request.knowledge.id, cause: message }, 'searching by words alone')
    },
  })

  return {
    ingest: async (request) => {
      const desk = await deskOf(request.knowledge.id)
      const run = desk.lastIngest.then(() =>
        ingestFolder(request, { shelf: desk.shelf, parse, embed, limits, clock, log }),
      )
      desk.lastIngest = run.catch(() => {})
      return run
    },
    search: async (request) => {
      const desk = await deskOf(request.knowledge.id)
      const generation = await desk.shelf.current()
      if (!generation) throw ragError('rag.not-ingested', { knowledge: request.knowledge.id })
      const isCurrent = generation.name === generationOf(request.knowledge).name
      return searchKnowledge(generation, request, arms(desk, request, isCurrent))
    },
    read: async (reference) => {
      const source = sourceOfPassage(reference.id)
      const desk = source && (await deskOf(source.knowledge))
      const text = source && (await desk?.shelf.texts.read(source.version))
      const { id, path, start, end } = reference
      if (text === undefined || start < 0 || end > text.length || end <= start)
        throw ragError('rag.reference-gone', { id, path })
      return text.slice(start, end)
    },
    status: async (knowledge) => statusOf(knowledge, await deskOf(knowledge)),
    close: async () => {
      for (const desk of desks.values()) await desk.then(({ shelf }) => shelf.close()).catch(() => {})
      await http?.close()
    },
  }
}

const statusOf = async (knowledge: string, { shelf, search }: Desk): Promise<KnowledgeStatus> => {
  const generation = await shelf.current()
  const off = { state: 'off' } as const
  if (!generation)
    return {
      knowledge,
      exists: false,
      documents: 0,
      passages: 0,
      unindexedPassages: 0,
      failedFiles: 0,
      embeddings: off,
    }
  const records = [...(await generation.documents.all()).values()]
  const ingested = records.filter(({ state }) => state === 'ingested')
  const isIncomplete = ingested.some(({ fingerprint }) => fingerprint === '')
  const ready = { state: isIncomplete ? 'unavailable' : 'ready' } as const
  return {
    knowledge,
    exists: true,
    documents: ingested.length,
    ...(await generation.passages.statistics()),
    failedFiles: records.filter(({ state }) => state === 'failed').length,
    embeddings: generation.embeddings ? (search?.state ?? ready) : off,
  }
}
