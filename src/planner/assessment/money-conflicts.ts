// Budgets against the least that the load can cost.

import { type Catalogue, type PricedModel, priceOf } from '../../catalog/index.js'
import { hoursPerMonth } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import { sumOf } from '../cost/cost-breakdown.js'
import { hostedUsdPerMonth } from '../cost/hosted-cost.js'
import { marketOf } from '../cost/market.js'
import { systemLines } from '../cost/system-lines.js'
import { listOffers } from '../search/rent.js'
import { isStage } from '../search/stages.js'
import { fittedCoefficients } from '../speed/coefficients.js'
import type { Conflict } from './assessment.js'
import { assessmentMessage } from './assessment-messages.js'
import type { Workload } from './workload.js'

export const moneyConflicts = (
  requirements: Requirements,
  workload: Workload,
  catalogue: Catalogue,
): readonly Conflict[] => {
  const { monthlyUsd, usdPerMillionOutputTokens } = requirements.budget
  const ways = waysOf(requirements, workload, catalogue)
  const least = lowest(ways, ({ usd, systemUsd }) => usd + systemUsd)
  const leastModel = lowest(ways, ({ usd }) => usd)
  const found: Conflict[] = []
  if (monthlyUsd !== undefined && least && monthlyUsd < least.usd + least.systemUsd)
    found.push({
      kind: 'contradiction',
      between: ['budget.monthlyUsd', 'scale', 'hosting'],
      message: assessmentMessage('planner.budget-below-least', {
        budgetUsd: monthlyUsd,
        leastUsd: least.usd,
        systemUsd: least.systemUsd,
        how: least.how,
      }),
    })
  const millions = workload.tokensPerMonth.output / 1e6
  if (
    usdPerMillionOutputTokens !== undefined &&
    leastModel?.how &&
    usdPerMillionOutputTokens * millions < leastModel.usd
  )
    found.push({
      kind: 'contradiction',
      between: ['budget.usdPerMillionOutputTokens', 'scale', 'hosting'],
      message: assessmentMessage('planner.token-budget-below-least', {
        perMillionUsd: usdPerMillionOutputTokens,
        millions,
        allowedUsd: usdPerMillionOutputTokens * millions,
        leastUsd: leastModel.usd,
        how: leastModel.how,
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

/** Of one way of hosting. */
interface Way {
  /** For the model that answers. */
  readonly usd: number
  /** For what stands beside it whatever way is taken. */
  readonly systemUsd: number
  /** null = on hardware that is there already. */
  readonly how: string | null
}

/**
 * The least that each allowed way of hosting can cost: an API for the month's tokens, or a machine on the price list
 * all month, with its spare; each with what stands beside it. Small models may share the machine.
 */
const waysOf = (requirements: Requirements, workload: Workload, catalogue: Catalogue): readonly Way[] => {
  const { allowed, owned } = requirements.hosting
  const lines = systemLines({
    requirements,
    workload,
    ...marketOf(requirements, catalogue),
    efficiency: fittedCoefficients.coefficients.compute.bf16,
  })
  const besideApi = sumOf(lines)
  const besideMachine = sumOf(lines.filter(({ id }) => !isStage(id)))
  const own = allowed.includes('self-hosted')
  const rented = own ? cheapestMachine(requirements, workload, catalogue) : []
  return [
    ...(allowed.includes('hosted-api') ? cheapestApi(workload, catalogue) : []).map((way) => ({
      ...way,
      systemUsd: besideApi,
    })),
    ...rented.map((way) => ({ ...way, systemUsd: besideMachine })),
    ...(own && owned.length > 0 ? [{ usd: 0, systemUsd: besideMachine, how: null }] : []),
  ]
}

const lowest = (ways: readonly Way[], usdOf: (way: Way) => number): Way | undefined =>
  [...ways].sort((a, b) => usdOf(a) - usdOf(b))[0]

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
