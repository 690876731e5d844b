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
  request: async <T>(
    method: string,
    _params: unknown,
    options?: { onProgress?: (value: unknown) => void },
  ) => {
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
  const facts = {
    contextLength: 2048,
    tools: true,
    vision: false,
    languages: ['en'],
    priceKey: 'local',
  } as const
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

describe('an answer that breaks its schema', () => {
  const invalid = llmError(
    'llm.answer-invalid',
    { field: 'response_format', detail: 'answer/age must be <= 120' },
    { retryable: true },
  )
  const expected = {
    message: expect.stringContaining('answer/age must be <= 120'),
    type: 'server_error',
    code: 'answer_invalid',
    param: 'response_format',
  }

  it('is told in the words of the check', async () => {
    const gateway = await start([invalid])
    for (const stream of [false, true]) {
      const response = await gateway.post(ask('x', { stream }))
      expect(response.status).toBe(502)
      expect(response.headers.get('x-should-retry')).toBeNull()
      expect(await errorOf(response)).toMatchObject(expected)
    }
  })

  it('is told so in the middle of a stream, too', async () => {
    const gateway = await start(['{"age":', invalid])
    const whole = await gateway.post(ask('x'))
    expect(whole.status).toBe(502)
    expect(await errorOf(whole)).toMatchObject(expected)
    const streamed = await (await gateway.post(ask('x', { stream: true }))).text()
    const last = [...streamed.matchAll(/^data: (\{.*\})$/gm)].at(-1)?.[1] ?? '{}'
    expect(JSON.parse(last).error).toMatchObject(expected)
    expect(streamed).not.toContain('[DONE]')
  })

  it('is asked for anew where there is another deployment', async () => {
    const gateway = await start([invalid], ['{"age":7}'])
    const response = await gateway.post(ask('x'))
    expect(response.headers.get('x-answered-by')).toBe('local1')
    expect(response.status).toBe(200)
  })

  it('is not what a route is told by whose deployments fail in several ways', async () => {
    const away = llmError('llm.local-away', { deployment: 'local1', detail: 'x' }, { retryable: true })
    const gateway = await start([invalid], [away])
    expect(await errorOf(await gateway.post(ask('x')))).toMatchObject({ code: 'upstream_unavailable' })
  })
})

describe('the name of the model in an answer', () => {
  it('is the route, streamed or whole, and never the path of a file', async () => {
    const gateway = await start(['Hello', ' there'])
    const whole = await (await gateway.post(ask('x'))).text()
    const streamed = await (await gateway.post(ask('x', { stream: true }))).text()
    const names = [...streamed.matchAll(/^data: (\{.*\})$/gm)].map(([, json]) => JSON.parse(json ?? '').model)
    expect(names.length).toBeGreaterThan(1)
    expect([...new Set([JSON.parse(whole).model, ...names])]).toEqual(['chat'])
    expect(whole + streamed).not.toContain('/srv/models')
  })
})

describe('a full queue', () => {
  const full = (deployment: string) =>
    llmError(
      'llm.queue-full',
      { deployment, waiting: 8, status: 429, retryAfterMs: 1000 },
      { retryable: true },
    )

  it('is called one, in both languages', async () => {
    const gateway = await start([full('local0')], [full('local1')])
    const response = await gateway.post(ask('x'))
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('1')
    const { message } = await errorOf(response)
    expect(message).toContain('queue of every deployment of "chat" is full')
    expect(message).not.toContain('rate limit')
    const chinese = await errorOf(await gateway.post(ask('x'), { 'accept-language': 'zh-TW' }))
    expect(chinese.message).toContain('等候佇列都已滿')
  })

  it('beside a rate limit is called either', async () => {
    const limited = llmError(
      'llm.upstream-status',
      {
        deployment: 'local1',
        status: 429,
        detail: 'slow down',
        upstreamCode: null,
        upstreamType: null,
        upstreamParam: null,
        retryAfterMs: 2000,
      },
      { retryable: true },
    )
    const gateway = await start([full('local0')], [limited])
    expect((await errorOf(await gateway.post(ask('x')))).message).toContain('rate limit or has a full queue')
  })
})
