// Prices of one accelerator by how it is bought: by the hour, reserved for a term, or to be taken back at short notice.
// Only where one provider's own list has more than the first; knows no load.

import type { GpuPrice } from './accelerator.js'
import table from './data/gpu-purchase.json' with { type: 'json' }
import { normaliseName } from './find-by-name.js'
import { decodeTable, type Source } from './table.js'

/** US dollars per accelerator and hour. */
export interface PurchaseRate {
  readonly provider: string
  /** Catalogue name. */
  readonly accelerator: string
  readonly onDemandUsdPerHour: number
  /** Paid for every hour of the term; null = not on the list. */
  readonly reservedUsdPerHour: number | null
  readonly spotUsdPerHour: number | null
  /** Accelerators of one machine; null = any number. */
  readonly instanceSize: number | null
  readonly asOf: string
  readonly source: Source
}

interface Row extends Omit<PurchaseRate, 'accelerator'> {
  readonly item: string
}

/** Our own rows, and pairs of on-demand and spot that one provider has among the hourly prices. */
export const readPurchaseRates = (
  accelerators: readonly { readonly name: string; readonly aliases: readonly string[] }[],
  prices: readonly GpuPrice[],
): readonly PurchaseRate[] => {
  const nameOf = new Map(
    accelerators.flatMap(({ name, aliases }) => aliases.map((alias) => [normaliseName(alias), name])),
  )
  const own = decodeTable<Row>(table).flatMap(({ item, ...rate }) => {
    const accelerator = nameOf.get(normaliseName(item))
    return accelerator ? [{ ...rate, accelerator }] : []
  })
  const paired = prices
    .filter(({ commitment }) => commitment === 'spot')
    .flatMap((spot): PurchaseRate[] => {
      const { provider, accelerator, instanceSize, asOf, source } = spot
      const listed = prices.find(
        (price) =>
          price.commitment === 'on-demand' &&
          price.offer === 'list' &&
          price.provider === provider &&
          price.accelerator === accelerator &&
          price.instanceSize === instanceSize,
      )
      if (!listed || accelerator === null) return []
      const { usdPerHour } = listed
      return [
        {
          provider,
          accelerator,
          onDemandUsdPerHour: usdPerHour,
          reservedUsdPerHour: null,
          spotUsdPerHour: spot.usdPerHour,
          instanceSize,
          asOf,
          source,
        },
      ]
    })
  return [...own, ...paired]
}
