// Whether the packages that deployments of the engine `ai-sdk` name can be loaded. Calls no model.

import { existsSync } from 'node:fs'
import { type ArchitectError, toArchitectError } from '../core/index.js'
import type { Deployment } from '../spec/index.js'
import { apiKeysOf } from './api-keys.js'
import { loadProvider } from './load-provider.js'
import { findArchitecture, loadArchitecture, projectOf } from './project.js'
import type { SecretSource } from './resolve-secret.js'

export interface ProviderCheck {
  readonly deployment: string
  /** Undefined where the options do not say. */
  readonly package: string | undefined
  readonly version: string | null
  /** Version of the AI SDK's model specification. */
  readonly specification: string | null
  readonly problem?: ArchitectError
}

export const providerEngine = 'ai-sdk'

export const checkProviders = (
  deployments: readonly Deployment[],
  source: SecretSource,
): Promise<readonly ProviderCheck[]> =>
  Promise.all(
    deployments
      .filter(({ engine, kind }) => engine === providerEngine && kind === 'chat')
      .map((deployment) => checkProvider(deployment, source)),
  )

const checkProvider = async (deployment: Deployment, source: SecretSource): Promise<ProviderCheck> => {
  const named = deployment.options.package
  const place = { deployment: deployment.id, package: typeof named === 'string' ? named : undefined }
  try {
    const [key] = apiKeysOf(deployment, source)
    const { model, version } = await loadProvider(deployment, key?.secret, source)
    return { ...place, version, specification: model.specificationVersion }
  } catch (cause) {
    return { ...place, version: null, specification: null, problem: toArchitectError(cause) }
  }
}

/** Those of the architecture in this folder; none where there is none, or where `serve` is to say what is wrong with it. */
export const checkProvidersHere = async (
  environment: SecretSource['environment'],
): Promise<readonly ProviderCheck[]> => {
  const file = findArchitecture(undefined)
  if (!existsSync(file)) return []
  try {
    const { deployments } = loadArchitecture(file).value
    return await checkProviders(deployments, { environment, directory: projectOf(file).directory })
  } catch {
    return []
  }
}
