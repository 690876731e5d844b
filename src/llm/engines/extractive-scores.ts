// Which sentence answers a question, and how likely any of them does: two linear models over the features, fitted by
// scripts/fit-extractive.mjs and stored beside this file with their seed, sources and held-out figures.

import coefficients from './extractive-coefficients.json' with { type: 'json' }
import { type Candidate, unitFeatureNames } from './extractive-features.js'

export interface Ranked extends Candidate {
  /** The ranker's linear score: differences are log odds between two sentences of the same question. */
  readonly score: number
}

/** Best first. What stands in several passages, because they overlap, is taken from where it scores best. */
export const rankCandidates = (
  candidates: readonly Candidate[],
  weights: readonly number[] = coefficients.ranker.weights,
): readonly Ranked[] => {
  const ranked = candidates
    .map((candidate) => ({ ...candidate, score: dot(weights, candidate.features) }))
    .sort((a, b) => b.score - a.score)
  const seen = new Set<string>()
  return ranked.filter(({ unit }) => {
    const isNew = !seen.has(unit.text)
    seen.add(unit.text)
    return isNew
  })
}

export const evidenceFeatureNames = [
  'score',
  'margin',
  'coverage',
  'neighbourCoverage',
  'passageCoverage',
  'exactInPassage',
  'density',
] as const

/** A larger lead over the second sentence says nothing more. */
const maxMargin = 3

/** What the decision to answer at all looks at. @param ranked not empty */
export const evidenceFeatures = (ranked: readonly Ranked[]): readonly number[] => {
  const [best, second] = ranked
  if (!best) throw new RangeError('evidenceFeatures() needs at least one candidate')
  const feature = (name: (typeof unitFeatureNames)[number]) =>
    best.features[unitFeatureNames.indexOf(name)] ?? 0
  return [
    best.score,
    Math.min(maxMargin, best.score - (second?.score ?? -Infinity)),
    feature('coverage'),
    feature('neighbourCoverage'),
    feature('passageCoverage'),
    feature('exactInPassage'),
    feature('density'),
  ]
}

/** The probability that the passages hold the answer (logistic regression). */
export const evidenceOf = (ranked: readonly Ranked[]): number => {
  if (ranked.length === 0) return 0
  const { weights, intercept } = coefficients.evidence
  return 1 / (1 + Math.exp(-(dot(weights, evidenceFeatures(ranked)) + intercept)))
}

/** Below it the documents are said not to hold the answer. */
export const evidenceThreshold: number = coefficients.evidence.threshold

const dot = (weights: readonly number[], features: readonly number[]) =>
  features.reduce((sum, feature, i) => sum + feature * (weights[i] ?? 0), 0)
