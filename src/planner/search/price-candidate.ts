// What a sized candidate costs, and the requirements it then misses. Knows no step and no queue.

import { acceleratorsOf } from '../memory/memory.js'
import type { DesignContext } from './design-context.js'
import { designMessage } from './design-messages.js'
import { cheapestRent } from './rent.js'
import type { Candidate, TargetEstimate, Violation } from './report.js'
import type { ServingOption } from './serving-option.js'
import { budgetViolations, targetViolation } from './violations.js'

/** A candidate with replicas and times, and how many replicas run in each hour of the day, spares and regions counted. */
export type Sized = Candidate & { readonly byHour: readonly number[] }

export const priceCandidate = (
  option: ServingOption,
  context: DesignContext,
  { byHour, ...candidate }: Sized,
): Candidate => {
  const { replicas, targets } = candidate
  const perReplica = acceleratorsOf(option.layout)
  const accelerators = replicas
    ? (replicas.serving + replicas.spare) * replicas.regions * perReplica
    : candidate.accelerators
  const rent = cheapestRent(
    option.supply,
    byHour.map((count) => count * perReplica),
    perReplica,
  )
  const costPerMonthUsd = rent?.usdPerMonth ?? null
  const perMillion =
    costPerMonthUsd === null ? null : costPerMonthUsd / (context.workload.tokensPerMonth.output / 1e6)
  return {
    ...candidate,
    provider: rent?.provider ?? null,
    accelerators,
    costPerMonthUsd,
    usdPerMillionOutputTokens: perMillion,
    violations: violationsOf({ option, context, targets, accelerators, costPerMonthUsd, perMillion }),
  }
}

const violationsOf = (options: {
  readonly option: ServingOption
  readonly context: DesignContext
  readonly targets: readonly TargetEstimate[]
  readonly accelerators: number
  readonly costPerMonthUsd: number | null
  readonly perMillion: number | null
}): readonly Violation[] => {
  const { option, context, targets, accelerators, costPerMonthUsd, perMillion } = options
  const { supply } = option
  const found = targets.flatMap(targetViolation)
  if (supply.owned && accelerators > supply.most)
    found.push({
      constraint: 'hosting.owned',
      relaxable: true,
      actual: accelerators,
      reason: designMessage('planner.needs-more-owned', {
        accelerator: supply.accelerator.label,
        needed: accelerators,
        owned: supply.most,
      }),
    })
  if (costPerMonthUsd === null)
    found.push({
      constraint: 'price',
      relaxable: false,
      reason: designMessage('planner.no-machine-large-enough', {
        accelerator: supply.accelerator.label,
        count: acceleratorsOf(option.layout),
      }),
    })
  else found.push(...budgetViolations(context.requirements, costPerMonthUsd, perMillion ?? 0))
  return found
}
