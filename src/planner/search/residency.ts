// Whether a provider processes where the data may be processed: one rule for APIs and for rented machines. Knows no
// model and no price.

import type { Catalogue } from '../../catalog/index.js'
import { isWithin, type Requirements } from '../../spec/index.js'
import { gateMessage } from './gate-messages.js'
import type { Violation } from './report.js'

/**
 * `known`: it can be had in a place that is allowed; `contradicting`: only elsewhere, as far as anybody says;
 * `unknown`: nobody says, or only a larger area that the place is part of.
 */
export type Residency = 'known' | 'unknown' | 'contradicting'

/** @param regions places in which the provider processes, one of which may be chosen; null = not known */
export const residencyIn = (regions: readonly string[] | null, allowed: readonly string[]): Residency => {
  if (allowed.length === 0) return 'known'
  if (regions === null) return 'unknown'
  const pairs = regions.flatMap((region) => allowed.map((place) => [region, place] as const))
  if (pairs.some(([region, place]) => isWithin(region, place))) return 'known'
  return pairs.some(([region, place]) => isWithin(place, region)) ? 'unknown' : 'contradicting'
}

type Asked = Pick<Requirements, 'hosting'>

/** Where a seller of tokens or of hours processes: as the requirements say, else as the catalogue knows. */
export const regionsOf = (
  provider: string,
  { hosting }: Asked,
  { hostedProviders, gpuProviders }: Pick<Catalogue, 'hostedProviders' | 'gpuProviders'>,
): readonly string[] | null => {
  const [first = ''] = provider.split(' ')
  const said = Object.entries(hosting.processedIn).find(([name]) =>
    [provider, first].some((known) => known.toLowerCase() === name.toLowerCase()),
  )
  if (said) return said[1]
  const api = hostedProviders.find(({ id }) => id === provider)
  if (api) return api.regions
  return gpuProviders.find(({ id }) => id === first)?.regions ?? null
}

/** Nothing that is not known to stay is taken to: the requirements can say what a contract promises. */
export const staysInPlace = (
  provider: string,
  requirements: Asked,
  catalogue: Pick<Catalogue, 'hostedProviders' | 'gpuProviders'>,
): boolean =>
  residencyIn(regionsOf(provider, requirements, catalogue), requirements.hosting.dataResidency) === 'known'

export const residencyViolations = (
  providers: readonly string[],
  requirements: Asked,
  catalogue: Pick<Catalogue, 'hostedProviders' | 'gpuProviders'>,
): Violation[] => {
  if (providers.some((provider) => staysInPlace(provider, requirements, catalogue))) return []
  const places = requirements.hosting.dataResidency
  const [only = '', another] = providers
  const known = another === undefined ? regionsOf(only, requirements, catalogue) : null
  return [
    {
      constraint: 'hosting.dataResidency',
      relaxable: false,
      reason: gateMessage('planner.residency-not-shown', {
        providers,
        places,
        known,
      }),
    },
  ]
}
