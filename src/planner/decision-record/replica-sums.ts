// The arithmetic of capacity: how many replicas, and how much of them the load takes.

import { acceleratorsOf } from '../memory/memory.js'
import type { Candidate } from '../search/report.js'
import type { DesignFacts, Sum } from './design-facts.js'
import { replicaPeakOf } from './replica-peak.js'
import { sumMessage } from './sum-messages.js'
import { enginePeakOf } from './workload-sums.js'

/** None for an API, whose capacity is its provider's. */
export const replicaSums = (
  { requirements, assessment: { workload } }: DesignFacts,
  candidate: Candidate,
): readonly Sum[] => {
  const { replicas, utilisation, layout, accelerators, routing } = candidate
  const overflow = routing?.kind === 'overflow' ? routing : null
  const { targets } = overflow?.base ?? candidate
  if (!replicas || !layout) return []
  const { serving, spare, regions } = replicas
  const wholePeak = enginePeakOf({
    peak: workload.requestsPerSecond.peak,
    repeated: workload.repeatedShare,
    regions: requirements.availability.regions,
  })
  const enginePeak = replicaPeakOf(candidate, wholePeak)
  const carried = overflow ? wholePeak * (1 - overflow.peakApiShare) : enginePeak
  const each = acceleratorsOf(layout)
  const load = utilisation
    ? [
        {
          figure: 'saturation',
          message: sumMessage('planner.sum-saturation', {
            enginePeak,
            serving,
            isBase: overflow !== null,
            rate: enginePeak / serving,
            saturation: carried / ((serving + spare) * utilisation.peak),
            unsure: targets.filter(({ met }) => met === 'possible').map(({ id }) => id),
            missed: targets.filter(({ met }) => met === 'no').map(({ id }) => id),
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
    : []
  return [
    ...load,
    {
      figure: 'replicas',
      message: sumMessage('planner.sum-replicas', { serving, spare, regions, each, accelerators }),
    },
  ]
}
