// GET /v1/models and /v1/models/{id}: the routes a caller may use, in OpenAI's shape.

import type { Authenticate } from './authenticate.js'
import type { Handler } from './exchange.js'
import type { Routes } from './routes.js'
import { sendJson } from './send.js'
import type { ServedRoute } from './served-route.js'

export interface ModelsDeps {
  readonly authenticate: Authenticate
  readonly routes: Routes
  /** Seconds since 1970 at which this system was built. */
  readonly createdSeconds: number
}

export const createListModels =
  ({ authenticate, routes, createdSeconds }: ModelsDeps): Handler =>
  async (exchange) => {
    const data = routes.list(authenticate(exchange.request)).map((served) => describe(served, createdSeconds))
    sendJson(exchange, { object: 'list', data })
  }

export const createGetModel =
  ({ authenticate, routes, createdSeconds }: ModelsDeps): Handler =>
  async (exchange, [id = '']) => {
    const served = routes.find(id, authenticate(exchange.request))
    sendJson(exchange, describe(served, createdSeconds))
  }

const describe = ({ route, kind, contextLength }: ServedRoute, created: number) => ({
  id: route.name,
  object: 'model',
  created,
  owned_by: 'llm-architect',
  context_length: contextLength,
  kind,
})
