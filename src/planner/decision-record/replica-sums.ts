// The arithmetic of capacity: how many replicas, and how much of them the load takes.

import { acceleratorsOf } from '../memory/memory.js'
import type { Candidate, Replicas } from '../search/report.js'
import type { DesignFacts, Sum } from './design-facts.js'
import { replicaPeakOf } from './replica-peak.js'
import { sumMessage } from './sum-messages.js'
import { enginePeakOf } from './workload-sums.js'

/** None for an API, whose capacity is its provider's. */
export const replicaSums = (facts: DesignFacts, candidate: Candidate): readonly Sum[] => {
  const { replicas, layout, accelerators } = candidate
  if (!replicas || !layout) return []
  const { serving, spare, regions } = replicas
  const each = acceleratorsOf(layout)
  return [
    ...loadSums(facts, candidate, replicas),
    {
      figure: 'replicas',
      message: sumMessage('planner.sum-replicas', { serving, spare, regions, each, accelerators }),
    },
  ]
}

const loadSums = (
  { requirements, assessment: { workload } }: DesignFacts,
  candidate: Candidate,
  { serving, spare }: Replicas,
): readonly Sum[] => {
  const { utilisation, routing } = candidate
  if (!utilisation) return []
  const wholePeak = enginePeakOf({
    peak: workload.requestsPerSecond.peak,
    repeated: workload.repeatedShare,
    regions: requirements.availability.regions,
  })
  const overflow = routing?.kind === 'overflow' ? routing : null
  const { targets } = overflow?.base ?? candidate
  const enginePeak = replicaPeakOf(candidate, wholePeak)
  const carried = overflow ? wholePeak * (1 - overflow.peakApiShare) : enginePeak
  const named = (verdict: 'possible' | 'no') =>
    targets.filter(({ met }) => met === verdict).map(({ id }) => id)
  return [
    {
      figure: 'saturation',
      message: sumMessage('planner.sum-saturation', {
        enginePeak,
        serving,
        isBase: overflow !== null,
        rate: enginePeak / serving,
        saturation: carried / ((serving + spare) * utilisation.peak),
        unsure: named('possible'),
        missed: named('no'),
      }),
    },
    ...(overflow
      ? [
          {
            figure: 'carried',
            message: sumMessage('planner.sum-carried', {
              wholePeak,
              apiShare: overflow.peakApiShare,
              carried,
            }),
          },
        ]
      : []),
    {
      figure: 'utilisation',
      message: sumMessage('planner.sum-utilisation', { ...utilisation, replicas: serving + spare }),
    },
  ]
}
