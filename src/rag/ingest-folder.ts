// Brings the index of a knowledge base in line with a folder. What is written is written so that being cut off
// anywhere leaves a searchable index: texts first, then the passages of a batch in one step, then the record that
// the files were read; the next run reads again what has no record.

import { extname } from 'node:path'
import { type Clock, type Log, toArchitectError } from '../core/index.js'
import type { DocumentParser } from './document.js'
import type { DocumentRecord } from './document-table.js'
import type { Embed } from './embed.js'
import { createEmbeddingRun, type EmbeddingRun } from './embedding-run.js'
import type { FileReport, FileState, IngestReport, IngestRequest } from './knowledge.js'
import { ragError, ragMessage } from './messages.js'
import { isSupportedDocument } from './parse-document.js'
import { fingerprintOf, type PreparedDocument, prepareDocument } from './prepare-document.js'
import { readBounded } from './read-bounded.js'
import { generationOf, type OpenGeneration, type Shelf } from './shelf.js'
import { type FoundFile, type FoundProblem, walkFolder } from './walk-folder.js'

export interface IngestLimits {
  /** Default 8 MiB. */
  readonly maxFileBytes: number
  /** Default 100,000. */
  readonly maxFiles: number
  /** Texts of a document that citations can still refer to. Default 10. */
  readonly versionsKept: number
}

export const defaultIngestLimits: IngestLimits = {
  maxFileBytes: 8 * 1024 * 1024,
  maxFiles: 100_000,
  versionsKept: 10,
}

export interface IngestTools {
  readonly shelf: Shelf
  readonly parse: DocumentParser
  readonly embed: Embed
  readonly limits: IngestLimits
  readonly clock: Clock
  readonly log: Log
}

/** A commit costs a tenth of a second; more passages in one cost memory. With vectors, what a kill may lose. */
const passagesPerCommit = 2000
const embeddedPassagesPerCommit = 256
const charactersPerCommit = 8_000_000
/** Readers hold a version of a table for the length of one query; an hour is safely longer. */
const versionsKeptMs = 3_600_000

/** What one run knows and has found out. */
interface Run extends IngestTools {
  readonly request: IngestRequest
  readonly generation: OpenGeneration
  readonly known: ReadonlyMap<string, DocumentRecord>
  readonly embedding: EmbeddingRun
  readonly reports: Map<string, FileReport>
  /** Folders that could not be looked into: what lies below them stays as it is. */
  readonly unreadableFolders: string[]
  readonly failures: DocumentRecord[]
  batch: PreparedDocument[]
  hasChanged: boolean
}

/** @throws `rag.folder-unreadable` | `rag.folder-too-large` | the signal's reason */
export const ingestFolder = async (request: IngestRequest, tools: IngestTools): Promise<IngestReport> => {
  const startedMs = tools.clock.monotonicMs()
  const run = await startRun(request, tools)
  for await (const found of walkFolder(request.root, request.signal)) {
    await visit(run, found)
    request.onProgress?.({ files: run.reports.size, path: found.path })
    if (run.reports.size > tools.limits.maxFiles)
      throw ragError('rag.folder-too-large', { root: request.root, maxFiles: tools.limits.maxFiles })
  }
  await commit(run)
  await run.generation.documents.put(run.failures)
  await removeMissing(run)
  await tidy(run)
  await tools.shelf.use(run.generation)
  const report = await reportOf(run, tools.clock.monotonicMs() - startedMs)
  tools.log.info({ knowledge: request.knowledge.id, ...report.counts, passages: report.passages }, 'ingested')
  return report
}

const startRun = async (request: IngestRequest, tools: IngestTools): Promise<Run> => {
  const { shelf, embed } = tools
  const wanted = generationOf(request.knowledge)
  await shelf.sweep(wanted)
  const generation = await shelf.open(wanted)
  // The first index is searched while it fills; a later one serves once it is complete.
  if (!(await shelf.current())) await shelf.use(generation)
  return {
    ...tools,
    request,
    generation,
    known: await generation.documents.all(),
    embedding: createEmbeddingRun({ endpoint: request.knowledge.embeddings, embed, signal: request.signal }),
    reports: new Map(),
    unreadableFolders: [],
    failures: [],
    batch: [],
    hasChanged: false,
  }
}

const visit = async (run: Run, found: FoundFile | FoundProblem) => {
  const { path } = found
  if ('reason' in found) {
    if (found.isFolder) run.unreadableFolders.push(path)
    // A link that no longer leads to a file of the folder takes its passages with it.
    else await forget(run, [path])
    return report(run, path, found.isIgnored ? 'ignored' : 'failed', { reason: found.reason })
  }
  if (!isSupportedDocument(path)) {
    const reason = ragMessage('rag.file-unsupported', { extension: extname(path) })
    return report(run, path, 'ignored', { reason })
  }
  const before = run.known.get(path)
  try {
    const bytes = await readBounded(found.realPath, run.limits.maxFileBytes)
    const fingerprint = fingerprintOf(bytes, run.request.knowledge)
    if (before?.fingerprint === fingerprint) return reportUnchanged(run, before)
    const document = await run.parse({ path, bytes, signal: run.request.signal })
    await enqueue(run, prepareDocument(run.request.knowledge, { path, fingerprint, document }))
  } catch (error) {
    run.request.signal.throwIfAborted()
    fail(run, path, error)
  }
}

