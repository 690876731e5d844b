// What two ways to serve promise together, when a request may meet either: the worse of each. Pure.

import type { Candidate, Estimate, TargetEstimate } from './report.js'
import { wantsMore } from './target.js'

type Latency = NonNullable<Candidate['latency']>

export const slowerOf = (a: Estimate, b: Estimate): Estimate => (a.high >= b.high ? a : b)

export const slowerLatency = (a: Latency, b: Latency): Latency => ({
  ttftP90Ms: slowerOf(a.ttftP90Ms, b.ttftP90Ms),
  e2eP90Ms: slowerOf(a.e2eP90Ms, b.e2eP90Ms),
  tpotP90Ms: slowerOf(a.tpotP90Ms, b.tpotP90Ms),
})

/** Of each target, by its identifier, the estimate with the worse bad end. */
export const worseTargets = (
  some: readonly TargetEstimate[],
  others: readonly TargetEstimate[],
): readonly TargetEstimate[] =>
  some.map((one) => {
    const other = others.find(({ id }) => id === one.id)
    if (!other) return one
    const isWorse = wantsMore(one.metric)
      ? other.estimate.low < one.estimate.low
      : other.estimate.high > one.estimate.high
    return isWorse ? other : one
  })

/** Unknown is the worst. */
export const poorerQuality = (a: Candidate, b: Candidate): Pick<Candidate, 'quality' | 'qualityScore'> => {
  const worse = (a.qualityScore?.value ?? 0) <= (b.qualityScore?.value ?? 0) ? a : b
  return { quality: worse.quality, qualityScore: worse.qualityScore }
}

const bases: readonly Candidate['basis'][] = ['measured', 'published', 'similar', 'assumed']

export const weakerBasis = (a: Candidate['basis'], b: Candidate['basis']): Candidate['basis'] =>
  bases.indexOf(a) >= bases.indexOf(b) ? a : b
