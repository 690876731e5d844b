// Asks every question of every arm of a search, and scores the rankings. Knows no index.

import { createRandom } from '../../core/index.js'
import {
  bootstrap,
  mean,
  ndcgAt,
  pairedBootstrap,
  quantileInterval,
  recallAt,
  reciprocalRank,
} from '../../stats/index.js'
import { type BenchMetric, benchMetric } from '../bench-metric.js'
import type { DatasetQuery } from './dataset.js'

export interface Found {
  /** Ids of documents, best first; one that comes twice counts at its first place. */
  readonly ranking: readonly string[]
  readonly ms: number
}

export interface ArmOptions<Arm extends string> {
  readonly arms: readonly Arm[]
  readonly queries: readonly DatasetQuery[]
  readonly search: (arm: Arm, query: string) => Promise<Found>
  readonly onProgress?: (arm: Arm, done: number) => void
}

/** What each arm found, in the order of the queries. */
export type ArmResults<Arm extends string> = ReadonlyMap<Arm, readonly Found[]>

/** One search at a time, so that latencies are those of an idle system. */
export const searchArms = async <Arm extends string>(options: ArmOptions<Arm>): Promise<ArmResults<Arm>> => {
  const { arms, queries, search, onProgress } = options
  const results = new Map<Arm, Found[]>()
  for (const arm of arms) {
    const found: Found[] = []
    for (const { text } of queries) {
      found.push(await search(arm, text))
      onProgress?.(arm, found.length)
    }
    results.set(arm, found)
  }
  return results
}

const depth = 10
const seed = 'bench retrieval'

/** @returns `retrieval.ARM.{ndcg10,recall10,mrr10,p95Ms}` of every arm */
export const scoreArms = <Arm extends string>(
  queries: readonly DatasetQuery[],
  results: ArmResults<Arm>,
): readonly BenchMetric[] =>
  [...results].flatMap(([arm, found]) => {
    const scored = (metric: typeof reciprocalRank) =>
      bootstrap(scoresOf(metric, queries, found), mean, createRandom(seed))
    const p95 = quantileInterval(
      found.map(({ ms }) => ms),
      0.95,
    )
    return [
      benchMetric(`retrieval.${arm}.ndcg10`, 'share', scored(ndcgAt(depth))),
      benchMetric(`retrieval.${arm}.recall10`, 'share', scored(recallAt(depth))),
      benchMetric(`retrieval.${arm}.mrr10`, 'share', scored(reciprocalRank)),
      benchMetric(`retrieval.${arm}.p95Ms`, 'ms', p95),
    ]
  })

/** How much better the fused ranking is than the better one of its arms, question by question. */
export const scoreFusion = <Arm extends string>(
  queries: readonly DatasetQuery[],
  results: ArmResults<Arm>,
  { fused, arms }: { readonly fused: Arm; readonly arms: readonly Arm[] },
): readonly BenchMetric[] => {
  const ndcgOf = (arm: Arm) => scoresOf(ndcgAt(depth), queries, results.get(arm) ?? [])
  const [best] = arms.map(ndcgOf).sort((a, b) => mean(b) - mean(a))
  if (!best) return []
  const gain = pairedBootstrap({ baseline: best, candidate: ndcgOf(fused), random: createRandom(seed) })
  return [benchMetric(`retrieval.${fused}.ndcg10OverBestArm`, 'share', gain)]
}

const scoresOf = (
  metric: typeof reciprocalRank,
  queries: readonly DatasetQuery[],
  found: readonly Found[],
): readonly number[] =>
  queries.map(({ judgements }, i) => metric([...new Set(found[i]?.ranking)].slice(0, depth), judgements))
