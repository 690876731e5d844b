// The prices of the deployments in force. The ledger outlives a reload of architecture.yaml; this is what changes.

import { type Catalogue, costUsd, priceOf, type TokenPrice } from '../catalog/index.js'
import { contentHash, type Usage } from '../core/index.js'
import type { Price } from '../ledger/index.js'
import type { Deployment } from '../spec/index.js'

export interface PriceBook {
  readonly price: Price
  /** Takes the prices of these deployments; those of earlier ones stay for requests that still run on them. */
  use(deployments: readonly Deployment[]): void
}

interface Entry {
  readonly price: TokenPrice
  readonly version: string
}

export const createPriceBook = (catalogue: Catalogue): PriceBook => {
  const entries = new Map<string, Entry | null>()
  return {
    use: (deployments) => {
      for (const deployment of deployments) entries.set(deployment.id, entryOf(deployment, catalogue))
    },
    price: (deployment, usage: Usage) => {
      const entry = entries.get(deployment)
      return entry ? { usd: costUsd(usage, entry.price), version: entry.version } : null
    },
  }
}

/** What architecture.yaml says; else the catalogue's price; a deployment that runs here has no price per token. */
const entryOf = (deployment: Deployment, catalogue: Catalogue): Entry | null => {
  if (deployment.price) return { price: deployment.price, version: versionOf(deployment.price) }
  if (deployment.provider === undefined) return null
  const found = priceOf(catalogue, { provider: deployment.provider, model: deployment.model })
  return found ? { price: found.price, version: `catalogue ${catalogue.asOf}` } : null
}

const versionOf = (price: TokenPrice): string =>
  `architecture ${contentHash(JSON.stringify(price)).slice('sha256:'.length, 'sha256:'.length + 12)}`
