// Budgets against the least that the load can cost.

import { type Catalogue, type PricedModel, priceOf } from '../../catalog/index.js'
import { hoursPerMonth } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import { hostedUsdPerMonth } from '../cost/hosted-cost.js'
import { listOffers } from '../search/rent.js'
import type { Conflict } from './assessment.js'
import { assessmentMessage } from './assessment-messages.js'
import type { Workload } from './workload.js'

export const moneyConflicts = (
  requirements: Requirements,
  workload: Workload,
  catalogue: Catalogue,
): readonly Conflict[] => {
  const { monthlyUsd, usdPerMillionOutputTokens } = requirements.budget
  const least = leastCost(requirements, workload, catalogue)
  const found: Conflict[] = []
  if (monthlyUsd !== undefined && least && monthlyUsd < least.usd)
    found.push({
      kind: 'contradiction',
      between: ['budget.monthlyUsd', 'scale', 'hosting'],
      message: assessmentMessage('planner.budget-below-least', {
        budgetUsd: monthlyUsd,
        leastUsd: least.usd,
        how: least.how,
      }),
    })
  const millions = workload.tokensPerMonth.output / 1e6
  if (usdPerMillionOutputTokens !== undefined && least && usdPerMillionOutputTokens * millions < least.usd)
    found.push({
      kind: 'contradiction',
      between: ['budget.usdPerMillionOutputTokens', 'scale', 'hosting'],
      message: assessmentMessage('planner.token-budget-below-least', {
        perMillionUsd: usdPerMillionOutputTokens,
        millions,
        allowedUsd: usdPerMillionOutputTokens * millions,
        leastUsd: least.usd,
        how: least.how,
      }),
    })
  if (monthlyUsd !== undefined && usdPerMillionOutputTokens !== undefined) {
    const allowedUsd = usdPerMillionOutputTokens * millions
    if (allowedUsd < monthlyUsd / 2 || allowedUsd > monthlyUsd * 2)
      found.push({
        kind: 'tension',
        between: ['budget.monthlyUsd', 'budget.usdPerMillionOutputTokens'],
        message: assessmentMessage('planner.budgets-differ', {
          monthlyUsd,
          perMillionUsd: usdPerMillionOutputTokens,
          millions,
          allowedUsd,
        }),
      })
  }
  return found
}

/**
 * The least that any allowed way of hosting can cost: the cheapest API for the month's tokens, or the cheapest
 * machine on the price list all month, with its spare. Null when hardware is there already.
 */
const leastCost = (requirements: Requirements, workload: Workload, catalogue: Catalogue) => {
  const { hosting } = requirements
  if (hosting.owned.length > 0 && hosting.allowed.includes('self-hosted')) return null
  const ways = [
    ...(hosting.allowed.includes('hosted-api') ? cheapestApi(workload, catalogue) : []),
    ...(hosting.allowed.includes('self-hosted') ? cheapestMachine(requirements, workload, catalogue) : []),
  ]
  return ways.sort((a, b) => a.usd - b.usd)[0] ?? null
}

const leastOf = (workload: Workload, { price }: PricedModel) =>
  hostedUsdPerMonth({ workload, price, reasoningTokens: 0, deferrableShare: 0, batchPriceShare: 1 })

const cheapestApi = (workload: Workload, catalogue: Catalogue) =>
  catalogue.hostedModels.flatMap(({ provider, model }) => {
    const priced = priceOf(catalogue, { provider: provider.id, model })
    return priced && !priced.deprecated
      ? [{ usd: leastOf(workload, priced), how: `${provider.id}/${model}` }]
      : []
  })

/** Hours that replicas run at least: all, or those with load where nothing may run in the others. */
const leastHours = ({ availability }: Requirements, { weekCurve }: Workload): number =>
  availability.scaleToZero
    ? (hoursPerMonth * weekCurve.filter((load) => load > 0).length) / weekCurve.length
    : hoursPerMonth

const cheapestMachine = (requirements: Requirements, workload: Workload, catalogue: Catalogue) => {
  const { survivesReplicaLoss, regions, minReplicas } = requirements.availability
  const replicas = (Math.max(1, minReplicas) + (survivesReplicaLoss ? 1 : 0)) * regions
  const hours = leastHours(requirements, workload)
  return catalogue.accelerators.flatMap(({ name, label }) =>
    offersOf(name, requirements, catalogue).map(({ provider, usdPerHour, instanceSize, whole }) => {
      const size = instanceSize ?? 1
      const count = Math.ceil(replicas / size) * size
      return {
        usd: usdPerHour * count * (whole ? hoursPerMonth : hours),
        how: `${count} x ${label} (${provider})`,
      }
    }),
  )
}

/** List prices by the hour, and reserved ones, which are paid for the whole month, where they may be used. */
const offersOf = (accelerator: string, { hosting }: Requirements, catalogue: Catalogue) => [
  ...listOffers(catalogue, accelerator).map((offer) => ({ ...offer, whole: false })),
  ...catalogue.purchaseRates
    .filter((rate) => rate.accelerator === accelerator && hosting.commitment === 'reserved')
    .flatMap(({ provider, instanceSize, reservedUsdPerHour }) =>
      reservedUsdPerHour === null
        ? []
        : [{ provider, instanceSize, usdPerHour: reservedUsdPerHour, whole: true }],
    ),
]
