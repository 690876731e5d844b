// The engine of the knowledge process, loaded where it is opened: the index behind it takes half a second to load, and
// every other process of the product does without.

import type { KnowledgeEngine, KnowledgeEngineOptions } from './knowledge-engine.js'

export const openKnowledgeEngine = async (options: KnowledgeEngineOptions): Promise<KnowledgeEngine> => {
  const { createKnowledgeEngine } = await import('./knowledge-engine.js')
  return createKnowledgeEngine(options)
}
