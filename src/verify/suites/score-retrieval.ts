// Retrieval by the search endpoint: is the passage that answers among the first ten, and how near the top?

import { createRandom } from '../../core/index.js'
import { bootstrap, mean, ndcgAt, recallAt } from '../../stats/index.js'
import type { SearchHit, SystemClient } from '../system-client.js'
import { type AskOptions, askAll } from './ask-all.js'
import { notesOf, rateScore, type SuiteScore } from './suite-score.js'

const depth = 10
const bootstrapSeed = 'retrieval'

export interface RetrievalQuestion {
  readonly id: string
  readonly question: string
  /** The rank of the first hit that answers, counting from 1. */
  readonly rankOf: (hits: readonly SearchHit[]) => number | undefined
}

export interface RetrievalScores {
  readonly ndcg: SuiteScore
  readonly recall: SuiteScore
}

/** A question has one relevant result: the best hit that answers it. */
export const scoreRetrieval = async (
  { client, knowledge }: { readonly client: SystemClient; readonly knowledge: string },
  questions: readonly RetrievalQuestion[],
  options: AskOptions,
): Promise<RetrievalScores> => {
  const found = await askAll(
    questions,
    async ({ question, rankOf }) =>
      rankOf(await client.search({ knowledge, query: question, limit: depth })) ?? null,
    options,
  )
  const items = questions.map(({ id }, i) => {
    const rank = found[i] ?? null
    return { id, rank, hit: rank !== null && rank <= depth, failed: found[i] === undefined }
  })
  const gains = items.map(({ rank }) => ndcgAt(depth)(rankingOf(rank), judgements))
  const missed = items.filter(({ hit }) => !hit)
  return {
    ndcg: {
      interval: bootstrap(gains, mean, createRandom(bootstrapSeed)),
      notes: notesOf(items, missed),
    },
    recall: rateScore(
      items.map((item) => ({ ...item, hit: recallAt(depth)(rankingOf(item.rank), judgements) === 1 })),
    ),
  }
}

const judgements = new Map([['answer', 1]])

const rankingOf = (rank: number | null): readonly string[] =>
  rank === null ? [] : [...Array.from({ length: rank - 1 }, (_, i) => `other ${i}`), 'answer']
