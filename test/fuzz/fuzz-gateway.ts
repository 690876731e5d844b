// The gateway that is fuzzed: servers of every dialect behind it, everything on, in this process.

import { conversationMigrations, createConversations } from '../../src/conversations/index.js'
import { systemClock } from '../../src/core/index.js'
import { keyRecord, startTestGateway, type TestGateway } from '../../src/gateway/__fixtures__/harness.js'
import type { KeyAdmin } from '../../src/gateway/ports.js'
import {
  createAnthropicMessagesModel,
  createGeminiModel,
  createOpenAiCompatibleModel,
  createOpenAiResponsesModel,
  createPortEmbeddingModel,
  createPortRerankModel,
  createScriptedModel,
} from '../../src/llm/index.js'
import { startTestStore } from '../../src/store/testing.js'
import { startFuzzUpstream, upstreamDialects } from './fuzz-upstream.js'

const create = {
  'openai-chat': createOpenAiCompatibleModel,
  'openai-responses': createOpenAiResponsesModel,
  'anthropic-messages': createAnthropicMessagesModel,
  gemini: createGeminiModel,
} as const

export const startFuzzGateway = async (): Promise<TestGateway> => {
  const upstream = await startFuzzUpstream()
  const store = await startTestStore()
  await store.store.migrate('conversations', conversationMigrations)
  const conversations = createConversations({ store: store.store, clock: systemClock })
  const engines = upstreamDialects.map((id) =>
    create[id]({
      deployment: {
        id,
        model: 'up',
        address: upstream.address,
        quirks: {},
        timeouts: { connectMs: 5_000, firstContentMs: 10_000, idleMs: 10_000 },
      },
      facts: { contextLength: 8192, tools: true, vision: true, languages: [], priceKey: id },
      apiKey: 'key',
      clock: systemClock,
    }),
  )
  const raw = {
    ...createScriptedModel({ id: 'raw', script: 'ok', clock: systemClock }),
    completes: true,
    tokenizer: { tokenize: async () => ({ tokens: [1] }), detokenize: async () => 'ok' },
  }
  const gateway = await startTestGateway({
    conversations,
    models: { ...Object.fromEntries(engines.map((engine) => [engine.id, engine])), raw },
    embeddingModels: {
      vectors: createPortEmbeddingModel({
        id: 'vectors',
        contextLength: 512,
        embedTexts: async ({ texts }) => ({ vectors: texts.map(() => [0.5, -0.25]), inputTokens: 9 }),
      }),
    },
    rerankModels: { order: rerankModel() },
    knowledge: {
      search: async () => [],
      status: async () => {
        throw new Error('nobody asks')
      },
      version: () => '1',
    },
    admin: { token: 'la-admin', keys: keyAdmin },
    architecture: architecture(),
  })
  return {
    ...gateway,
    close: async () => {
      await gateway.close()
      await conversations.close()
      await store.close()
      await Promise.all(engines.map((engine) => engine.close()))
      await upstream.close()
    },
  }
}

const rerankModel = () =>
  createPortRerankModel({
    id: 'order',
    contextLength: 512,
    rankTexts: async ({ documents }) => ({ scores: documents.map((_, i) => 1 / (i + 1)), inputTokens: 9 }),
  })

const key = { record: keyRecord(), secret: 'la-new' }
/** It makes no keys: what is tried is what comes before. */
const keyAdmin = {
  create: async () => key,
  list: async () => [],
  revoke: async () => key.record,
  rotate: async () => key,
} as unknown as KeyAdmin

const architecture = () => ({
  deployments: [
    ...[...upstreamDialects, 'raw'].map((id) => ({ id, engine: 'openai-compatible', model: 'up' })),
    { id: 'vectors', kind: 'embedding', engine: 'scripted', model: 'v' },
    { id: 'order', kind: 'rerank', engine: 'scripted', model: 'o' },
  ],
  guardrails: [{ id: 'g' }],
  knowledge: [{ id: 'docs', source: 'docs' }],
  routes: [
    ...upstreamDialects.map((name) => ({ name, strategy: { deployment: name }, guardrails: 'g', cache: {} })),
    ...['raw', 'vectors', 'order'].map((name) => ({ name, strategy: { deployment: name } })),
    ...upstreamDialects.map((name) => ({ name: `plain-${name}`, strategy: { deployment: name } })),
  ],
})
