// Loads a provider of the AI SDK from the project of the user, and makes its model. The one place that knows how such
// packages are laid out.

import { pathToFileURL } from 'node:url'
import { isProviderVersion, type ProviderModel } from '../llm/index.js'
import type { Deployment } from '../spec/index.js'
import { cliError } from './messages.js'
import { type ProviderOptions, providerOptionsOf } from './provider-options.js'
import { type ResolvedPackage, resolvePackage } from './resolve-package.js'
import type { SecretSource } from './resolve-secret.js'

export interface LoadedProvider {
  readonly model: ProviderModel
  readonly options: ProviderOptions
  /** Of the package. */
  readonly version: string
}

/**
 * @param apiKey the deployment's key; its settings may have another
 * @throws `cli.provider-missing` | `cli.provider-broken` | `cli.provider-version` | `cli.engine-options-invalid`
 */
export const loadProvider = async (
  deployment: Deployment,
  apiKey: string | undefined,
  source: SecretSource,
): Promise<LoadedProvider> => {
  const options = providerOptionsOf(deployment, source)
  const broken = (detail: string, cause?: unknown) =>
    cliError(
      'cli.provider-broken',
      { deployment: deployment.id, package: options.package, detail },
      { cause },
    )
  const { file, version } = locate(deployment.id, options, source.directory, broken)
  let model: unknown
  try {
    const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>
    model = modelOf(creatorIn(module, options), deployment, { options, apiKey })
  } catch (cause) {
    throw broken(withoutSecrets((cause as Error).message, options, apiKey), cause)
  }
  const found = (model as Partial<ProviderModel> | undefined)?.specificationVersion
  if (!isProviderVersion(found))
    throw cliError('cli.provider-version', {
      deployment: deployment.id,
      package: options.package,
      version,
      found: String(found ?? '?'),
    })
  return { model: model as ProviderModel, options, version }
}

const locate = (
  id: string,
  options: ProviderOptions,
  directory: string,
  broken: (detail: string, cause: unknown) => Error,
): ResolvedPackage => {
  let found: ResolvedPackage | undefined
  try {
    found = resolvePackage(options.package, directory)
  } catch (cause) {
    throw broken((cause as Error).message, cause)
  }
  if (!found) throw cliError('cli.provider-missing', { deployment: id, package: options.package, directory })
  return found
}

type Creator = (settings: Readonly<Record<string, unknown>>) => unknown

const creatorIn = (module: Readonly<Record<string, unknown>>, options: ProviderOptions): Creator => {
  const names = Object.keys(module).filter((name) => /^create[A-Z]/.test(name))
  const distinct = names.filter((name, i) => names.findIndex((other) => module[other] === module[name]) === i)
  const name = options.export ?? (distinct.length === 1 ? distinct[0] : undefined)
  const creator = name === undefined ? undefined : module[name]
  if (typeof creator === 'function') return creator as Creator
  throw new Error(`options.export: ${names.join(' | ') || '?'}`)
}

const modelOf = (
  create: Creator,
  { model, address }: Deployment,
  { options, apiKey }: { readonly options: ProviderOptions; readonly apiKey: string | undefined },
): unknown => {
  const provider = create({
    ...(address !== undefined && { baseURL: address }),
    ...(apiKey !== undefined && { apiKey }),
    ...options.settings,
  }) as Readonly<Record<string, unknown>>
  const method = provider[options.method]
  if (typeof method !== 'function') {
    const methods = Object.keys(provider).filter((name) => typeof provider[name] === 'function')
    throw new Error(`options.method: ${methods.join(' | ')}`)
  }
  return method.call(provider, model)
}

const withoutSecrets = (text: string, { secrets }: ProviderOptions, apiKey: string | undefined): string =>
  [...secrets, ...(apiKey === undefined ? [] : [apiKey])].reduce(
    (clean, secret) => clean.replaceAll(secret, '[key]'),
    text,
  )
