// transformers.js as far as it is used, and models that were loaded by it. The library is optional and handed in: who
// starts the process loads it. Never asks a hub. Knows no task.

import { ragError } from './messages.js'

/** Weights on disk, as JSON between processes. */
export interface OnnxFolder {
  /** Where the library is installed. */
  readonly library: string
  /** Folder that holds the model's folder. */
  readonly models: string
  /** Name of the model's folder: config.json, tokenizer.json, onnx/model*.onnx. */
  readonly model: string
  /** Which of the weights: `fp32` is model.onnx, `q8` model_quantized.onnx. */
  readonly dtype: string
}

interface LoadOptions {
  readonly dtype: string
  readonly local_files_only: true
}

/** What is used of the library. */
export interface TransformersLibrary {
  readonly env: {
    allowRemoteModels: boolean
    allowLocalModels: boolean
    localModelPath: string
    cacheDir: string | null
  }
  pipeline(task: 'feature-extraction', model: string, options: LoadOptions): Promise<Extractor>
  readonly AutoTokenizer: {
    from_pretrained(model: string, options: Omit<LoadOptions, 'dtype'>): Promise<PairTokenizer>
  }
  readonly AutoModelForSequenceClassification: {
    from_pretrained(model: string, options: LoadOptions): Promise<Classifier>
  }
}

export interface Extractor {
  (
    texts: readonly string[],
    options: { readonly pooling: string; readonly normalize: boolean },
  ): Promise<{ tolist(): number[][] }>
  tokenizer(texts: string): { readonly input_ids: { readonly size: number } }
  dispose(): Promise<unknown>
}

export interface PairTokenizer {
  (texts: readonly string[], options: object): PairInputs
  encode(text: string, options?: { readonly add_special_tokens: boolean }): readonly number[]
  /** Infinity where the model's files say nothing. */
  readonly model_max_length: number
}

/** Tensors with a row for each pair, padded to the longest. */
export interface PairInputs {
  readonly input_ids: { readonly data: BigInt64Array; readonly dims: readonly number[] }
  readonly attention_mask: { readonly data: BigInt64Array }
}

export interface Classifier {
  (inputs: PairInputs): Promise<{ readonly logits?: { tolist(): number[][] } }>
  /** As the model's config.json says it. */
  readonly config: { readonly model_type?: unknown; readonly max_position_embeddings?: unknown }
  dispose(): Promise<unknown>
}

/** @returns the library that is installed in a folder */
export type LoadLibrary = (folder: string) => Promise<TransformersLibrary>

/** Makes something of a model's folder. @throws `rag.onnx-unusable` and what `load` throws */
export type OpenFolder = <Opened>(
  folder: OnnxFolder,
  make: (library: TransformersLibrary) => Promise<Opened>,
) => Promise<Opened>

/** One folder is opened after the other: where the library looks for files is a setting of the whole library. */
export const createFolderOpener = (load: LoadLibrary): OpenFolder => {
  let last: Promise<unknown> = Promise.resolve()
  return (folder, make) => {
    const opening = last.then(async () => {
      const library = await load(folder.library)
      stayOnThisMachine(library, folder)
      return make(library).catch((cause: unknown) => {
        throw onnxUnusable(folder, cause)
      })
    })
    // Whoever opens this folder is told of its failure; the next one is opened all the same.
    last = opening.catch(() => {})
    return opening
  }
}

const stayOnThisMachine = ({ env }: TransformersLibrary, { models }: OnnxFolder) => {
  env.allowRemoteModels = false
  env.allowLocalModels = true
  env.localModelPath = models
  env.cacheDir = null
}

export const onnxUnusable = ({ model, models }: OnnxFolder, cause: unknown) => {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return ragError('rag.onnx-unusable', { model, folder: models, detail }, { cause })
}

interface Shelf<Opened> {
  /** Opened at the first call; one that cannot be opened is tried again at the next. */
  of(folder: OnnxFolder): Promise<Opened>
  close(): Promise<void>
}

/** Keeps what was opened of each folder. */
export const createOnnxShelf = <Opened extends { dispose(): Promise<unknown> }>(
  open: (folder: OnnxFolder) => Promise<Opened>,
): Shelf<Opened> => {
  const kept = new Map<string, Promise<Opened>>()
  return {
    of: (folder) => {
      const { library, models, model, dtype } = folder
      const name = JSON.stringify([library, models, model, dtype])
      const opened = kept.get(name) ?? open(folder)
      kept.set(name, opened)
      // The caller is told of the failure.
      opened.catch(() => kept.delete(name))
      return opened
    },
    close: async () => {
      // What could not be opened, or not be let go of, must not keep the others from being closed.
      for (const opened of kept.values()) await opened.then((one) => one.dispose()).catch(() => {})
    },
  }
}
