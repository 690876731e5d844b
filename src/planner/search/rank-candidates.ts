// The order of candidates, and what decides between two of them. Knows no requirement but the violations.

import { type Candidate, comparableUsd } from './report.js'

/** What candidates are compared by, first difference first. */
export const rankings = [
  'not-relaxable',
  'missed',
  'to-make',
  'apart',
  'cost',
  'quality',
  'unsure',
  'basis',
  'accelerators',
  'stages',
  'engine',
  'exact-cost',
] as const
export type Ranking = (typeof rankings)[number]

/**
 * Those that meet everything by cost, weights that can be downloaded before those that have to be made first; the
 * others by how many requirements they miss, then by cost.
 */
export const rankCandidates = (candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates
    .map((candidate) => ({ candidate, key: rankKey(candidate) }))
    .sort((a, b) => compare(a.key, b.key) || (a.candidate.id < b.candidate.id ? -1 : 1))
    .map(({ candidate }) => candidate)

/** The first thing in which two candidates differ; null when only their names do. */
export const decidingRank = (a: Candidate, b: Candidate): Ranking | null => {
  const [one, other] = [rankKey(a), rankKey(b)]
  return rankings.find((_, i) => one[i] !== other[i]) ?? null
}

/** Costs within 2 % of each other count as equal: prices differ by more from week to week. */
const costClass = (candidate: Candidate) => {
  const usd = comparableUsd(candidate)
  return usd === null ? Number.POSITIVE_INFINITY : Math.round(Math.log(Math.max(usd, 1)) / Math.log(1.02))
}

const bases: readonly Candidate['basis'][] = ['calibrated', 'measured', 'published', 'similar', 'assumed']
/** Where nothing else decides: the engines with the most measurements and the liveliest development first. */
const engines: readonly Candidate['engine'][] = [null, 'vllm', 'sglang', 'trtllm', 'tgi', 'llama.cpp']

/** Scores within two points count as equal: the same model and test, run twice, differ by up to 1.7. */
export const qualityClass = (score: number): number => Math.round(score / 2)

/** Smaller is better; in the order of `rankings`. */
const rankKey = (candidate: Candidate): readonly number[] => [
  candidate.violations.filter(({ relaxable }) => !relaxable).length,
  candidate.violations.length,
  candidate.build === 'to-make' ? 1 : 0,
  // Separate pools need a router and a cache transfer that serving together does without.
  candidate.disaggregation ? 1 : 0,
  costClass(candidate),
  -qualityClass(candidate.qualityScore?.value ?? 0),
  candidate.targets.filter(({ met }) => met !== 'likely').length,
  bases.indexOf(candidate.basis),
  candidate.accelerators,
  candidate.layout?.pipelineParallel ?? 1,
  engines.indexOf(candidate.engine),
  comparableUsd(candidate) ?? 0,
]

const compare = (a: readonly number[], b: readonly number[]): number => {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0
    if (value !== other) return value < other ? -1 : 1
  }
  return 0
}
