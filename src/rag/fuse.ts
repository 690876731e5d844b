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
 * @param alpha weight of the dense arm in [0, 1]
 * @returns every item of either list once, best first; an item that one arm did not find has 0 of that arm
 */
export const fuse = <T extends Scored>(
  lexical: readonly T[],
  dense: readonly T[],
  alpha: number,
): readonly T[] => {
  const scores = new Map<string, number>()
  const items = new Map<string, T>()
  for (const [arm, weight] of [
    [lexical, 1 - alpha],
    [dense, alpha],
  ] as const) {
    const scale = scaleOf(arm)
    for (const item of arm) {
      items.set(item.id, item)
      scores.set(item.id, (scores.get(item.id) ?? 0) + weight * scale(item.score))
    }
  }
  return inOrder([...items.values()].map((item) => ({ ...item, score: scores.get(item.id) ?? 0 })))
}

/** Best first; equal scores in order of their ids, so that the same index gives the same ranking. */
export const inOrder = <T extends Scored>(items: readonly T[]): readonly T[] =>
  [...items].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))

const scaleOf = (arm: readonly Scored[]) => {
  const scores = arm.map((item) => item.score)
  const low = Math.min(...scores)
  const high = Math.max(...scores)
  return high > low ? (score: number) => (score - low) / (high - low) : () => 1
}
