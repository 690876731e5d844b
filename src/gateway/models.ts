// GET /v1/models and /v1/models/{id}, and the same under /v1beta: the routes a caller may use, in the shape its dialect lists models in.

import type { Authenticate } from './authenticate.js'
import { speaksGemini } from './dialects/envelope.js'
import type { Exchange, Handler } from './exchange.js'
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
    const { list } = shapeFor(exchange)
    sendJson(exchange, list(routes.list(authenticate(exchange.request)), createdSeconds))
  }

export const createGetModel =
  ({ authenticate, routes, createdSeconds }: ModelsDeps): Handler =>
  async (exchange, [id = '']) => {
    const served = routes.find(id, authenticate(exchange.request))
    sendJson(exchange, shapeFor(exchange).one(served, createdSeconds))
  }

interface ModelShape {
  one(served: ServedRoute, createdSeconds: number): object
  list(served: readonly ServedRoute[], createdSeconds: number): object
}

const describeOpenAi = ({ route, kind, contextLength }: ServedRoute, created: number) => ({
  id: route.name,
  object: 'model',
  created,
  owned_by: 'llm-architect',
  context_length: contextLength,
  kind,
})

const openai: ModelShape = {
  one: describeOpenAi,
  list: (served, created) => ({ object: 'list', data: served.map((one) => describeOpenAi(one, created)) }),
}

const describeAnthropic = ({ route, contextLength }: ServedRoute, created: number) => ({
  type: 'model',
  id: route.name,
  display_name: route.name,
  created_at: new Date(created * 1000).toISOString(),
  max_input_tokens: contextLength,
})

const anthropic: ModelShape = {
  one: describeAnthropic,
  list: (served, created) => ({
    data: served.map((one) => describeAnthropic(one, created)),
    has_more: false,
    first_id: served[0]?.route.name ?? null,
    last_id: served.at(-1)?.route.name ?? null,
  }),
}

const geminiMethods: Readonly<Record<ServedRoute['kind'], readonly string[]>> = {
  chat: ['generateContent', 'streamGenerateContent', 'countTokens'],
  embedding: ['embedContent', 'batchEmbedContents'],
  rerank: [],
}

const describeGemini = ({ route, kind, contextLength }: ServedRoute) => ({
  name: `models/${route.name}`,
  version: '1',
  displayName: route.name,
  inputTokenLimit: contextLength,
  ...(kind === 'chat' && { outputTokenLimit: contextLength }),
  supportedGenerationMethods: geminiMethods[kind],
})

const gemini: ModelShape = {
  one: describeGemini,
  list: (served) => ({ models: served.map(describeGemini) }),
}

/** All dialects call the same path; Anthropic's clients always say their version. */
const shapeFor = (exchange: Exchange): ModelShape => {
  if (exchange.request.headers['anthropic-version'] !== undefined) return anthropic
  return speaksGemini(exchange) ? gemini : openai
}
