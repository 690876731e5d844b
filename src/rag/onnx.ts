// Models that run in this process by transformers.js, from folders of weights on this machine: vectors of texts, and
// scores of documents.

import { createFolderOpener, createOnnxShelf, type LoadLibrary, type OnnxFolder } from './onnx-library.js'
import { createOnnxRank, type OnnxRank } from './onnx-rank.js'

/** An embedding model. */
export interface OnnxModel extends OnnxFolder {
  /** How the vectors of a text's tokens become one. */
  readonly pooling: 'mean' | 'cls'
  /** Put before questions and before passages, for models trained so (`query: `, `passage: `). */
  readonly prefixes: { readonly query: string; readonly document: string }
}

export interface OnnxVectors {
  readonly vectors: readonly (readonly number[])[]
  readonly inputTokens: number
}

export interface OnnxModels {
  /** @throws `rag.onnx-unusable` and what `load` throws */
  embed(
    model: OnnxModel,
    request: {
      readonly texts: readonly string[]
      readonly purpose: 'query' | 'document'
      readonly signal: AbortSignal
    },
  ): Promise<OnnxVectors>
  readonly rank: OnnxRank
  close(): Promise<void>
}

/** Small batches: padding costs, and a question need not wait behind a whole folder. */
const textsPerBatch = 8

export const createOnnxModels = (load: LoadLibrary): OnnxModels => {
  const open = createFolderOpener(load)
  const extractors = createOnnxShelf((folder) =>
    open(folder, ({ pipeline }) =>
      pipeline('feature-extraction', folder.model, { dtype: folder.dtype, local_files_only: true }),
    ),
  )
  const ranker = createOnnxRank(open)
  return {
    embed: async (model, { texts, purpose, signal }) => {
      const extractor = await extractors.of(model)
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
    rank: ranker.rank,
    close: async () => {
      await extractors.close()
      await ranker.close()
    },
  }
}
