// The models of hosted APIs that are looked at: those of the catalogue, and those that the requirements name.

import type { HostedModel } from '../../catalog/index.js'
import type { DesignContext } from './design-context.js'
import { isNamed } from './is-named.js'

export const hostedModelsOf = (context: DesignContext): readonly HostedModel[] => [
  ...context.catalogue.hostedModels,
  ...context.requirements.models.allowed.flatMap((name) => askedFor(name, context)),
]

/** A `provider/model` that the requirements name and the catalogue only has a price for. */
const askedFor = (name: string, { catalogue }: DesignContext): HostedModel[] => {
  const [id, ...rest] = name.split('/')
  const model = rest.join('/')
  const provider = catalogue.hostedProviders.find((known) => known.id === id)
  const listed = catalogue.hostedModels.some((known) =>
    isNamed([`${known.provider.id}/${known.model}`], [name]),
  )
  if (!provider || model === '' || listed) return []
  return [
    {
      provider,
      model,
      base: null,
      reasoning: 'optional',
      quality: null,
      ttftMs: null,
      tokensPerSecond: null,
      speedSource: null,
    },
  ]
}
