// The arithmetic of capacity: how many replicas, and how much of them the load takes.

import { acceleratorsOf } from '../memory/memory.js'
import type { Candidate } from '../search/report.js'
import type { DesignFacts, Sum } from './design-facts.js'
import { sumMessage } from './sum-messages.js'
import { enginePeakOf } from './workload-sums.js'

/** None for an API, whose capacity is its provider's. */
export const replicaSums = (
  { requirements, assessment: { workload } }: DesignFacts,
  { replicas, utilisation, layout, accelerators }: Candidate,
): readonly Sum[] => {
  if (!replicas || !layout) return []
  const { serving, spare, regions } = replicas
  const enginePeak = enginePeakOf({
    peak: workload.requestsPerSecond.peak,
    repeated: workload.repeatedShare,
    regions: requirements.availability.regions,
  })
  const each = acceleratorsOf(layout)
  const load = utilisation
    ? [
        {
          figure: 'saturation',
          message: sumMessage('planner.sum-saturation', {
            enginePeak,
            serving,
            rate: enginePeak / serving,
            saturation: enginePeak / ((serving + spare) * utilisation.peak),
          }),
        },
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
