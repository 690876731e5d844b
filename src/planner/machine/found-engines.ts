// Engines and keys that are on this machine: named with the line that would use them, and used only when asked for.

import { type Catalogue, priceOf } from '../../catalog/index.js'
import type { DeploymentDraft } from '../architecture/deployment-draft.js'
import { idOf } from '../architecture/system-parts.js'
import type { EngineHint, FoundEngine, MachineFacts } from './machine.js'
import { machineMessage } from './machine-messages.js'

export const findEngineHints = (
  { engines, apiKeys }: Pick<MachineFacts, 'engines' | 'apiKeys'>,
  catalogue: Catalogue,
): readonly EngineHint[] => [
  ...engines.flatMap(({ name, address, models }) => {
    const [model] = models
    if (model === undefined) return []
    return hint(
      nameOf(name),
      machineMessage('planner.engine-found', { engine: name, address, models: [...models] }),
    )
  }),
  ...catalogue.hostedProviders
    .filter(({ keyVariable }) => apiKeys.includes(keyVariable))
    .flatMap(({ id, keyVariable }) => {
      const cheapest = cheapestModel(id, catalogue)
      if (!cheapest) return []
      const { model, price } = cheapest
      const params = {
        provider: id,
        variable: keyVariable,
        model,
        inputUsd: price.input,
        outputUsd: price.output,
      }
      return hint(id, machineMessage('planner.key-found', params))
    }),
]

const hint = (name: string, message: EngineHint['message']): EngineHint[] => [
  { name, commandLine: `npm start -- --engine ${name}`, message },
]

/** `LM Studio` is asked for as `lm-studio`. */
const nameOf = (name: string) => idOf(name.toLowerCase())

const cheapestModel = (provider: string, catalogue: Catalogue) =>
  catalogue.hostedModels
    .filter((hosted) => hosted.provider.id === provider && hosted.reasoning !== 'always')
    .flatMap(({ model }) => {
      const priced = priceOf(catalogue, { provider, model })
      return priced && !priced.deprecated ? [{ model, price: priced.price }] : []
    })
    .sort((a, b) => a.price.output - b.price.output)[0]

/**
 * The deployment of an engine that the user named, `NAME` or `NAME:MODEL`; null when it is not there.
 */
export const useFoundEngine = (
  asked: string,
  { machine, catalogue }: { readonly machine: MachineFacts; readonly catalogue: Catalogue },
): DeploymentDraft | null => {
  const at = asked.indexOf(':')
  const name = (at < 0 ? asked : asked.slice(0, at)).toLowerCase()
  const model = at < 0 ? undefined : asked.slice(at + 1)
  const local = machine.engines.find((engine) => nameOf(engine.name) === name)
  return local ? localDeployment(local, model) : hostedDeployment(name, model, { machine, catalogue })
}

const localDeployment = ({ name, address, models }: FoundEngine, asked?: string): DeploymentDraft | null => {
  const model = asked ?? models[0]
  if (model === undefined) return null
  return { id: nameOf(name), engine: name === 'Triton' ? 'triton' : 'openai-compatible', model, address }
}

const hostedDeployment = (
  name: string,
  asked: string | undefined,
  { machine, catalogue }: { readonly machine: MachineFacts; readonly catalogue: Catalogue },
): DeploymentDraft | null => {
  const provider = catalogue.hostedProviders.find(({ id }) => id === name)
  if (!provider || !machine.apiKeys.includes(provider.keyVariable)) return null
  const model = asked ?? cheapestModel(name, catalogue)?.model
  const priced = model === undefined ? null : priceOf(catalogue, { provider: name, model })
  if (model === undefined || !priced) return null
  return {
    id: name,
    engine: 'hosted-api',
    model,
    address: provider.address,
    key: `\${env:${provider.keyVariable}}`,
    provider: name,
    price: priced.price,
    ...(priced.contextTokens === null ? {} : { contextLength: priced.contextTokens }),
  }
}
