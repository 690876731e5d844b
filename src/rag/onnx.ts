// Vectors made in this process by transformers.js, from a folder of weights on this machine. The library is optional
// and handed in: who starts the process loads it. Never asks a hub.

import { ragError } from './messages.js'

/** A model on disk, as JSON between processes. */
export interface OnnxModel {
  /** Where the library is installed. */
  readonly library: string
  /** Folder that holds the model's folder. */
  readonly models: string
  /** Name of the model's folder: config.json, tokenizer.json, onnx/model*.onnx. */
  readonly model: string
  /** Which of the weights: `fp32` is model.onnx, `q8` model_quantized.onnx. */
  readonly dtype: string
  /** How the vectors of a text's tokens become one. */
  readonly pooling: 'mean' | 'cls'
  /** Put before questions and before passages, for models trained so (`query: `, `passage: `). */
  readonly prefixes: { readonly query: string; readonly document: string }
}

/** What is used of the library. */
export interface TransformersLibrary {
  readonly env: {
    allowRemoteModels: boolean
    allowLocalModels: boolean
    localModelPath: string
    cacheDir: string | null
  }
  pipeline(
    task: 'feature-extraction',
    model: string,
    options: { readonly dtype: string; readonly local_files_only: true },
  ): Promise<Extractor>
}

interface Extractor {
  (
    texts: readonly string[],
    options: { readonly pooling: string; readonly normalize: boolean },
  ): Promise<{ tolist(): number[][] }>
  tokenizer(texts: string): { readonly input_ids: { readonly size: number } }
  dispose(): Promise<unknown>
}

export interface OnnxVectors {
  readonly vectors: readonly (readonly number[])[]
  readonly inputTokens: number
}

export interface OnnxEmbedder {
  /** @throws `rag.onnx-unusable` and what `load` throws */
  embed(
    model: OnnxModel,
    request: {
      readonly texts: readonly string[]
      readonly purpose: 'query' | 'document'
      readonly signal: AbortSignal
    },
  ): Promise<OnnxVectors>
  close(): Promise<void>
}

/** Small batches: padding costs, and a question need not wait behind a whole folder. */
const textsPerBatch = 8

/** @param load gives the library that is installed in a folder */
export const createOnnxEmbedder = (load: (library: string) => Promise<TransformersLibrary>): OnnxEmbedder => {
  const extractors = new Map<string, Promise<Extractor>>()

  const open = async ({ library, models, model, dtype }: OnnxModel): Promise<Extractor> => {
    const { env, pipeline } = await load(library)
    env.allowRemoteModels = false
    env.allowLocalModels = true
    env.localModelPath = models
    env.cacheDir = null
    try {
      return await pipeline('feature-extraction', model, { dtype, local_files_only: true })
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause)
      throw ragError('rag.onnx-unusable', { model, folder: models, detail }, { cause })
    }
  }
  const extractorOf = (model: OnnxModel): Promise<Extractor> => {
    const name = JSON.stringify([model.library, model.models, model.model, model.dtype])
    const extractor = extractors.get(name) ?? open(model)
    extractors.set(name, extractor)
    extractor.catch(() => extractors.delete(name))
    return extractor
  }

  return {
    embed: async (model, { texts, purpose, signal }) => {
      const extractor = await extractorOf(model)
      const prefixed = texts.map((text) => model.prefixes[purpose] + text)
      const vectors: number[][] = []
      for (let at = 0; at < prefixed.length; at += textsPerBatch) {
        signal.throwIfAborted()
        const batch = prefixed.slice(at, at + textsPerBatch)
        const output = await extractor(batch, { pooling: model.pooling, normalize: true })
        vectors.push(...output.tolist())
      }
      const inputTokens = prefixed.reduce((sum, text) => sum + extractor.tokenizer(text).input_ids.size, 0)
      return { vectors, inputTokens }
    },
    close: async () => {
      for (const extractor of extractors.values())
        await extractor.then((open) => open.dispose()).catch(() => {})
    },
  }
}
