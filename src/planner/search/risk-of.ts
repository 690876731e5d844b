// How much can go wrong with a candidate, as a sum of points with a reason each. The points are the product's own
// weighting, so only the order of two scores means something; every factor is a fact of the candidate.

import type { Candidate } from './report.js'

export type RiskFactorKind =
  | 'prediction-similar'
  | 'prediction-assumed'
  | 'speed-published-only'
  | 'target-only-possible'
  | 'single-replica'
  | 'single-provider'
  | 'near-saturation'
  | 'quality-stand-in'
  | 'quality-unknown'
  | 'quality-wide'
  | 'weights-to-make'
  | 'spot'

export interface RiskFactor {
  readonly kind: RiskFactorKind
  readonly points: number
}

export interface CandidateRisk {
  /** 0 = nothing known against it; at most 100. */
  readonly score: number
  readonly factors: readonly RiskFactor[]
}

/** A promise that nothing stands behind counts most, a broken part that stops the service next, what a day's work settles least. */
const pointsOf: Readonly<Record<Exclude<RiskFactorKind, 'spot'>, number>> = {
  'prediction-similar': 5,
  'prediction-assumed': 20,
  'speed-published-only': 10,
  'target-only-possible': 15,
  'single-replica': 20,
  'single-provider': 10,
  'near-saturation': 10,
  'quality-stand-in': 10,
  'quality-unknown': 20,
  'quality-wide': 5,
  'weights-to-make': 10,
}
/** Points of a fleet that can be taken away whole at two minutes' notice. */
const allSpotPoints = 30
/** Utilisation at the peak from which a burst leaves no room: the wait of one server grows fourfold from here to 0.95. */
const nearSaturation = 0.8
/** Points of MMLU-Pro between the ends of the quality's band from which it counts as wide. */
const wideQuality = 8

/** Share of the accelerator-hours that the provider may take back, in [0, 1]. */
const spotShareOf = ({ purchase }: Candidate): number => {
  if (!purchase) return 0
  const { reserved, onDemand, spot } = purchase.acceleratorHours
  return spot / (reserved + onDemand + spot || 1)
}

export const riskOf = (candidate: Candidate, spotShare = spotShareOf(candidate)): CandidateRisk => {
  const { basis, targets, kind, replicas, utilisation, quality, qualityScore, build, routing } = candidate
  const has: Readonly<Record<Exclude<RiskFactorKind, 'spot'>, boolean>> = {
    'prediction-similar': basis === 'similar',
    'prediction-assumed': basis === 'assumed',
    'speed-published-only': basis === 'published',
    'target-only-possible': targets.some(({ met }) => met === 'possible'),
    'single-replica':
      replicas !== null && replicas.spare === 0 && replicas.regions === 1 && routing?.kind !== 'overflow',
    'single-provider': kind === 'hosted-api',
    'near-saturation': (utilisation?.peak ?? 0) > nearSaturation,
    'quality-stand-in': quality.kind === 'size-proxy',
    'quality-unknown': quality.kind === 'unknown',
    'quality-wide':
      quality.kind === 'published' &&
      qualityScore !== null &&
      qualityScore.high - qualityScore.low > wideQuality,
    'weights-to-make': build === 'to-make',
  }
  const kinds = Object.keys(pointsOf) as Exclude<RiskFactorKind, 'spot'>[]
  const factors: RiskFactor[] = kinds
    .filter((name) => has[name])
    .map((name) => ({ kind: name, points: pointsOf[name] }))
  if (spotShare > 0) factors.push({ kind: 'spot', points: Math.round(allSpotPoints * spotShare) })
  const sum = factors.reduce((total, { points }) => total + points, 0)
  return { score: Math.min(100, sum), factors }
}
