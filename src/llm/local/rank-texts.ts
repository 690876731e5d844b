// Scores of documents against a query by the loaded model, one after the other.

import type { LlamaModel, LlamaRankingContext, Token } from 'node-llama-cpp'
import { llmError } from '../messages.js'
import type { LlamaLibrary } from './model-file.js'
import type { LlamaArguments, LlamaRanking } from './protocol.js'

export interface TextRanker {
  /** @throws `llm.query-too-long` for a query that leaves no room for documents, and the signal's reason */
  rank(query: string, documents: readonly string[], signal: AbortSignal): Promise<LlamaRanking>
}

interface RankerParts {
  readonly model: Pick<LlamaModel, 'tokenize'>
  readonly context: Pick<LlamaRankingContext, 'contextSize' | 'calculateInputLength' | 'rank'>
  readonly deployment: string
}

/** What does not fit of a document is not read. */
export const createTextRanker = ({ model, context, deployment }: RankerParts): TextRanker => {
  const tokensOf = (text: string) => model.tokenize(text, false, 'trimLeadingSpace')
  const lengthOf = (query: readonly Token[], document: readonly Token[]) =>
    context.calculateInputLength([...query], [...document])
  return {
    rank: async (query, documents, signal) => {
      const queryTokens = tokensOf(query)
      const overhead = lengthOf(queryTokens, [])
      // llama.cpp wants one token of the context to be left.
      const room = context.contextSize - 1 - overhead
      if (room < 1)
        throw llmError('llm.query-too-long', {
          model: deployment,
          tokens: overhead,
          contextLength: context.contextSize,
        })
      const scores: number[] = []
      let tokens = 0
      for (const document of documents) {
        signal.throwIfAborted()
        const read = tokensOf(document).slice(0, room)
        tokens += lengthOf(queryTokens, read)
        scores.push(await context.rank(queryTokens, read))
      }
      return { scores, tokens }
    },
  }
}

/** @throws `llm.model-cannot-rank`, and the library's own error where memory does not suffice */
export const createRankingContext = (
  model: LlamaModel,
  { library, args, contextLength }: ContextOptions,
): Promise<LlamaRankingContext> =>
  model
    // A model that reads in both directions needs the whole pair in one batch.
    .createRankingContext({ contextSize: contextLength, batchSize: contextLength, threads: args.threads })
    .catch((cause: Error) => {
      throw cause instanceof library.InsufficientMemoryError
        ? cause
        : cannotRank(args.deployment, cause.message, cause)
    })

interface ContextOptions {
  readonly library: LlamaLibrary
  readonly args: LlamaArguments
  readonly contextLength: number
}

export const cannotRank = (deployment: string, detail: string, cause?: unknown) =>
  llmError('llm.model-cannot-rank', { deployment, detail }, { cause })
