// What a call carries inside the gateway beyond the contract, and how a stage wraps a model.

import { type ChatCall, type ChatModel, type ChatRequest, type ChatStream, withHead } from '../llm/index.js'
import type { Operation, Span } from '../telemetry/index.js'
import type { CallerLimits } from './authenticate.js'
import type { UpstreamTime } from './upstream-time.js'

export interface GatewayCall extends ChatCall {
  readonly operation: Operation
  readonly limits: CallerLimits
  /** From the request's Cache-Control: `refresh` stores without looking (no-cache), `bypass` neither (no-store). */
  readonly caching: 'use' | 'refresh' | 'bypass'
  /** Told of each attempt. */
  readonly upstream: UpstreamTime
  /** What is told of as a child of it; undefined for a request that is not traced. */
  readonly span?: Span
  /** Numbers the attempts of the request, from 0. */
  nextAttempt(): number
}

export type Open = (request: ChatRequest, call: GatewayCall) => Promise<ChatStream>
export type Stage = (inner: ChatModel) => ChatModel

/** The model with another `open`. Calls inside the gateway are all made by chat.ts, so they are GatewayCalls. */
export const withOpen = (inner: ChatModel, open: Open): ChatModel => ({
  id: inner.id,
  facts: inner.facts,
  countTokens: (request) => inner.countTokens(request),
  open: (request, call) => open(request, call as GatewayCall),
})

/** The stream with response headers added. */
export const withHeaders = (stream: ChatStream, added: Readonly<Record<string, string>>): ChatStream => {
  const headers = new Map(stream.head.headers)
  for (const [name, value] of Object.entries(added)) headers.set(name, value)
  return withHead(stream, { status: stream.head.status, headers })
}
