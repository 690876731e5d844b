// Floor 2: the chat contract, its helpers, the wire codecs and the engines.

export type { ProviderFields, ProviderModel } from './ai-sdk/provider-model.js'
export { answerStream, type ReadyAnswer } from './answer-stream.js'
export { attemptsOf, withAttempts } from './attempts.js'
export { beforeLastFrame, settleFirst } from './before-last-frame.js'
export { commitStream } from './commit-stream.js'
export { isContent, replaceText } from './content.js'
export type {
  AnsweredBy,
  CancelReason,
  ChatCall,
  ChatEvent,
  ChatModel,
  ChatRequest,
  ChatStream,
  DeploymentReference,
  Dialect,
  Extra,
  Frame,
  LogProbability,
  Message,
  ModelFacts,
  Outcome,
  Part,
  PassageReference,
  ResponseFormat,
  Source,
  TaskFacts,
  TokenCount,
  Tokenization,
  TokenizeRequest,
  Tokenizer,
  Tool,
  Wire,
} from './contract.js'
export { endsText } from './ends-text.js'
export { type AiSdkModel, createAiSdkModel, isProviderVersion } from './engines/ai-sdk.js'
export { createAnthropicMessagesModel } from './engines/anthropic-messages.js'
export { dialectHeaders } from './engines/dialect-headers.js'
export type { EngineDeployment } from './engines/engine-deployment.js'
export { createExtractiveModel } from './engines/extractive.js'
export { notInDocuments } from './engines/extractive-answer.js'
export { createGeminiModel } from './engines/gemini.js'
export type { HttpChatModel, HttpModelOptions } from './engines/http-chat-model.js'
export {
  type ClosableRerankModel,
  createHttpRerankModel,
  type HttpRerankOptions,
  type RerankShape,
  rerankTokens,
} from './engines/http-rerank.js'
export { createLocalModel, type LocalModel, type LocalModelOptions } from './engines/local.js'
export { type LocalOptions, parseLocalOptions } from './engines/local-options.js'
export type { LlamaPort } from './engines/local-port.js'
export {
  createOpenAiCompatibleModel,
  type OpenAiCompatibleModel,
} from './engines/openai-compatible.js'
export {
  type ClosableEmbeddingModel,
  createOpenAiEmbeddingModel,
  inputTokens,
  inputUsage,
  type OpenAiEmbeddingOptions,
} from './engines/openai-embedding.js'
export { createOpenAiResponsesModel } from './engines/openai-responses.js'
export { createPortEmbeddingModel, type EmbedTexts } from './engines/port-embedding.js'
export { createPortRerankModel, inOrderOfScores, type RankTexts } from './engines/port-rerank.js'
export type { Quirks } from './engines/quirks.js'
export {
  createScriptedModel,
  type Script,
  type ScriptedModel,
  type ScriptedModelOptions,
} from './engines/scripted.js'
export type { ScriptedAnswer } from './engines/scripted-answer.js'
export {
  createTritonGenerateModel,
  type TritonGenerateOptions,
} from './engines/triton-generate.js'
export {
  type ClosableTokenizer,
  createVllmTokenizer,
  type VllmTokenizerOptions,
} from './engines/vllm-tokenizer.js'
export { createWatchdog, type Watch, type Watchdog } from './engines/watchdog.js'
export { estimateRequestTokens, estimateTokens } from './estimate-tokens.js'
export { createFrame, frameOf } from './frame.js'
export { type Answer, type AnswerChoice, collectChoices, generate, partialAnswerOf } from './generate.js'
export { attachWire, editFrame, editRequest, gistOf, originOf, wireOf } from './identity.js'
export { joinTexts } from './join-texts.js'
export {
  createLlamaEngine,
  type LlamaEngine,
  type LlamaEngineOptions,
  llamaMethods,
} from './local/llama-engine.js'
export type {
  LlamaArguments,
  LlamaChatProgress,
  LlamaDescription,
  LlamaEmbeddings,
  LlamaRanking,
} from './local/protocol.js'
export { type SampleModel, sampleModel } from './local/sample-model.js'
export { type FrameEditor, mapFrames } from './map-frames.js'
export { llmError, llmMessages, type TimeoutPhase } from './messages.js'
export { type Ready, readyOf, withHead } from './ready-stream.js'
export { tap } from './tap.js'
export type {
  Answered,
  EmbeddingAnswer,
  EmbeddingModel,
  EmbeddingRequest,
  ModelCall,
  RerankAnswer,
  RerankModel,
  RerankRequest,
  RerankResult,
  Vector,
} from './vector-contract.js'
export { isPermissive, type Licence } from './weights/licence.js'
export type { ModelManifest, WeightFormat } from './weights/manifest.js'
export { weightsError, weightsMessages } from './weights/messages.js'
export {
  type FileVerdict,
  listIncoming,
  listModels,
  type ModelVerdict,
  modelDirectory,
  removeModel,
  requireModel,
  verifyModel,
} from './weights/model-folder.js'
export { type OpenPlan, type PlanOptions, planPull } from './weights/plan-pull.js'
export { type PullOptions, type PullResult, pullModel } from './weights/pull-model.js'
export type { PullPlan } from './weights/pull-plan.js'
export { type ResolvedWeights, type ResolveOptions, resolveWeights } from './weights/resolve-weights.js'
export type { WeightFacts } from './weights/weight-facts.js'
export { codecs, type ServedDialect } from './wire/codecs.js'
export { geminiError } from './wire/gemini-error.js'
export { openaiCompletionsCodec } from './wire/openai-completions.js'
export { withoutFinalResponse } from './wire/openai-responses-native.js'
export { splitFrame } from './wire/split-frame.js'
export { createSseParser, type SseEvent, type SseParser, type SseParserOptions } from './wire/sse-parser.js'
export type {
  DecoderOptions,
  EncoderOptions,
  ErrorBody,
  StreamDecoder,
  StreamEncoder,
  WireCodec,
} from './wire/wire-codec.js'
export type { Ending, Released } from './wrap-stream.js'
