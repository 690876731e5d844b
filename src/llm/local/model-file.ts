// Looks at a model's file before llama.cpp does, which can only say "failed": is it there, is it GGUF, is it known,
// and does it fit into memory.

import { open } from 'node:fs/promises'
import type { GgufFileInfo, GgufInsights, Llama } from 'node-llama-cpp'
import type { ArchitectError } from '../../core/index.js'
import { llmError } from '../messages.js'
import type { LlamaArguments } from './protocol.js'

/** node-llama-cpp itself, handed in by the process that may load native code. */
export type LlamaLibrary = typeof import('node-llama-cpp')

export interface ModelFile {
  readonly info: GgufFileInfo
  readonly insights: GgufInsights
}

export interface ModelFileOptions {
  readonly library: LlamaLibrary
  readonly llama: Llama
  readonly args: LlamaArguments
}

/** @throws `llm.model-not-found` | `llm.model-not-gguf` | `llm.model-damaged` | `llm.model-not-supported` */
export const inspectModelFile = async ({ library, llama, args }: ModelFileOptions): Promise<ModelFile> => {
  const { deployment, modelPath: path } = args
  await checkIsGguf(deployment, path)
  try {
    const info = await library.readGgufFileInfo(path, { sourceType: 'filesystem', logWarnings: false })
    const insights = await library.GgufInsights.from(info, llama)
    const architecture = String(info.metadata.general.architecture)
    if (!insights.isSupportedByLlamaCpp)
      throw llmError('llm.model-not-supported', { deployment, path, architecture })
    return { info, insights }
  } catch (cause) {
    throw damaged(args, cause)
  }
}

/** The error of a file that cannot be loaded; errors that say more pass. */
export const damaged = ({ deployment, modelPath: path }: LlamaArguments, cause: unknown) =>
  (cause as Error).name === 'ArchitectError'
    ? (cause as Error)
    : llmError('llm.model-damaged', { deployment, path, detail: (cause as Error).message }, { cause })

const checkIsGguf = async (deployment: string, path: string) => {
  const file = await open(path).catch((cause: unknown) => {
    throw llmError('llm.model-not-found', { deployment, path }, { cause })
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0).catch((cause: unknown) => {
      throw llmError('llm.model-not-gguf', { deployment, path }, { cause })
    })
    if (bytesRead < 4 || buffer.toString('latin1') !== 'GGUF')
      throw llmError('llm.model-not-gguf', { deployment, path })
  } finally {
    await file.close()
  }
}

const bytesPerMiB = 1024 * 1024

export interface MemoryPlan {
  readonly contextLength: number
  readonly batchTokens: number
  /** What the process may still take. */
  readonly availableBytes: number
}

export interface MemoryEstimate {
  readonly fits: boolean
  /** `llm.model-too-large` */
  error(cause?: unknown): ArchitectError
}

/** What weights and context take when all of it is in the machine's own memory. */
export const estimateMemory = async (
  { info, insights }: ModelFile,
  { deployment, sequences }: LlamaArguments,
  { contextLength, batchTokens, availableBytes }: MemoryPlan,
): Promise<MemoryEstimate> => {
  const weights = await insights.estimateModelResourceRequirementsV2({ gpuLayers: 0, useMmap: true })
  const stateBytes = stateBytesPerToken(info) * contextLength * sequences
  // llama.cpp's own estimate tries the context out, which must not be done with one that cannot fit.
  const context =
    weights.cpuRam + stateBytes > availableBytes
      ? { cpuRam: stateBytes }
      : await insights.estimateContextResourceRequirementsV2({
          contextSize: contextLength,
          modelGpuLayers: 0,
          sequences,
          batchSize: batchTokens,
        })
  const neededBytes = weights.cpuRam + context.cpuRam
  return {
    fits: neededBytes <= availableBytes,
    error: (cause) =>
      llmError(
        'llm.model-too-large',
        {
          deployment,
          contextLength,
          sequences,
          neededMiB: Math.ceil(neededBytes / bytesPerMiB),
          availableMiB: Math.floor(availableBytes / bytesPerMiB),
        },
        { cause },
      ),
  }
}

/** Keys and values of one token in half precision; 0 for architectures that keep something else. */
const stateBytesPerToken = ({ architectureMetadata }: GgufFileInfo): number => {
  const {
    block_count: layers = 0,
    embedding_length: width = 0,
    attention,
  } = architectureMetadata as LlamaShape
  const heads = attention?.head_count
  const keyHeads = attention?.head_count_kv ?? heads
  if (typeof heads !== 'number' || typeof keyHeads !== 'number' || heads === 0) return 0
  const { key_length: keys = width / heads, value_length: values = width / heads } = attention ?? {}
  return layers * keyHeads * (keys + values) * 2
}

/** Fields that most transformers have in their metadata. */
interface LlamaShape {
  readonly block_count?: number
  readonly embedding_length?: number
  readonly attention?: {
    readonly head_count?: unknown
    readonly head_count_kv?: unknown
    readonly key_length?: number
    readonly value_length?: number
  }
}
