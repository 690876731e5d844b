// What a client is told of a model on this machine: whose fault a failure is, in words, streamed or whole.

import { afterEach, describe, expect, it } from 'vitest'
import { type ArchitectError, errorFactory, systemClock } from '../core/index.js'
import { createLocalModel, type LlamaPort, llmMessages } from '../llm/index.js'
import { ask, startTestGateway, type TestGateway } from './__fixtures__/harness.js'

const llmError = errorFactory(llmMessages)
const opened: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
})

type Said = string | ArchitectError
const counted = { promptTokens: 1, cachedTokens: 0 }

/** A process that says each text and throws the error among them. */
const portSaying = (said: readonly Said[]): LlamaPort => ({
  ready: Promise.resolve(),
  request: async <T>(method: string, _params: unknown, options?: { onProgress?: (value: unknown) => void }) => {
    if (method === 'describe') return { contextLength: 2048, canChat: true } as T
    for (const text of said) {
      if (typeof text !== 'string') throw text
      options?.onProgress?.({ ...counted, completionTokens: 1, said: [{ type: 'text', text }] })
    }
    return { ...counted, finish: 'stop', completionTokens: said.length, reasoningTokens: 0 } as T
  },
  close: async () => {},
})

/** A route that asks the local models in order, each of which says its part. */
const start = async (...models: readonly (readonly Said[])[]): Promise<TestGateway> => {
  const ids = models.map((_, i) => `local${i}`)
  const timeouts = { connectMs: 9e4, firstContentMs: 9e4, idleMs: 9e4 }
  const facts = { contextLength: 2048, tools: true, vision: false, languages: ['en'], priceKey: 'local' } as const
  const engines = models.map((said, i) =>
    createLocalModel({
      deployment: { id: `local${i}`, model: '/srv/models/small.gguf', timeouts },
      facts,
      port: portSaying(said),
      clock: systemClock,
      temperature: 0,
    }),
  )
  const gateway = await startTestGateway({
    architecture: {
      deployments: ids.map((id) => ({ id, engine: 'local', model: id })),
      routes: [{ name: 'chat', strategy: { fallback: ids.map((deployment) => ({ deployment })) } }],
    },
    models: Object.fromEntries(engines.map((engine) => [engine.id, engine])),
  })
  opened.push(...engines, gateway)
  return gateway
}

const errorOf = async (response: Response) =>
  ((await response.json()) as { error: Record<string, unknown> & { message: string } }).error

describe('a request that no model could read', () => {
  it('is a 400 that names the field, and no other deployment is asked', async () => {
    const unreadable = llmError('llm.request-unreadable', {
      field: 'tool_choice',
      expected: 'the name of an offered tool',
    })
    const gateway = await start([unreadable], ['Hello'])
    for (const stream of [false, true]) {
      const response = await gateway.post(ask('x', { stream }))
      expect(response.status).toBe(400)
      expect(await errorOf(response)).toMatchObject({
        message: 'Field tool_choice must be the name of an offered tool. Correct the request.',
        type: 'invalid_request_error',
        code: 'invalid_value',
        param: 'tool_choice',
      })
    }
  })
})
