// The engine of the knowledge process, loaded where there is something to search, or when it is first asked: the index
// behind it takes a quarter of a second of processor time, and every system without documents does without.

import { readdir } from 'node:fs/promises'
import type { KnowledgeEngine, KnowledgeEngineOptions } from './knowledge-engine.js'

export const openKnowledgeEngine = async (options: KnowledgeEngineOptions): Promise<KnowledgeEngine> => {
  let opening: Promise<KnowledgeEngine> | undefined
  const open = async () => {
    const { createKnowledgeEngine } = await import('./knowledge-engine.js')
    return createKnowledgeEngine(options)
  }
  const engine = () => {
    opening ??= open()
    return opening
  }
  if (await hasDocuments(options.directory)) await engine()
  return {
    ingest: async (request) => (await engine()).ingest(request),
    search: async (request) => (await engine()).search(request),
    read: async (reference) => (await engine()).read(reference),
    status: async (knowledge) => (await engine()).status(knowledge),
    // Models may have been run without it.
    close: async () => (opening ? (await opening).close() : options.onnx?.close()),
  }
}

/** Whether a knowledge base was ever written there: each has a folder of its own. */
const hasDocuments = async (directory: string): Promise<boolean> => {
  // Not there yet, or not for us to see: whoever ingests is told why.
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  return entries.some((entry) => entry.isDirectory())
}
