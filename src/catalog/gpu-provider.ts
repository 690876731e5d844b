// Who rents accelerators, and where their machines stand. Says nothing of which machines stand in which place.

import data from './data/gpu-providers.json' with { type: 'json' }
import { type Source, sourceOf } from './table.js'

export interface GpuProvider {
  /** The first word of the provider's name in a price list: `AWS` of `AWS p5.48xlarge`. */
  readonly id: string
  /** ISO 3166 codes of countries in which it is known to have machines. */
  readonly regions: readonly string[]
  readonly source: Source
}

export const readGpuProviders = (): readonly GpuProvider[] =>
  data.providers.map(({ id, regions, source }) => ({
    id,
    regions,
    source: sourceOf(data.sources[source] ?? []),
  }))
