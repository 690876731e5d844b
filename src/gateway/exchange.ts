// One HTTP request and its response, as the handlers see them. Knows no endpoint.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { ArchitectError, toArchitectError } from '../core/index.js'

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  /** Monotonic ms. */
  readonly startedMs: number
  readonly path: string
  /** The text after `?`, or ''. */
  readonly search: string
  /** Aborted when the client leaves, and for whoever is still there at the end of a drain. */
  readonly signal: AbortSignal
  /** Ends the request: aborts `signal`, and the client is told the reason. */
  readonly abort: (reason: ArchitectError) => void
}

/** @param parameters what the path's `{...}` segments hold, in order, decoded */
export type Handler = (exchange: Exchange, parameters: readonly string[]) => Promise<void>

/** What a request failed of: where it was cut off, the reason of that, not what broke because of it. */
export const failureOf = ({ signal }: Pick<Exchange, 'signal'>, cause: unknown): ArchitectError =>
  signal.reason instanceof ArchitectError ? signal.reason : toArchitectError(cause)
