// The purchase plan of what was bought: the hours of all pools and regions, by how they are bought.

import type { Requirements } from '../../spec/index.js'
import type { ServingCost } from '../cost/self-hosted-cost.js'
import type { PurchasePlan, PurchaseWay } from './report.js'

/** @returns nothing where all is owned */
export const purchaseOf = (
  bought: readonly ServingCost[],
  { availability }: Pick<Requirements, 'availability'>,
): { readonly purchase?: PurchasePlan } => {
  const plans = bought.flatMap(({ purchase }) => purchase ?? [])
  const [first] = plans
  if (!first) return {}
  const hoursOf = (way: PurchaseWay) =>
    plans.reduce((sum, { acceleratorHours }) => sum + acceleratorHours[way], 0) * availability.regions
  return {
    purchase: {
      acceleratorHours: {
        reserved: hoursOf('reserved'),
        onDemand: hoursOf('onDemand'),
        spot: hoursOf('spot'),
      },
      usdPerHour: first.usdPerHour,
    },
  }
}
