// Loads a GGUF model and what belongs to it. Everything that touches native code starts here, in a process of its own.

import { access } from 'node:fs/promises'
import type { Llama, LlamaContext, LlamaModel, LlamaOptions, LlamaRankingContext } from 'node-llama-cpp'
import type { Log } from '../../core/index.js'
import { llmError } from '../messages.js'
import { type ChatTemplate, createChatTemplate } from './chat-template.js'
import { damaged, estimateMemory, inspectModelFile, type LlamaLibrary, type ModelFile } from './model-file.js'
import type { LlamaArguments, LlamaDescription } from './protocol.js'
import { cannotRank, createRankingContext } from './rank-texts.js'

export interface LoadedModel {
  readonly library: LlamaLibrary
  readonly llama: Llama
  readonly model: LlamaModel
  /** Undefined for a model that only makes embeddings, or is only asked to rank. */
  readonly context: LlamaContext | undefined
  /** Undefined unless ranking is what the model is there for. */
  readonly ranking: LlamaRankingContext | undefined
  readonly template: ChatTemplate | undefined
  readonly description: LlamaDescription
  close(): Promise<void>
}

export interface LoadOptions {
  /** The library, with the functions of it that reach native code. */
  readonly library: LlamaLibrary
  readonly args: LlamaArguments
  readonly log: Log
  /** Aborted when the process was told to stop: what fails afterwards was broken off. */
  readonly interrupted: AbortSignal
}

/** Tokens computed in one step at most: all sequences share them. */
export const batchTokens = 512

/** @throws `llm.model-*` | `llm.adapter-unusable` | `llm.gpu-not-available` | `llm.cancelled` (retryable) */
export const loadModel = async ({ library, args, log, interrupted }: LoadOptions): Promise<LoadedModel> => {
  let lastWarning = ''
  const llama = await startLlama(
    library,
    {
      gpu: args.gpu,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      maxThreads: args.threads,
      logLevel: library.LlamaLogLevel.warn,
      logger: (level, message) => {
        lastWarning = message.trim() || lastWarning
        log.warn({ level, line: message.trim() }, 'llama.cpp says')
      },
    },
    { deployment: args.deployment, interrupted },
  )
  const file = await inspectModelFile({ library, llama, args })
  if (args.ranks) refuseToRank(file, args)
  const trained = file.insights.trainContextSize ?? args.contextLength
  const contextLength = Math.min(args.contextLength, trained)
  const memory = await estimateMemory(file, args, {
    contextLength,
    batchTokens: args.ranks ? contextLength : batchTokens,
    availableBytes: process.availableMemory(),
  })
  // Where a graphics processor takes a part, only llama.cpp knows how much is left to the rest.
  if (llama.gpu === false && !memory.fits) throw memory.error()
  const explain = (cause: unknown) => {
    if (cause instanceof library.InsufficientMemoryError) throw memory.error(cause)
    throw cause
  }
  const model = await llama
    .loadModel({ modelPath: args.modelPath, ...(llama.gpu === false && { gpuLayers: 0 }) })
    .catch(explain)
    .catch((cause: Error) => {
      throw damaged(args, lastWarning ? new Error(`${cause.message}: ${lastWarning}`) : cause)
    })
  const ranking = args.ranks
    ? await createRankingContext(model, { library, args, contextLength }).catch(explain)
    : undefined
  const context =
    file.insights.hasDecoder && !ranking
      ? await createContext({ library, model, args, contextLength }).catch(explain)
      : undefined
  const template = templateOf(model, args.deployment)
  return {
    library,
    llama,
    model,
    context,
    ranking,
    template,
    description: describe(file, { args, model, contextLength, template }),
    close: () => llama.dispose(),
  }
}

/** Told before gigabytes are read. */
const refuseToRank = ({ insights }: ModelFile, { deployment, lora }: LlamaArguments) => {
  if (!insights.supportsRanking) throw cannotRank(deployment, 'its file holds no classification head')
  if (lora.length > 0)
    throw llmError('llm.options-invalid', { deployment, detail: 'lora: adapters serve chats only' })
}

/** llama.cpp is tried out in processes that Ctrl-C ends as well, which then looks as if there were none. */
const startLlama = (
  library: LlamaLibrary,
  options: LlamaOptions,
  { deployment, interrupted }: { readonly deployment: string; readonly interrupted: AbortSignal },
): Promise<Llama> =>
  library.getLlama(options).catch((cause: unknown) => {
    if (!(cause instanceof library.NoBinaryFoundError)) throw cause
    if (interrupted.aborted)
      throw llmError(
        'llm.cancelled',
        { deployment, reason: 'interrupted while loading' },
        { retryable: true, cause },
      )
    throw llmError('llm.gpu-not-available', { deployment, gpu: String(options.gpu) }, { cause })
  })

interface ContextParts {
  readonly library: LlamaLibrary
  readonly model: LlamaModel
  readonly args: LlamaArguments
  readonly contextLength: number
}

const createContext = async ({
  library,
  model,
  args,
  contextLength,
}: ContextParts): Promise<LlamaContext> => {
  const { deployment, lora } = args
  for (const { path } of lora)
    await access(path).catch((cause: Error) => {
      throw llmError('llm.adapter-unusable', { deployment, path, detail: cause.message }, { cause })
    })
  const settings = {
    contextSize: contextLength,
    sequences: args.sequences,
    threads: args.threads,
    batchSize: batchTokens,
  }
  if (lora.length === 0) return model.createContext(settings)
  const adapters = lora.map(({ path, scale }) => ({ filePath: path, scale }))
  return model.createContext({ ...settings, lora: { adapters } }).catch((cause: Error) => {
    if (cause instanceof library.InsufficientMemoryError) throw cause
    const path = lora.map((adapter) => adapter.path).join(', ')
    throw llmError('llm.adapter-unusable', { deployment, path, detail: cause.message }, { cause })
  })
}

const templateOf = (model: LlamaModel, deployment: string): ChatTemplate | undefined => {
  const { tokenizer } = model.fileInfo.metadata
  const source = tokenizer?.chat_template
  if (typeof source !== 'string') return undefined
  const { tokens = [], token_type: types = [] } = tokenizer?.ggml ?? {}
  return createChatTemplate({
    deployment,
    source,
    bos: model.tokens.bosString ?? '',
    eos: model.tokens.eosString ?? '',
    marks: tokens.filter((_text, token) => types[token] === controlToken),
  })
}

/** GGUF's token type of marks that steer the model. */
const controlToken = 3

const describe = (
  { info, insights }: ModelFile,
  {
    args,
    model,
    contextLength,
    template,
  }: Omit<ContextParts, 'library'> & { template: ChatTemplate | undefined },
): LlamaDescription => ({
  architecture: String(info.metadata.general.architecture),
  parameters: insights.totalParameters,
  contextLength,
  trainedContextLength: insights.trainContextSize ?? contextLength,
  sequences: args.sequences,
  threads: args.threads,
  device: model.llama.gpu === false ? 'cpu' : model.llama.gpu,
  embeddingDimensions: model.embeddingVectorSize,
  adapters: args.lora.length,
  canChat: template !== undefined && insights.hasDecoder,
  templateHasTools: template?.hasTools ?? false,
})
