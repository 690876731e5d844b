// The models of an architecture's deployments, each made by its engine, and those that load something waited for.

import { join } from 'node:path'
import type { Keyed } from '../gateway/index.js'
import type { ChatModel, ModelFacts, TaskFacts } from '../llm/index.js'
import type { Deployment } from '../spec/index.js'
import { apiKeysOf, openWithKeys } from './api-keys.js'
import { builtInEngines } from './engines.js'
import { withKnownServer } from './known-server.js'
import type { EngineLaunch } from './launch/engine-launch.js'
import { cliError } from './messages.js'
import type { Resources } from './open-resources.js'
import type { EngineContext, EngineFactory, Plugin } from './plugin.js'
import type { SecretSource } from './resolve-secret.js'

export interface OpenModels {
  readonly byDeployment: ReadonlyMap<string, ChatModel>
  /** Of deployments with a key: the models made with the further ones. */
  readonly keys: ReadonlyMap<string, Keyed<ChatModel>>
  close(): Promise<void>
}

interface Parts {
  readonly plugins: readonly Plugin[]
  readonly secrets: SecretSource
  readonly resources: Resources
  /** The engines of the deployments that `resources.engines` runs. */
  readonly launches: readonly EngineLaunch[]
}

/** What an engine's model may have beyond the contract. */
type OwningModel = ChatModel & {
  /** Resolves when it can be asked. */
  readonly ready?: Promise<void>
  close?(): Promise<void>
}

/**
 * Makes the models and waits until all can be asked; leaves none behind when one cannot.
 * @throws `cli.engine-unknown` | `cli.secret-missing`, and what an engine says that cannot start
 */
export const openModels = async (deployments: readonly Deployment[], parts: Parts): Promise<OpenModels> => {
  const opened: OwningModel[] = []
  const close = async () => {
    await Promise.all(opened.map((model) => model.close?.()))
  }
  try {
    const engines = enginesOf(parts.plugins)
    const byDeployment = new Map<string, ChatModel>()
    const keys = new Map<string, Keyed<ChatModel>>()
    for (const deployment of deployments) {
      const { engine, keyed } = await openWithKeys(apiKeysOf(deployment, parts.secrets), async (apiKey) => {
        const model = guarded(deployment, await openModel({ deployment, apiKey }, engines, parts), parts)
        opened.push(model)
        return model
      })
      byDeployment.set(deployment.id, engine)
      if (keyed) keys.set(deployment.id, keyed)
    }
    await Promise.all(opened.map((model) => model.ready))
    return { byDeployment, keys, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** An engine that runs here may be away, which its model then says at once. */
const guarded = ({ id }: Deployment, model: OwningModel, { launches, resources }: Parts): OwningModel => {
  const launch = launches.find(({ deployments }) => deployments.includes(id))
  return launch ? resources.engines.guard(launch, model) : model
}

type Engines = Readonly<Record<string, EngineFactory>>

const enginesOf = (plugins: readonly Plugin[]): Engines =>
  Object.assign({}, builtInEngines, ...plugins.map((plugin) => plugin.engines ?? {}))

const openModel = (
  { deployment, apiKey }: Pick<EngineContext, 'deployment' | 'apiKey'>,
  engines: Engines,
  { secrets, resources }: Parts,
): OwningModel | Promise<OwningModel> => {
  const factory = Object.hasOwn(engines, deployment.engine) ? engines[deployment.engine] : undefined
  if (!factory)
    throw cliError('cli.engine-unknown', {
      deployment: deployment.id,
      engine: deployment.engine,
      known: Object.keys(engines).join(', '),
    })
  return factory({
    deployment: withKnownServer(deployment),
    facts: factsOf(deployment),
    apiKey,
    clock: resources.clock,
    log: resources.log,
    modelsDirectory: join(resources.stateDirectory, 'models'),
    ...secrets,
  })
}

const factsOf = (deployment: Deployment): ModelFacts => ({
  contextLength: deployment.contextLength,
  tools: deployment.engine !== 'extractive',
  vision: false,
  languages: deployment.languages,
  ...(deployment.task && { task: taskOf(deployment.task) }),
  priceKey:
    deployment.provider === undefined ? deployment.model : `${deployment.provider}/${deployment.model}`,
})

const taskOf = ({ tool, outOfScope }: NonNullable<Deployment['task']>): TaskFacts => ({
  tool,
  ...(outOfScope && { outOfScope }),
})
