// What a sized candidate costs, and the requirements it then misses. Knows no step and no queue.

import { type ServingCost, type ServingOrder, selfHostedCost } from '../cost/self-hosted-cost.js'
import { acceleratorsOf } from '../memory/memory.js'
import type { DesignContext } from './design-context.js'
import { designMessage } from './design-messages.js'
import { beyondOwned } from './owned-limit.js'
import { purchaseOf } from './purchase-of.js'
import type { Candidate, TargetEstimate, Violation } from './report.js'
import type { ServingOption } from './serving-option.js'
import { systemUsdOf } from './system-cost.js'
import { budgetViolations, targetViolation } from './violations.js'

/** Replicas of one region that do one thing. */
interface Pool {
  /** What the peak takes, before rounding up. */
  readonly load: number
  readonly replicas: number
}

interface Priced {
  readonly candidate: Candidate
  /** One of each pool; empty when no machine can hold a replica. */
  readonly bought: readonly { readonly order: ServingOrder; readonly cost: ServingCost }[]
}

/** @param options.slowness by what factor the middle of the prediction is faster than what was planned on */
export const priceCandidate = (
  option: ServingOption,
  context: DesignContext,
  options: { readonly candidate: Candidate; readonly pools: readonly Pool[]; readonly slowness: number },
): Priced => {
  const { candidate, pools, slowness } = options
  const { replicas, targets, memory } = candidate
  const perReplica = acceleratorsOf(option.layout)
  const accelerators = replicas ? (replicas.serving + replicas.spare) * replicas.regions * perReplica : 0
  const orders = pools.map(
    (pool): ServingOrder => ({
      requirements: context.requirements,
      clock: context.clock,
      supply: option.supply,
      purchaseRates: context.purchaseRates,
      engine: option.engine,
      weightsGiB: (memory?.weightsGiB ?? 0) * perReplica,
      acceleratorsPerReplica: perReplica,
      slowness,
      ...pool,
    }),
  )
  const bought = orders.flatMap((order) => {
    const cost = selfHostedCost(order)
    return cost ? [{ order, cost }] : []
  })
  const whole = bought.length === pools.length
  const costPerMonthUsd = whole ? bought.reduce((sum, { cost }) => sum + cost.usdPerMonth, 0) : null
  const perMillion =
    costPerMonthUsd === null ? null : costPerMonthUsd / (context.workload.tokensPerMonth.output / 1e6)
  return {
    bought: whole ? bought : [],
    candidate: {
      ...candidate,
      provider: whole ? (bought[0]?.cost.provider ?? null) : null,
      ...(whole
        ? purchaseOf(
            bought.map(({ cost }) => cost),
            context.requirements,
          )
        : {}),
      accelerators,
      costPerMonthUsd,
      usdPerMillionOutputTokens: perMillion,
      violations: violationsOf({ option, context, targets, accelerators, costPerMonthUsd, perMillion }),
    },
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
  const found = [
    ...targets.flatMap(targetViolation),
    ...beyondOwned({ supply, packing: option.packing ?? null }, accelerators, context),
  ]
  if (costPerMonthUsd === null)
    found.push({
      constraint: 'price',
      relaxable: false,
      reason: designMessage('planner.no-machine-large-enough', {
        accelerator: supply.accelerator.label,
        count: acceleratorsOf(option.layout),
      }),
    })
  else
    found.push(
      ...budgetViolations(
        context.requirements,
        costPerMonthUsd + systemUsdOf({ packing: option.packing ?? null }, context),
        perMillion ?? 0,
      ),
    )
  return found
}
