// What an attempt costs, by the price port. A price that is no amount of money counts as no price.

import type { Log, Usage } from '../core/index.js'
import type { Cost } from './ledger-row.js'
import { nanoUsd } from './nano-usd.js'

/** Prices a usage of a deployment; null when no price is known. `version` says which price list. */
export type Price = (
  deployment: string,
  usage: Usage,
) => { readonly usd: number; readonly version: string } | null

/** Above this an amount is taken for an error of the price list. */
const maxUsd = 1_000_000

/** Wraps the price port so that it never throws: a wrong price must not lose a row. */
export const createPricing =
  (price: Price, log: Log) =>
  (deployment: string, usage: Usage): Cost | null => {
    try {
      const priced = price(deployment, usage)
      if (priced === null) return null
      if (priced.usd > maxUsd) throw new RangeError(`${priced.usd} US dollars for one attempt`)
      return { nanoUsd: nanoUsd(priced.usd), version: priced.version }
    } catch (error) {
      log.error({ deployment, error }, 'wrong price: the attempt is recorded without one')
      return null
    }
  }
