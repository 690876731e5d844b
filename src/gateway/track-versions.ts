// Knows when the documents of a knowledge base may have changed, so that cached answers made from them are not
// used again. One process writes an index and holds the cache, so a count in memory is enough.

import type { Knowledge } from '../rag/index.js'

export interface VersionedKnowledge extends Knowledge {
  /** A text that is another one after any ingest has begun, and again after it has ended. */
  version(knowledge: string): string
}

/**
 * The same knowledge, counting the ingests that go through it: every ingest must.
 * @example
 * const knowledge = trackVersions(createKnowledgeClient(child))
 */
export const trackVersions = (knowledge: Knowledge): VersionedKnowledge => {
  const changes = new Map<string, number>()
  const bump = (id: string) => changes.set(id, (changes.get(id) ?? 0) + 1)
  return {
    ...knowledge,
    ingest: async (request) => {
      const { id } = request.knowledge
      bump(id)
      try {
        return await knowledge.ingest({
          ...request,
          // Files become searchable one by one: what was answered between two of them is old after the second.
          onProgress: (progress) => {
            bump(id)
            request.onProgress?.(progress)
          },
        })
      } finally {
        bump(id)
      }
    },
    version: (id) => String(changes.get(id) ?? 0),
  }
}
