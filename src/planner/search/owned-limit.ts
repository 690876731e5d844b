// What is owned is no more than there is, whatever way uses it: replicas, spares and the stages beside them together.

import type { DesignContext } from './design-context.js'
import type { Supply } from './rent.js'
import type { Candidate, Violation } from './report.js'
import { tooFewOwned } from './violations.js'

interface Use {
  readonly supply: Pick<Supply, 'accelerator' | 'most' | 'owned'>
  /** Where set, the stages share the accelerators of the replicas. */
  readonly packing: Candidate['packing']
}

/** Accelerators that are left to the replicas and their spares; any number where they are rented. */
export const mostAccelerators = ({ supply, packing }: Use, { stages }: DesignContext): number => {
  if (!supply.owned || packing) return supply.most
  const taken = stages.filter(
    (stage) => stage.supply.on === 'accelerators' && stage.supply.name === supply.accelerator.label,
  )
  return supply.most - taken.reduce((sum, stage) => sum + stage.supply.count, 0)
}

/** @param needed with the spares, of all regions */
export const beyondOwned = (use: Use, needed: number, context: DesignContext): readonly Violation[] => {
  const owned = mostAccelerators(use, context)
  return use.supply.owned && needed > owned
    ? [tooFewOwned({ accelerator: use.supply.accelerator.label, needed, owned })]
    : []
}
