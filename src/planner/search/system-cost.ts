// What the system costs beside a candidate: small models that stand on its own accelerators cost nothing more.

import { type CostLine, exactLine, sumOf } from '../cost/cost-breakdown.js'
import { costMessage } from '../cost/cost-messages.js'
import type { DesignContext } from './design-context.js'
import type { Candidate } from './report.js'

type Packed = Pick<Candidate, 'packing'>

export const systemLinesOf = ({ packing }: Packed, { systemLines }: DesignContext): readonly CostLine[] =>
  systemLines.map((line) =>
    packing?.stages.some((id) => id === line.id)
      ? exactLine({
          ...line,
          usdPerMonth: 0,
          basis: costMessage('planner.cost-packed-basis', { timeShare: packing.timeShare }),
        })
      : line,
  )

export const systemUsdOf = (packed: Packed, context: DesignContext): number =>
  sumOf(systemLinesOf(packed, context))

/** What the whole system costs with a candidate; null when nobody sells its hours. */
export const wholeUsd = (candidate: Candidate, context: DesignContext): number | null =>
  candidate.costPerMonthUsd === null ? null : candidate.costPerMonthUsd + systemUsdOf(candidate, context)