const reportUnchanged = (run: Run, { path, state, passages, reason }: DocumentRecord) =>
  report(run, path, state === 'ingested' ? 'unchanged' : state, { passages, ...(reason && { reason }) })

/** What the file held before is served on: a file that cannot be read for a while is not a file that is gone. */
const fail = (run: Run, path: string, error: unknown) => {
  const { code, params } = toArchitectError(error)
  const passages = run.known.get(path)?.passages ?? 0
  const reason = { code, params }
  report(run, path, 'failed', { passages, reason })
  run.failures.push({ path, state: 'failed', reason, fingerprint: '', passages })
}

const enqueue = async (run: Run, document: PreparedDocument) => {
  run.batch.push(document)
  const passages = run.batch.reduce((sum, { rows }) => sum + rows.length, 0)
  const characters = run.batch.reduce((sum, { text }) => sum + text.length, 0)
  const limit = run.request.knowledge.embeddings ? embeddedPassagesPerCommit : passagesPerCommit
  if (passages >= limit || characters >= charactersPerCommit) await commit(run)
}

const commit = async (run: Run) => {
  const { batch, generation, shelf, clock, embedding } = run
  if (batch.length === 0) return
  run.batch = []
  run.hasChanged = true
  const vectors = await embedding.vectorsOf(batch.flatMap(({ rows }) => rows))
  const ingestedAtMs = clock.wallMs()
  await shelf.texts.put(batch.map(({ version, path, text }) => ({ version, path, text, ingestedAtMs })))
  const rows = batch.flatMap((document) => document.rows)
  await generation.passages.replace(
    batch.map(({ path }) => path),
    vectors === 'off' ? rows : rows.map((row, i) => ({ ...row, vector: vectors?.[i] ?? null })),
  )
  const records = batch.map((document) => recordOf(document, vectors !== undefined))
  await generation.documents.put(records)
  for (const { path, state, passages, reason } of records)
    report(run, path, state, { passages, ...(reason && { reason }) })
}

/** A document that lacks its vectors is read again by the next run. */
const recordOf = ({ path, fingerprint, rows }: PreparedDocument, isComplete: boolean): DocumentRecord =>
  rows.length === 0
    ? { path, state: 'empty', reason: ragMessage('rag.file-empty', {}), fingerprint, passages: 0 }
    : { path, state: 'ingested', fingerprint: isComplete ? fingerprint : '', passages: rows.length }

const report = (run: Run, path: string, state: FileState, more: Partial<FileReport> = {}) => {
  run.reports.set(path, { path, state, passages: 0, ...more })
}

const removeMissing = async (run: Run) => {
  const isBelow = (path: string) => run.unreadableFolders.some((folder) => path.startsWith(`${folder}/`))
  const missing = [...run.known.keys()].filter((path) => {
    const state = run.reports.get(path)?.state
    return (state === undefined || state === 'ignored') && !isBelow(path)
  })
  await forget(run, missing)
  for (const path of missing) report(run, path, 'removed')
}

/** Passages first: what is found can always be read. */
const forget = async (run: Run, paths: readonly string[]) => {
  const stored = paths.filter((path) => run.known.has(path))
  if (stored.length === 0) return
  run.hasChanged = true
  await run.generation.passages.replace(stored, [])
  await run.shelf.texts.remove(stored)
  await run.generation.documents.remove(stored)
}

const tidy = async (run: Run) => {
  const { passages, documents } = run.generation
  const { unindexedPassages } = await passages.statistics()
  if (!run.hasChanged && unindexedPassages === 0) return
  const changed = [...run.reports.values()]
    .filter(({ state }) => state === 'ingested')
    .map(({ path }) => path)
  await run.shelf.texts.prune(changed, run.limits.versionsKept)
  const before = new Date(run.clock.wallMs() - versionsKeptMs)
  await passages.optimize(before)
  await documents.optimize(before)
  await run.shelf.texts.optimize(before)
}

const reportOf = async (run: Run, durationMs: number): Promise<IngestReport> => {
  const files = [...run.reports.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  const counts = { ingested: 0, unchanged: 0, removed: 0, empty: 0, failed: 0, ignored: 0 }
  for (const { state } of files) counts[state]++
  const { passages } = await run.generation.passages.statistics()
  const knowledge = run.request.knowledge.id
  return { knowledge, files, counts, passages, embeddings: run.embedding.state(), durationMs }
}
