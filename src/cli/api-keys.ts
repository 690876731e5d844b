// The API keys of a deployment: their secrets, and what they are called where secrets must not appear.

import { contentHash } from '../core/index.js'
import type { Keyed, KeyPlace } from '../gateway/index.js'
import type { Deployment } from '../spec/index.js'
import { resolveSecret, type SecretSource } from './resolve-secret.js'

export interface ApiKey {
  readonly secret: string
  readonly place: KeyPlace
}

/** In the order in which they are used. @throws `cli.secret-missing` */
export const apiKeysOf = (
  { id, key, apiKeys = [] }: Pick<Deployment, 'id' | 'key' | 'apiKeys'>,
  secrets: SecretSource,
): readonly ApiKey[] =>
  [...(key === undefined ? [] : [key]), ...apiKeys].map((reference) => {
    const secret = resolveSecret(reference, `deployment ${id}`, secrets)
    return { secret, place: { name: reference.slice(2, -1), fingerprint: contentHash(secret) } }
  })

/** The engine with the deployment's first key, and what there is of further ones. */
export interface WithKeys<Engine> {
  readonly engine: Engine
  readonly keyed: Keyed<Engine> | undefined
}

/** Makes an engine with each key, or one without any. */
export const openWithKeys = async <Engine>(
  keys: readonly ApiKey[],
  open: (apiKey: string | undefined) => Engine | Promise<Engine>,
): Promise<WithKeys<Engine>> => {
  const engine = await open(keys[0]?.secret)
  if (keys.length === 0) return { engine, keyed: undefined }
  const others: Engine[] = []
  for (const { secret } of keys.slice(1)) others.push(await open(secret))
  return { engine, keyed: { others, places: keys.map(({ place }) => place) } }
}
