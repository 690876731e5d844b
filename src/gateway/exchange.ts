// One HTTP request and its response, as the handlers see them. Knows no endpoint.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { ArchitectError, toArchitectError } from '../core/index.js'
import type { Span, TraceContext, TracedRequest } from '../telemetry/index.js'

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
  /** Undefined where there is no tracer. */
  readonly traced?: TracedRequest | undefined
  /** Ends the request: aborts `signal`, and the client is told the reason. */
  readonly abort: (reason: ArchitectError) => void
}

/** What engines are sent: what we make of the client's trace, or its own as it came where there is no tracer. */
export const traceOf = ({
  traced,
  request,
}: Pick<Exchange, 'traced' | 'request'>): Partial<TraceContext> & { readonly span?: Span } => {
  if (traced) return { ...traced.context, ...(traced.span && { span: traced.span }) }
  const trace = request.headers.traceparent
  return typeof trace === 'string' ? { trace } : {}
}

/** @param parameters what the path's `{...}` segments hold, in order, decoded */
export type Handler = (exchange: Exchange, parameters: readonly string[]) => Promise<void>

/** What a request failed of: where it was cut off, the reason of that, not what broke because of it. */
export const failureOf = ({ signal }: Pick<Exchange, 'signal'>, cause: unknown): ArchitectError =>
  signal.reason instanceof ArchitectError ? signal.reason : toArchitectError(cause)
