// What the hours of accelerators cost in a month. Knows no model.

import type { Accelerator, Catalogue, GpuPrice } from '../../catalog/index.js'
import { hoursPerMonth } from '../../core/index.js'

/** Where accelerators come from: rented by the hour, or there already. */
export interface Supply {
  readonly accelerator: Accelerator
  /** Most accelerators that can be had. */
  readonly most: number
  /** List prices; empty when owned. */
  readonly offers: readonly GpuPrice[]
  readonly owned: boolean
}

/** Prices a month can be planned with: on demand, from a provider's list. */
export const listOffers = ({ gpuPrices }: Catalogue, accelerator: string): readonly GpuPrice[] =>
  gpuPrices.filter(
    (price) =>
      price.accelerator === accelerator && price.offer === 'list' && price.commitment === 'on-demand',
  )

export interface Rent {
  readonly provider: string
  readonly usdPerMonth: number
}

const daysPerMonth = hoursPerMonth / 24

/**
 * The cheapest way to rent the accelerators that each hour of the day needs. Machines come whole: an offer of eight
 * is paid by the eight, and cannot hold a replica of more accelerators than it has.
 * @param byHour accelerators in each of the 24 hours
 * @returns null when no offer can hold a replica
 */
export const cheapestRent = (
  { offers, owned }: Supply,
  byHour: readonly number[],
  acceleratorsPerReplica: number,
): Rent | null => {
  if (owned) return { provider: 'owned', usdPerMonth: 0 }
  let best: Rent | null = null
  for (const { provider, usdPerHour, instanceSize } of offers) {
    if (instanceSize !== null && instanceSize < acceleratorsPerReplica) continue
    const size = instanceSize ?? 1
    const hours = byHour.reduce((sum, count) => sum + Math.ceil(count / size) * size, 0)
    const usdPerMonth = hours * usdPerHour * daysPerMonth
    if (best === null || usdPerMonth < best.usdPerMonth) best = { provider, usdPerMonth }
  }
  return best
}
