// A rerank model whose scores are made elsewhere on this machine: in the process of the engine `local`, or by ONNX in
// the knowledge process. Knows no process; it is handed one function.

import { llmError } from '../messages.js'
import type { RerankModel, RerankResult } from '../vector-contract.js'
import { rerankTokens } from './http-rerank.js'
import { inputUsage } from './openai-embedding.js'
import { portCall } from './port-failure.js'

/**
 * Scores documents against a query.
 * @returns `scores` one for each document, in order; `inputTokens` null where the model's tokens were not counted
 */
export type RankTexts = (request: {
  readonly query: string
  readonly documents: readonly string[]
  readonly signal: AbortSignal
}) => Promise<{ readonly scores: readonly number[]; readonly inputTokens: number | null }>

export interface PortRerankOptions {
  readonly id: string
  readonly contextLength: number
  readonly rankTexts: RankTexts
}

/** @example createPortRerankModel({ id: 'judge', contextLength: 512, rankTexts: child.rank }) */
export const createPortRerankModel = ({ id, contextLength, rankTexts }: PortRerankOptions): RerankModel => ({
  id,
  contextLength,
  rerank: (request, { signal }) =>
    portCall(id, signal, async () => {
      const { query, documents, topN = documents.length } = request
      const { scores, inputTokens } = await rankTexts({ query, documents, signal })
      if (scores.length !== documents.length)
        throw llmError('llm.upstream-unreadable', { deployment: id, reason: 'too few scores' })
      return {
        results: inOrderOfScores(scores).slice(0, topN),
        usage: inputUsage(inputTokens ?? rerankTokens(request)),
        usageSource: inputTokens === null ? 'estimated' : 'reported',
      }
    }),
})

/** Best first; of equals the first. */
export const inOrderOfScores = (scores: readonly number[]): readonly RerankResult[] =>
  scores.map((score, index) => ({ index, score })).sort((a, b) => b.score - a.score || a.index - b.index)
