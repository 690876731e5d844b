// POST /v1/messages/count_tokens: how long a prompt is for the model that would answer it. Asks no engine and costs
// nothing, so it counts against no limit.

import type { ChatRequest } from '../llm/index.js'
import type { Authenticate } from './authenticate.js'
import type { Handler } from './exchange.js'
import type { BodyReader } from './read-body.js'
import type { Routes } from './routes.js'
import { send } from './send.js'

export interface CountTokensDeps {
  readonly authenticate: Authenticate
  readonly routes: Routes
  readonly bodies: BodyReader
}

/** How one dialect asks for a count, and says it. */
export interface CountDialect {
  read(bytes: Buffer, parameters: readonly string[]): ChatRequest
  write(tokens: number): object
}

/** The header `x-token-count` says whether the number is `exact` or an `estimate`. */
export const createCountTokens =
  ({ authenticate, routes, bodies }: CountTokensDeps, { read, write }: CountDialect): Handler =>
  async (exchange, parameters) => {
    const caller = authenticate(exchange.request)
    const bytes = await bodies.read(exchange.request, exchange.response)
    try {
      const request = read(bytes, parameters)
      const { tokens, exact } = routes.chat(request.model, caller).model.countTokens(request)
      send(exchange, {
        status: 200,
        body: JSON.stringify(write(tokens)),
        contentType: 'application/json',
        headers: { 'x-token-count': exact ? 'exact' : 'estimate' },
      })
    } finally {
      bodies.release(bytes.length)
    }
  }
