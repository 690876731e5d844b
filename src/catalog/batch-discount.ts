// What providers ask for answers that may take a day, as a share of their usual price.

import table from './data/batch-discounts.json' with { type: 'json' }
import { decodeTable, type Source } from './table.js'

export interface BatchDiscount {
  readonly provider: string
  /** Share of the usual price of input and output, in (0, 1]. */
  readonly priceShare: number
  readonly source: Source
}

export const readBatchDiscounts = (): readonly BatchDiscount[] => decodeTable<BatchDiscount>(table)
