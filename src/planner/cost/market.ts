// What small work beside the model can be bought from: accelerators by the hour, and APIs of embeddings.

import { type Catalogue, priceOf } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'
import { allowedOffers } from '../search/allowed-offers.js'
import { staysInPlace } from '../search/residency.js'
import type { EmbeddingApi } from './ingest-plan.js'
import type { Rentable } from './reading-supply.js'

/** Embedding models with a list price. */
const embeddingModels = [
  { provider: 'openai', model: 'text-embedding-3-small' },
  { provider: 'mistral', model: 'mistral-embed' },
  { provider: 'google', model: 'gemini-embedding-001' },
]

export interface Market {
  readonly rentable: readonly Rentable[]
  readonly apis: readonly EmbeddingApi[]
  /** Whether processor cores may be rented. */
  readonly cores: boolean
}

/** Accelerators at their lowest list price, or the owned ones; APIs where hosting and residency allow them. */
export const marketOf = (requirements: Requirements, catalogue: Catalogue): Market => {
  const { hosting } = requirements
  const own = hosting.allowed.includes('self-hosted')
  return {
    rentable: own
      ? [...owned(hosting, catalogue), ...(hosting.ownedOnly ? [] : rented(requirements, catalogue))]
      : [],
    apis: hosting.allowed.includes('hosted-api') && !hosting.ownedOnly ? apis(requirements, catalogue) : [],
    cores: own && !hosting.ownedOnly,
  }
}

const owned = ({ owned }: Requirements['hosting'], catalogue: Catalogue): readonly Rentable[] =>
  owned.flatMap(({ accelerator, count }) => {
    const { found } = catalogue.lookUpAccelerator(accelerator)
    return found ? [{ accelerator: found, usdPerHour: 0, most: count }] : []
  })

const rented = (requirements: Requirements, catalogue: Catalogue): readonly Rentable[] =>
  catalogue.accelerators.flatMap((accelerator) => {
    // Small work fills no machine of eight, so only single accelerators are asked for.
    const prices = allowedOffers(catalogue, accelerator.name, requirements)
      .filter(({ instanceSize }) => instanceSize === null || instanceSize === 1)
      .map(({ usdPerHour }) => usdPerHour)
    return prices.length > 0
      ? [{ accelerator, usdPerHour: Math.min(...prices), most: Number.POSITIVE_INFINITY }]
      : []
  })

const apis = (requirements: Requirements, catalogue: Catalogue): readonly EmbeddingApi[] =>
  embeddingModels.flatMap(({ provider, model }) => {
    if (!staysInPlace(provider, requirements, catalogue)) return []
    const priced = priceOf(catalogue, { provider, model, readsOnly: true })
    return priced ? [{ name: `${provider}/${model}`, usdPerMillionTokens: priced.price.input }] : []
  })
