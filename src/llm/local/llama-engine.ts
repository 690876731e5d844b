// What the llama process does for its parent, composed: load the model, answer chats, count and name tokens, embed texts, rank documents.

import type { Log } from '../../core/index.js'
import { llmError } from '../messages.js'
import { answerShape } from './answer-shape.js'
import { createTextEmbedder } from './embed-texts.js'
import { createGrammarShelf } from './grammar-shelf.js'
import { loadModel } from './load-model.js'
import type { LlamaLibrary } from './model-file.js'
import type {
  LlamaArguments,
  LlamaChatParams,
  LlamaChatProgress,
  LlamaChatResult,
  LlamaDescription,
  LlamaEmbeddings,
  LlamaRanking,
  LlamaTokenizeParams,
  LlamaTokens,
} from './protocol.js'
import { cannotRank, createTextRanker } from './rank-texts.js'
import { renderPrompt, runChat } from './run-chat.js'
import { createSequencePool } from './sequence-pool.js'
import { textOfTokens, tokensOfText, withTexts } from './tokenize.js'
import { createSchemaCompiler, type SchemaValidator } from './validate-json.js'

export interface LlamaEngine {
  readonly description: LlamaDescription
  chat(
    params: LlamaChatParams,
    signal: AbortSignal,
    onProgress: (progress: LlamaChatProgress) => void,
  ): Promise<LlamaChatResult>
  /** Tokens of the prompt that `chat` would compute. */
  countTokens(params: LlamaChatParams): number
  tokenize(params: LlamaTokenizeParams): LlamaTokens
  /** @throws `llm.request-unreadable` for an id that is not of the vocabulary */
  detokenize(tokens: readonly number[]): string
  embed(texts: readonly string[], signal: AbortSignal): Promise<LlamaEmbeddings>
  /** @throws `llm.model-cannot-rank` unless it was loaded for that */
  rank(query: string, documents: readonly string[], signal: AbortSignal): Promise<LlamaRanking>
  close(): Promise<void>
}

export interface LlamaEngineOptions {
  readonly library: LlamaLibrary
  readonly validator: SchemaValidator
  readonly args: LlamaArguments
  readonly log: Log
  /** Aborted when the process was told to stop. */
  readonly interrupted: AbortSignal
}

/**
 * Loads the model. Native code runs from here on: only in a process that may crash.
 * @throws the errors of `loadModel`
 */
export const createLlamaEngine = async (options: LlamaEngineOptions): Promise<LlamaEngine> => {
  const { deployment, sequences, maxWaiting } = options.args
  const loaded = await loadModel(options)
  const { context, ranking, model } = loaded
  const pool =
    context &&
    createSequencePool({
      deployment,
      maxWaiting,
      sequences: Array.from({ length: sequences }, () => context.getSequence()),
    })
  const grammars = createGrammarShelf(loaded.llama)
  const compileSchema = createSchemaCompiler(options.validator)
  const embedder = createTextEmbedder(loaded, deployment)
  const promptTokens = (params: LlamaChatParams) =>
    renderPrompt(loaded, { params, shape: answerShape(params, compileSchema), deployment }).tokens
  const ranker = ranking && createTextRanker({ model, context: ranking, deployment })
  return {
    description: loaded.description,
    chat: async (params, signal, onProgress) => {
      if (!pool) throw llmError('llm.model-cannot-chat', { deployment })
      return runChat({ loaded, pool, deployment, compileSchema, grammars }, { params, signal, onProgress })
    },
    countTokens: (params) => promptTokens(params).length,
    tokenize: (params) =>
      withTexts(
        loaded,
        'chat' in params
          ? promptTokens(params.chat)
          : tokensOfText(loaded, params.text, params.addsSpecialTokens),
      ),
    detokenize: (tokens) => textOfTokens(loaded, tokens),
    embed: embedder.embed,
    rank: async (...request) => {
      if (!ranker) throw cannotRank(deployment, 'it was not loaded to rank')
      return ranker.rank(...request)
    },
    close: loaded.close,
  }
}

/** The engine's methods in the form in which a child process serves them. @param engine asked once it is loaded */
export const llamaMethods = (engine: () => LlamaEngine) => ({
  describe: async () => engine().description,
  chat: (params: LlamaChatParams, signal: AbortSignal, onProgress: (value: unknown) => void) =>
    engine().chat(params, signal, onProgress),
  countTokens: async (params: LlamaChatParams) => engine().countTokens(params),
  tokenize: async (params: LlamaTokenizeParams) => engine().tokenize(params),
  detokenize: async ({ tokens }: { readonly tokens: readonly number[] }) => engine().detokenize(tokens),
  embed: ({ texts }: { texts: readonly string[] }, signal: AbortSignal) => engine().embed(texts, signal),
  rank: (
    { query, documents }: { readonly query: string; readonly documents: readonly string[] },
    signal: AbortSignal,
  ) => engine().rank(query, documents, signal),
})
