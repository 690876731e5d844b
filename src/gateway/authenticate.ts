// Who calls: the owner of a key, or somebody at this machine where no keys are asked for.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { KeyRecord } from '../access/index.js'
import type { Architecture } from '../spec/index.js'
import { gatewayError } from './messages.js'
import type { KeyFinder } from './ports.js'

/** Limits in force for one caller; 0 = none. */
export interface CallerLimits {
  readonly requestsPerMinute: number
  readonly tokensPerMinute: number
  readonly monthlyBudgetUsd: number
}

export interface Caller {
  readonly tenant: string
  readonly keyId: string
  /** Groups, always with `public`. */
  readonly principal: readonly string[]
  /** Routes the key may use; null = all. */
  readonly routes: readonly string[] | null
  readonly limits: CallerLimits
}

export type Authenticate = (request: IncomingMessage) => Caller

/** @returns the function that names a request's caller, or throws gateway.key-missing, -key-invalid, -origin-refused */
export const createAuthenticate = ({
  architecture,
  keyring,
}: {
  readonly architecture: Architecture
  readonly keyring: Pick<KeyFinder, 'find'>
}): Authenticate => {
  const { server, limits } = architecture
  const local = localCaller(architecture)
  return (request) => {
    const secret = secretOf(request)
    if (secret !== undefined && !(isPlaceholder(secret) && !server.requireKeys)) {
      const record = keyring.find(secret)
      if (!record) throw gatewayError('gateway.key-invalid', {})
      return callerOf(record, limits)
    }
    if (server.requireKeys || !isLoopback(request.socket.remoteAddress))
      throw gatewayError('gateway.key-missing', {})
    refuseRelayed(request)
    return local
  }
}

const localCaller = ({ limits }: Architecture): Caller => ({
  tenant: 'default',
  keyId: 'local',
  principal: ['public'],
  routes: null,
  limits,
})

/**
 * The owner of what was left to be done later, with the rights of now.
 * @returns undefined when its key is not in force any more
 */
export const ownerOf = (
  { tenant, keyId }: Pick<Caller, 'tenant' | 'keyId'>,
  {
    architecture,
    keyring,
  }: { readonly architecture: Architecture; readonly keyring: Pick<KeyFinder, 'findById'> },
): Caller | undefined => {
  const local = localCaller(architecture)
  if (keyId === local.keyId) return architecture.server.requireKeys ? undefined : local
  const record = keyring.findById(keyId)
  return record?.tenant === tenant ? callerOf(record, architecture.limits) : undefined
}

/**
 * What people write where a client library insists on a key and a local server wants none, as the documentation of
 * common engines has it. No key of ours looks like one of these.
 */
const placeholders = new Set(['none', 'empty', 'dummy', 'not-needed', 'no-key', 'sk-no-key-required'])
const isPlaceholder = (secret: string) => placeholders.has(secret.toLowerCase())

const callerOf = (record: KeyRecord, defaults: CallerLimits): Caller => ({
  tenant: record.tenant,
  keyId: record.id,
  principal: record.groups.includes('public') ? record.groups : [...record.groups, 'public'],
  routes: record.routes,
  limits: {
    requestsPerMinute: record.requestsPerMinute ?? defaults.requestsPerMinute,
    tokensPerMinute: record.tokensPerMinute ?? defaults.tokensPerMinute,
    monthlyBudgetUsd: record.monthlyBudgetUsd ?? defaults.monthlyBudgetUsd,
  },
})

/** The token of `Authorization: Bearer`; undefined when the header is missing or empty. */
export const bearerOf = (request: IncomingMessage): string | undefined => {
  const header = request.headers.authorization
  if (header === undefined) return undefined
  const token = /^bearer(?:\s+(.*))?$/i.exec(header.trim())
  if (!token) throw gatewayError('gateway.key-invalid', {})
  return token[1]?.trim() || undefined
}

/**
 * The key a client sends, by the header of its dialect: OpenAI's, Anthropic's, Gemini's, Azure's. What it may be called in a
 * URL (`?key=`) is Gemini's alone.
 */
const secretOf = (request: IncomingMessage): string | undefined => {
  const { headers, url } = request
  const named = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers['api-key']
  if (headers.authorization === undefined && typeof named === 'string') return named.trim() || undefined
  return bearerOf(request) ?? keyInUrl(url)
}

const keyInUrl = (url = ''): string | undefined => {
  const at = url.indexOf('?')
  return at < 0 ? undefined : (new URLSearchParams(url.slice(at)).get('key') ?? undefined)
}

/** Whether two secrets are equal, in a time that does not depend on where they differ. */
export const isSameSecret = (a: string, b: string): boolean => {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

const isLoopback = (address: string | undefined) =>
  address !== undefined && (/^(::ffff:)?127\./.test(address) || address === '::1')

const relayHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']
const loopbackHost = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i

/**
 * Loopback alone does not mean "this machine's user": a proxy here relays strangers, and a web page open here
 * can post to any local port (its `Origin` tells) or get a name of its own to resolve to it (its `Host` tells).
 */
const refuseRelayed = (request: IncomingMessage) => {
  const { headers } = request
  const relayed = relayHeaders.find((name) => headers[name] !== undefined)
  if (relayed) throw gatewayError('gateway.origin-refused', { header: relayed })
  if (headers.host !== undefined && !loopbackHost.test(headers.host))
    throw gatewayError('gateway.origin-refused', { header: 'host' })
  if (headers.origin !== undefined && !loopbackHost.test(headers.origin.replace(/^https?:\/\//, '')))
    throw gatewayError('gateway.origin-refused', { header: 'origin' })
}
