// What goes to the rooms of files and batches, who asks for it, and how their failures come back, in words for a client.

import { ArchitectError } from '../core/index.js'
import type { Authenticate, Caller } from './authenticate.js'
import type { Exchange, Handler } from './exchange.js'
import { gatewayError } from './messages.js'

/** @throws gateway.storing-failed, and what the rooms of files and batches, or the gateway itself, refuse */
export const stored = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer
  } catch (cause) {
    if (cause instanceof ArchitectError && /^(files|gateway)\./.test(cause.code)) throw cause
    throw gatewayError('gateway.storing-failed', {}, { retryable: true, cause })
  }
}

/** A name that a client gives, as the database can look for it: no text there holds U+0000. */
export const nameOf = (given: string): string => given.replaceAll('\0', '\ufffd')

/** What a request for something stored says: who asks, and of which one ('' where the path names none). */
export interface Asked {
  readonly exchange: Exchange
  readonly caller: Caller
  readonly id: string
}
export type StoredWork<Deps> = (deps: Deps, asked: Asked) => Promise<void>

/** Makes the handlers of paths that name at most one stored thing. */
export const handlersOf =
  <Deps extends { readonly authenticate: Authenticate }>(deps: Deps) =>
  (work: StoredWork<Deps>): Handler =>
  async (exchange, [id = '']) =>
    work(deps, { exchange, caller: deps.authenticate(exchange.request), id: nameOf(id) })
