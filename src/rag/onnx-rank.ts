// Scores of documents by a cross-encoder in this process: a sequence classifier that reads the query and a document
// together. Knows no index.

import { llmError } from '../llm/index.js'
import { ragError } from './messages.js'
import {
  type Classifier,
  createOnnxShelf,
  type OnnxFolder,
  type OpenFolder,
  onnxUnusable,
  type PairInputs,
  type PairTokenizer,
} from './onnx-library.js'

/** A cross-encoder. */
export interface OnnxRanker extends OnnxFolder {
  /** Tokens of query and document together at most; the model's own limit stays. */
  readonly contextLength: number
}

export interface OnnxScores {
  /** Between 0 and 1, in the order of the documents. */
  readonly scores: readonly number[]
  readonly inputTokens: number
}

/**
 * The score of a document is the sigmoid of a model's one output, or of the difference of its two (the second of
 * them is `relevant`), which is their softmax. What does not fit of a document is not read.
 * @throws `rag.onnx-unusable` | `rag.onnx-not-ranker` | `llm.query-too-long`
 */
export type OnnxRank = (
  model: OnnxRanker,
  request: {
    readonly query: string
    readonly documents: readonly string[]
    readonly signal: AbortSignal
  },
) => Promise<OnnxScores>

interface CrossEncoder {
  readonly tokenizer: PairTokenizer
  readonly classifier: Classifier
  dispose(): Promise<unknown>
}

/** Padding costs, and a signal is only looked at between batches. */
const pairsPerBatch = 8

export const createOnnxRank = (open: OpenFolder): { readonly rank: OnnxRank; close(): Promise<void> } => {
  const encoders = createOnnxShelf((folder) =>
    open(folder, async ({ AutoTokenizer, AutoModelForSequenceClassification }): Promise<CrossEncoder> => {
      const { model, dtype } = folder
      const tokenizer = await AutoTokenizer.from_pretrained(model, { local_files_only: true })
      const options = { dtype, local_files_only: true } as const
      const classifier = await AutoModelForSequenceClassification.from_pretrained(model, options)
      return { tokenizer, classifier, dispose: () => classifier.dispose() }
    }),
  )
  return {
    rank: async (model, { query, documents, signal }) => {
      const { tokenizer, classifier } = await encoders.of(model)
      const limit = longestPair(model, { tokenizer, classifier })
      const queryIds = tokenizer.encode(query)
      if (queryIds.length + leastDocumentTokens > limit)
        throw llmError('llm.query-too-long', {
          model: model.model,
          tokens: queryIds.length,
          contextLength: limit,
        })
      const closing = closingOf(queryIds, tokenizer.encode(query, { add_special_tokens: false }))
      const scores: number[] = []
      let inputTokens = 0
      for (let at = 0; at < documents.length; at += pairsPerBatch) {
        signal.throwIfAborted()
        const batch = documents.slice(at, at + pairsPerBatch)
        const inputs = tokenizer(
          batch.map(() => query),
          { text_pair: batch, padding: true, truncation: true, max_length: limit },
        )
        if (closing !== undefined) closeCutPairs(inputs, { limit, closing })
        for (const read of inputs.attention_mask.data) inputTokens += Number(read)
        const { logits } = await classifier(inputs).catch((cause: unknown) => {
          throw onnxUnusable(model, cause)
        })
        scores.push(...scoresOf(model, logits?.tolist(), batch.length))
      }
      return { scores, inputTokens }
    },
    close: encoders.close,
  }
}

/** A token, and the mark behind it. */
const leastDocumentTokens = 2

const longestPair = (
  { contextLength }: OnnxRanker,
  { tokenizer, classifier }: Pick<CrossEncoder, 'tokenizer' | 'classifier'>,
): number => {
  const { max_position_embeddings: all, model_type: type } = classifier.config
  // The first positions of RoBERTa and its kin are those of padding.
  const positions = /roberta|camembert/.test(String(type)) ? Number(all) - 2 : Number(all)
  return Math.min(
    contextLength,
    tokenizer.model_max_length,
    positions > 0 ? positions : Number.POSITIVE_INFINITY,
  )
}

/** The mark at the end of every text, where the model has one. */
const closingOf = (marked: readonly number[], plain: readonly number[]): number | undefined => {
  const last = marked.at(-1)
  return marked.length > plain.length && last !== plain.at(-1) ? last : undefined
}

/** The library cuts a pair at its end, mark and all, and models were trained on pairs that have it. */
const closeCutPairs = (
  { input_ids: ids, attention_mask: mask }: PairInputs,
  { limit, closing }: { readonly limit: number; readonly closing: number },
) => {
  // Only a pair of full length was cut; one that just fits ends in the mark already.
  if (ids.dims[1] !== limit) return
  for (let last = limit - 1; last < ids.data.length; last += limit)
    if (mask.data[last] === 1n) ids.data[last] = BigInt(closing)
}

const scoresOf = (
  { model, models }: OnnxRanker,
  logits: readonly (readonly number[])[] | undefined,
  expected: number,
): readonly number[] => {
  const notRanker = (detail: string) => ragError('rag.onnx-not-ranker', { model, folder: models, detail })
  if (logits?.length !== expected)
    throw notRanker('its graph has no output "logits" with a row for each pair')
  return logits.map(([first, second, ...more]) => {
    if (first === undefined || more.length > 0) throw notRanker('it has neither one output nor two')
    const logit = second === undefined ? first : second - first
    if (!Number.isFinite(logit)) throw notRanker('its output is not a number')
    return 1 / (1 + Math.exp(-logit))
  })
}
