// How good a ranking is, by judgements of what is relevant. An id ranked twice counts once, at its first place.

/** Relevance by document id: 0 or absent = not relevant, higher = more. */
export type Judgements = ReadonlyMap<string, number>

/** A score in [0, 1] of a ranking, best first; NaN when nothing is relevant, so that no mean hides it. */
export type RankingMetric = (ranking: readonly string[], judgements: Judgements) => number

const relevantGains = (judgements: Judgements) => [...judgements.values()].filter((gain) => gain > 0)

const firstDistinct = (ranking: readonly string[], k: number) => [...new Set(ranking)].slice(0, k)

const discountedGain = (gains: readonly number[]): number =>
  gains.reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0)

/**
 * Normalised discounted cumulative gain of the first k, with linear gain as trec_eval and BEIR compute it.
 * Source: K. Järvelin, J. Kekäläinen, ACM TOIS 20 (2002) 422.
 */
export const ndcgAt =
  (k: number): RankingMetric =>
  (ranking, judgements) => {
    const ideal = relevantGains(judgements)
      .sort((a, b) => b - a)
      .slice(0, k)
    const gains = firstDistinct(ranking, k).map((id) => Math.max(0, judgements.get(id) ?? 0))
    return discountedGain(gains) / (ideal.length === 0 ? Number.NaN : discountedGain(ideal))
  }

/** The share of the relevant documents that are among the first k. */
export const recallAt =
  (k: number): RankingMetric =>
  (ranking, judgements) => {
    const relevant = relevantGains(judgements).length
    const found = firstDistinct(ranking, k).filter((id) => (judgements.get(id) ?? 0) > 0).length
    return relevant === 0 ? Number.NaN : found / relevant
  }

/** One over the rank of the first relevant document, 0 when none was found; its mean over queries is MRR. */
export const reciprocalRank: RankingMetric = (ranking, judgements) => {
  if (relevantGains(judgements).length === 0) return Number.NaN
  const place = firstDistinct(ranking, ranking.length).findIndex((id) => (judgements.get(id) ?? 0) > 0)
  return place === -1 ? 0 : 1 / (place + 1)
}
