// `llm-architect/plugin`: what a plug-in module needs, and what an engine of its own is made with.

export {
  definePlugin,
  type EmbeddingEngineFactory,
  type EngineContext,
  type EngineFactory,
  type Plugin,
  type RerankEngineFactory,
  type VectorEngineContext,
} from './cli/plugin.js'
export {
  answerStream,
  attachWire,
  createFrame,
  estimateRequestTokens,
  estimateTokens,
  frameOf,
  mapFrames,
  tap,
} from './llm/index.js'
