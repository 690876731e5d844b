// The options of a deployment whose engine is `ai-sdk`, read from architecture.yaml, with their secrets filled in.

import { z } from 'zod'
import type { ProviderFields } from '../llm/index.js'
import type { Deployment } from '../spec/index.js'
import { cliError } from './messages.js'
import { resolveSecret, type SecretSource } from './resolve-secret.js'

const schema = z.strictObject({
  /** The package of the provider, as it is installed; may be one of its entries. */
  package: z.string().min(1),
  /** The function that makes the provider. Default: the package's only one whose name starts with `create`. */
  export: z.string().min(1).optional(),
  /** The method of the provider that makes the model: `chat`, `responses`, ... */
  method: z.string().min(1).default('languageModel'),
  /** What the function is given. */
  settings: z.record(z.string(), z.json()).default({}),
  /** Sent with every call, by the provider's name. */
  providerOptions: z.record(z.string(), z.record(z.string(), z.json())).optional(),
})

export interface ProviderOptions {
  readonly package: string
  readonly export?: string | undefined
  readonly method: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly providerOptions?: ProviderFields | undefined
  /** The values of all references, never to be shown. */
  readonly secrets: readonly string[]
}

/** @throws `cli.engine-options-invalid` | `cli.secret-missing` */
export const providerOptionsOf = (deployment: Deployment, source: SecretSource): ProviderOptions => {
  const parsed = schema.safeParse(deployment.options)
  if (!parsed.success)
    throw invalid(
      deployment,
      parsed.error.issues.map(({ path, message }) => `${['options', ...path].join('.')}: ${message}`),
    )
  const { settings } = parsed.data
  const plain = plainSecrets(settings, 'options.settings')
  if (plain.length > 0)
    throw invalid(
      deployment,
      plain.map((place) => `${place}: \${env:NAME} or \${file:PATH}`),
    )
  const secrets: string[] = []
  const filled = fill(settings, (reference) => {
    const secret = resolveSecret(reference, `deployment ${deployment.id}`, source)
    secrets.push(secret)
    return secret
  })
  return { ...parsed.data, settings: filled as Record<string, unknown>, secrets }
}

const invalid = ({ id }: Deployment, problems: readonly string[]) =>
  cliError('cli.engine-options-invalid', { deployment: id, detail: problems.join('; ') })

const reference = /^\$\{(?:env|file):[^}]+\}$/
/** Names under which providers take secrets: apiKey, secretAccessKey, sessionToken, private_key, Authorization, ... */
const secretName = /key|secret|token|password|credential|authorization/i
/** Names of where a secret is, rather than of the secret: keyFilename, tokenUrl. */
const placeName = /(?:file|name|path|url)$/i

/** The places of texts that should stand in the environment or in a file. */
const plainSecrets = (value: unknown, at: string, name = ''): string[] => {
  if (typeof value === 'string')
    return secretName.test(name) && !placeName.test(name) && !reference.test(value) ? [at] : []
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([inner, held]) => plainSecrets(held, `${at}.${inner}`, inner))
}

const fill = (value: unknown, resolve: (reference: string) => string): unknown => {
  if (typeof value === 'string') return reference.test(value) ? resolve(value) : value
  if (Array.isArray(value)) return value.map((inner) => fill(inner, resolve))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner, resolve)]))
}
