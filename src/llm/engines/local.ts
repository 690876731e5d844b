// A chat model in a process of its own on this machine: llama.cpp with a GGUF file. This side only asks; what runs
// the model is in `local/`, and native code never runs here.

import type { Clock } from '../../core/index.js'
import type { ChatModel, ChatRequest, ModelFacts, TokenCount, Tokenizer } from '../contract.js'
import { estimateRequestTokens } from '../estimate-tokens.js'
import type {
  LlamaChatParams,
  LlamaDescription,
  LlamaEmbeddings,
  LlamaRanking,
  LlamaTokenizeParams,
  LlamaTokens,
} from '../local/protocol.js'
import { compact } from '../wire/fields.js'
import type { EngineDeployment } from './engine-deployment.js'
import type { LlamaPort } from './local-port.js'
import { openLocalAnswer } from './local-stream.js'
import { refuseHosted } from './refuse-hosted.js'
import { createWatchdog } from './watchdog.js'

export interface LocalModelOptions {
  readonly deployment: Pick<EngineDeployment, 'id' | 'model' | 'timeouts'>
  readonly facts: ModelFacts
  readonly port: LlamaPort
  readonly clock: Clock
  /** For requests that name none. */
  readonly temperature: number
}

export interface LocalModel extends ChatModel {
  readonly tokenizer: Tokenizer
  /** Resolves when the model is loaded; rejects with what to change when it cannot be. */
  readonly ready: Promise<void>
  describe(): Promise<LlamaDescription>
  /** What `countTokens` can only estimate, because it may not wait. */
  countTokensExactly(request: ChatRequest): Promise<TokenCount>
  /** Unit vectors of texts, in their order. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<LlamaEmbeddings>
  /** Scores of documents against a query, in their order. Needs a model that was loaded to rank. */
  rank(query: string, documents: readonly string[], signal?: AbortSignal): Promise<LlamaRanking>
  /** Lets answers finish and ends the process. */
  close(): Promise<void>
}

/**
 * @example
 * const model = createLocalModel({ deployment, facts, port: superviseChild({ ... }), clock, temperature: 0 })
 */
export const createLocalModel = (options: LocalModelOptions): LocalModel => {
  const { deployment, port, clock } = options
  const watchdog = createWatchdog(clock)
  let facts = options.facts
  const ready = port.ready.then(async () => {
    const { contextLength, canChat } = await port.request<LlamaDescription>('describe', {})
    facts = { ...facts, contextLength, tools: facts.tools && canChat }
  })
  // Whoever waits for it is told; a model that nobody waits for must not end the process.
  ready.catch(() => {})
  const paramsOf = (request: ChatRequest, tenant: string) => chatParams(request, { ...options, tenant })
  return {
    id: deployment.id,
    get facts() {
      return facts
    },
    ready,
    countTokens: estimateRequestTokens,
    countTokensExactly: async (request) => ({
      tokens: await port.request<number>('countTokens', paramsOf(request, '')),
      exact: true,
    }),
    tokenizer: {
      tokenize: async (request, { signal }) => {
        const params: LlamaTokenizeParams =
          'chat' in request
            ? { chat: paramsOf(request.chat, '') }
            : { text: request.text, addsSpecialTokens: request.addsSpecialTokens }
        return {
          ...(await port.request<LlamaTokens>('tokenize', params, { signal })),
          contextLength: facts.contextLength,
        }
      },
      detokenize: (tokens, { signal }) => port.request<string>('detokenize', { tokens }, { signal }),
    },
    describe: () => port.request<LlamaDescription>('describe', {}),
    embed: (texts, signal) => port.request<LlamaEmbeddings>('embed', { texts }, signal ? { signal } : {}),
    rank: (query, documents, signal) =>
      port.request<LlamaRanking>('rank', { query, documents }, signal ? { signal } : {}),
    open: async (request, call) => {
      refuseHosted(request, 'local')
      const params = paramsOf(request, call.tenant)
      return openLocalAnswer({ port, deployment, clock, watchdog, request, call, params })
    },
    close: async () => {
      watchdog.close()
      await port.close()
    },
  }
}

const chatParams = (
  request: ChatRequest,
  { temperature, tenant }: { temperature: number; tenant: string },
): LlamaChatParams =>
  compact({
    tenant,
    messages: request.messages,
    tools: request.tools,
    toolChoice: request.toolChoice,
    maxOutputTokens: request.maxOutputTokens,
    temperature: request.temperature ?? temperature,
    topP: request.topP,
    stop: request.stop,
    seed: request.seed,
    responseFormat: request.responseFormat,
    logprobs: request.logprobs,
  })
