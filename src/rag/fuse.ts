// One ranking out of two: a convex combination of scores that were each brought to [0, 1] (min-max).
// Source: S. Bruch, S. Gai, A. Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, ACM TOIS 42 (2023):
// better than reciprocal rank fusion in and out of domain.

/**
 * Weight of the dense arm. With multilingual-e5-small on XQuAD, English and Chinese, every weight from 0.3 to 0.6
 * ranks better than either arm alone (nDCG@10 .989 and .979 at 0.5; words .974 and .975, vectors .978 and .953).
 */
export const defaultAlpha = 0.5

interface Scored {
  readonly id: string
  readonly score: number
}

/**
 * Words do not find what is written in another language than they are, and their silence says nothing against it: such
 * an item has this part of its dense score for its words. Chosen on half of XQuAD, each article in English or in
 * Chinese alone and asked in both: the largest that costs answers in the question's language no more than .005.
 */
const foreignShare = 0.7

export interface FuseOptions<T> {
  /** Weight of the dense arm in [0, 1]. */
  readonly alpha: number
  /** Whether an item is written in another language than the words that were looked up. */
  readonly isForeign?: (item: T) => boolean
}

/** @returns every item of either list once, best first; an item that one arm did not find has 0 of that arm */
export const fuse = <T extends Scored>(
  lexical: readonly T[],
  dense: readonly T[],
  { alpha, isForeign = () => false }: FuseOptions<T>,
): readonly T[] => {
  const words = scaledScores(lexical)
  const vectors = scaledScores(dense)
  const items = new Map([...lexical, ...dense].map((item) => [item.id, item]))
  const scoreOf = (item: T) => {
    const vector = vectors.get(item.id) ?? 0
    const word = Math.max(words.get(item.id) ?? 0, isForeign(item) ? foreignShare * vector : 0)
    return (1 - alpha) * word + alpha * vector
  }
  return inOrder([...items.values()].map((item) => ({ ...item, score: scoreOf(item) })))
}

/** Best first; equal scores in order of their ids, so that the same index gives the same ranking. */
export const inOrder = <T extends Scored>(items: readonly T[]): readonly T[] =>
  [...items].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))

const scaledScores = (arm: readonly Scored[]): ReadonlyMap<string, number> => {
  const scores = arm.map((item) => item.score)
  const low = Math.min(...scores)
  const high = Math.max(...scores)
  const scale = high > low ? (score: number) => (score - low) / (high - low) : () => 1
  return new Map(arm.map(({ id, score }) => [id, scale(score)]))
}
