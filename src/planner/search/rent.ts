// Where accelerators come from, and their list prices. Knows no model.

import type { Accelerator, Catalogue, GpuPrice } from '../../catalog/index.js'

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
