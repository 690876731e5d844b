// Floor 3: parse, chunk, index, search and cite documents. Knows no chat route and no process.

export { holdsWords } from './check-citations.js'
export { createParseWorker, type ParseWorker, type ParseWorkerOptions } from './create-parse-worker.js'
export type { DocumentParser, ParsedDocument } from './document.js'
export type { EmbeddingsEndpoint, RerankEndpoint, ResolvedKnowledge } from './endpoint.js'
export type { IngestLimits } from './ingest-folder.js'
export type {
  EmbeddingsState,
  FileReport,
  FileState,
  IngestProgress,
  IngestReport,
  IngestRequest,
  Knowledge,
  KnowledgeStatus,
  Passage,
  SearchArm,
  SearchRequest,
  SearchStep,
} from './knowledge.js'
export {
  createKnowledgeClient,
  type EmbedParams,
  type KnowledgeClientOptions,
  type KnowledgeProcess,
  knowledgeMethods,
  onnxMethods,
  type RankParams,
} from './knowledge-client.js'
export type { KnowledgeEngine, KnowledgeEngineOptions } from './knowledge-engine.js'
export { ragError, ragMessages } from './messages.js'
export { createOnnxModels, type OnnxModel, type OnnxModels } from './onnx.js'
export type { TransformersLibrary } from './onnx-library.js'
export type { OnnxRanker } from './onnx-rank.js'
export { openKnowledgeEngine } from './open-knowledge-engine.js'
