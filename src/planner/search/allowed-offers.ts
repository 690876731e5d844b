// Of what is for rent, what may be rented: by where its provider processes. Knows no model.

import type { Catalogue, GpuPrice, PurchaseRate } from '../../catalog/index.js'
import type { Requirements } from '../../spec/index.js'
import { listOffers } from './rent.js'
import { staysInPlace } from './residency.js'

/** Of the list prices those of providers that process where the data may be. */
export const allowedOffers = (
  catalogue: Catalogue,
  accelerator: string,
  requirements: Pick<Requirements, 'hosting'>,
): readonly GpuPrice[] =>
  listOffers(catalogue, accelerator).filter(({ provider }) => staysInPlace(provider, requirements, catalogue))

/** The same of what is sold reserved or as spot. */
export const allowedRates = (
  catalogue: Catalogue,
  requirements: Pick<Requirements, 'hosting'>,
): readonly PurchaseRate[] =>
  catalogue.purchaseRates.filter(({ provider }) => staysInPlace(provider, requirements, catalogue))
