// Token prices of hosted APIs: from the genai-prices package, and from our own rows where it has none.

import { calcPrice } from '@pydantic/genai-prices'
import type { TokenPrice } from './cost-usd.js'
import table from './data/api-prices.json' with { type: 'json' }
import { normaliseName } from './find-by-name.js'
import { decodeTable, type Source } from './table.js'

/** A price row of our own, used where the package knows none. US dollars per million tokens. */
export interface ApiPrice {
  readonly provider: string
  readonly model: string
  readonly input: number
  readonly cachedInput: number | null
  readonly output: number
  readonly contextTokens: number | null
  readonly asOf: string
  readonly source: Source
}

export const readApiPrices = (): readonly ApiPrice[] => decodeTable<ApiPrice>(table)

export interface PricedModel {
  readonly price: TokenPrice
  /** Longest prompt and answer together; null = not known. */
  readonly contextTokens: number | null
  /** True when the provider has announced its end. */
  readonly deprecated: boolean
  readonly source: Source
}

export interface PriceQuery {
  readonly provider: string
  readonly model: string
  /** Prices change over time, some over the day; default: noon of the catalogue's date. */
  readonly at?: Date
  /** Length of the prompt, for prices with tiers; default 0 = the base tier. */
  readonly inputTokens?: number
  /** An embedding model, which writes nothing: a price without one of output is enough. */
  readonly readsOnly?: boolean
}

const packageSource: Source = { origin: 'npm:@pydantic/genai-prices 0.1.8 (MIT)', date: '2026-11-23' }

/** The price of a model at a provider, or null when nobody told us. */
export const readPrice = (
  { apiPrices, asOf }: { readonly apiPrices: readonly ApiPrice[]; readonly asOf: string },
  { provider, model, at, inputTokens = 0, readsOnly = false }: PriceQuery,
): PricedModel | null => {
  const timestamp = at ?? new Date(`${asOf}T12:00:00Z`)
  const served = calcPrice({ input_tokens: 0, output_tokens: 0 }, model, { providerId: provider, timestamp })
  if (served) {
    const price = tokenPrice(served.model_price, inputTokens, readsOnly)
    if (price)
      return {
        price,
        contextTokens: served.model.context_window ?? null,
        deprecated: served.model.deprecated ?? false,
        source: packageSource,
      }
  }
  const row = apiPrices.find(
    (candidate) =>
      normaliseName(candidate.provider) === normaliseName(provider) &&
      normaliseName(candidate.model) === normaliseName(model),
  )
  if (!row) return null
  const { input, cachedInput, output, contextTokens, source } = row
  const price = { input, output, ...(cachedInput === null ? {} : { cachedInput }) }
  return { price, contextTokens, deprecated: false, source }
}

type Rate = NonNullable<ReturnType<typeof calcPrice>>['model_price'][string]

/** The rate that applies to a prompt of this length: the last tier that it exceeds, else the base. */
const rateAt = (rate: Rate, inputTokens: number): number | undefined => {
  if (rate === undefined || typeof rate === 'number') return rate
  return rate.tiers.reduce((price, tier) => (inputTokens > tier.start ? tier.price : price), rate.base)
}

const tokenPrice = (
  rates: Readonly<Record<string, Rate>>,
  inputTokens: number,
  readsOnly: boolean,
): TokenPrice | null => {
  const input = rateAt(rates.input_mtok, inputTokens)
  const output = rateAt(rates.output_mtok, inputTokens) ?? (readsOnly ? 0 : undefined)
  if (input === undefined || output === undefined) return null
  const cachedInput = rateAt(rates.cache_read_mtok, inputTokens)
  const cacheWrite = rateAt(rates.cache_write_mtok, inputTokens)
  return {
    input,
    output,
    ...(cachedInput === undefined ? {} : { cachedInput }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
  }
}
