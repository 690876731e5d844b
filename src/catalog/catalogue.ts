// Everything the product knows about models, accelerators, prices and engines, as plain data.

import { type Accelerator, type GpuPrice, readAccelerators, readGpuPrices } from './accelerator.js'
import { type BatchDiscount, readBatchDiscounts } from './batch-discount.js'
import { type Engine, type EngineName, readEngines } from './engine-flags.js'
import { createAcceleratorLookup } from './find-accelerator.js'
import { createLookup, type Lookup } from './find-by-name.js'
import { type GpuProvider, readGpuProviders } from './gpu-provider.js'
import {
  type HostedModel,
  type HostedProvider,
  readHostedModels,
  readHostedProviders,
} from './hosted-model.js'
import { catalogError } from './messages.js'
import type { Model } from './model.js'
import { readModels } from './models.js'
import { type ApiPrice, type PricedModel, type PriceQuery, readApiPrices, readPrice } from './price-of.js'
import { type PurchaseRate, readPurchaseRates } from './purchase-rate.js'

export interface Catalogue {
  /** The date its prices are quoted for, ISO. */
  readonly asOf: string
  readonly models: readonly Model[]
  readonly accelerators: readonly Accelerator[]
  readonly gpuPrices: readonly GpuPrice[]
  /** Accelerators that one provider sells in several ways: by the hour, reserved, spot. */
  readonly purchaseRates: readonly PurchaseRate[]
  /** Where machines for rent stand, of the providers that say it. */
  readonly gpuProviders: readonly GpuProvider[]
  readonly batchDiscounts: readonly BatchDiscount[]
  /** Our own rows; `priceOf` asks the genai-prices package first. */
  readonly apiPrices: readonly ApiPrice[]
  readonly hostedProviders: readonly HostedProvider[]
  readonly hostedModels: readonly HostedModel[]
  readonly engines: readonly Engine[]
  /** By name or alias, with or without the publisher; else the nearest name. */
  lookUpModel(name: string): Lookup<Model>
  /** As people and drivers write it: without vendor, size or bus too, as long as that leaves one chip. */
  lookUpAccelerator(name: string): Lookup<Accelerator>
}

const once = <T>(read: () => T): (() => T) => {
  let kept: { readonly value: T } | undefined
  return () => {
    kept ??= { value: read() }
    return kept.value
  }
}

/** The data files that the package carries, read at the first call. The models take about 100 ms at their first use. */
export const loadCatalogue = once((): Catalogue => {
  // A running system asks for prices and engine flags alone.
  const models = once(readModels)
  const hostedModels = once(() => readHostedModels(models()))
  const lookUpModel = once(() => createLookup(models()))
  const accelerators = readAccelerators()
  const gpuPrices = readGpuPrices(accelerators)
  return {
    asOf: '2026-11-23',
    get models() {
      return models()
    },
    accelerators,
    gpuPrices,
    purchaseRates: readPurchaseRates(accelerators, gpuPrices),
    gpuProviders: readGpuProviders(),
    batchDiscounts: readBatchDiscounts(),
    apiPrices: readApiPrices(),
    hostedProviders: readHostedProviders(),
    get hostedModels() {
      return hostedModels()
    },
    engines: readEngines(),
    lookUpModel: (name) => lookUpModel()(name),
    lookUpAccelerator: createAcceleratorLookup(accelerators),
  }
})

/** The token price of a hosted model, or null when neither the package nor our rows have one. */
export const priceOf = (catalogue: Catalogue, query: PriceQuery): PricedModel | null =>
  readPrice(catalogue, query)

/** @throws `catalog.unknown-model` with the nearest name */
export const requireModel = (catalogue: Catalogue, name: string): Model => {
  const answer = catalogue.lookUpModel(name)
  if (answer.found) return answer.found
  throw catalogError('catalog.unknown-model', { name, suggestion: answer.suggestion ?? null })
}

/** @throws `catalog.unknown-accelerator` with the nearest name */
export const requireAccelerator = (catalogue: Catalogue, name: string): Accelerator => {
  const answer = catalogue.lookUpAccelerator(name)
  if (answer.found) return answer.found
  throw catalogError('catalog.unknown-accelerator', { name, suggestion: answer.suggestion ?? null })
}

export const engineOf = (catalogue: Catalogue, name: EngineName): Engine | undefined =>
  catalogue.engines.find((engine) => engine.name === name)
