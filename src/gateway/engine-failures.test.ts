// What a client is told when an engine fails after its first content: by every code that an engine may raise there, in
// the shape of each dialect, and never as a fault of this server.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ArchitectError, errorFactory, systemClock } from '../core/index.js'
import { createLocalModel, createScriptedModel, type LlamaPort, llmMessages } from '../llm/index.js'
import { startTestGateway, type TestGateway } from './__fixtures__/harness.js'

const llmError = errorFactory(llmMessages)
const deployment = 'main'
const upstream = { detail: 'at 10.0.0.1', upstreamCode: null, upstreamType: null, upstreamParam: null }
const secretDetail = 'worker at /srv/models/x.gguf'

/** The code that an OpenAI client sees, Anthropic's type, and Gemini's status. */
const failures: readonly (readonly [ArchitectError, string, string, number])[] = [
  [
    llmError('llm.upstream-broke-off', { deployment, reason: 'reset' }),
    'upstream_broke_off',
    'api_error',
    502,
  ],
  [
    llmError('llm.upstream-timeout', { deployment, phase: 'idle', limitMs: 5 }),
    'upstream_timeout',
    'timeout_error',
    504,
  ],
  [
    llmError('llm.upstream-timeout', { deployment, phase: 'deadline', limitMs: 5 }),
    'deadline_exceeded',
    'timeout_error',
    504,
  ],
  [
    llmError('llm.upstream-unreadable', { deployment, reason: 'more than 64 MiB' }),
    'upstream_unreadable',
    'api_error',
    502,
  ],
  [llmError('llm.event-too-large', { limitBytes: 9 }), 'upstream_unreadable', 'api_error', 502],
  [
    llmError('llm.event-unreadable', { dialect: 'gemini', detail: secretDetail }),
    'upstream_unreadable',
    'api_error',
    502,
  ],
  [
    llmError('llm.upstream-error', { deployment, ...upstream, retryAfterMs: null }),
    'upstream_error',
    'api_error',
    502,
  ],
  [llmError('llm.engine-failed', { deployment, detail: secretDetail }), 'upstream_error', 'api_error', 502],
  [
    llmError('llm.local-away', { deployment, detail: 'exit code 9' }),
    'upstream_unavailable',
    'overloaded_error',
    503,
  ],
  [
    llmError('llm.queue-full', { deployment, waiting: 8, status: 429, retryAfterMs: 1000 }),
    'rate_limit_exceeded',
    'rate_limit_error',
    429,
  ],
  [llmError('llm.answer-invalid', { field: 'text', detail: 'no' }), 'answer_invalid', 'api_error', 502],
]

let failing: ArchitectError
let gateway: TestGateway
// One for each case: a breaker would leave the engine alone.
beforeEach(async () => {
  const script = () => ({ text: ['a', 'b'], failAfter: { pieces: 1, error: failing } })
  gateway = await startTestGateway({
    models: { main: createScriptedModel({ id: 'main', script, clock: systemClock }) },
  })
})
afterEach(() => gateway.close())

const messages = [{ role: 'user', content: 'hi' }]
const lastOf = async (path: string, body: object) => {
  const text = await (await gateway.postTo(path, { model: 'chat', ...body })).text()
  expect(text).toContain('"a"')
  return JSON.parse([...text.matchAll(/^data: (\{.*\})$/gm)].at(-1)?.[1] ?? '{}')
}

describe('a failure after the first content', () => {
  it.each(failures)(
    'has a code of its own in each dialect: %s',
    async (error, code, anthropicType, status) => {
      failing = error
      const chat = await lastOf('/v1/chat/completions', { stream: true, messages })
      expect(chat.error).toMatchObject({ code, message: expect.any(String) })
      expect(chat.error.message).not.toContain('server failed')
      expect(chat.error.message).not.toContain(secretDetail)
      expect(chat.error.message).not.toContain(upstream.detail)
      const response = await lastOf('/v1/responses', { stream: true, input: 'hi' })
      expect(response).toMatchObject({
        type: 'response.failed',
        response: { status: 'failed', error: { message: chat.error.message } },
      })
      const message = await lastOf('/v1/messages', { stream: true, max_tokens: 9, messages })
      expect(message).toEqual({
        type: 'error',
        error: { type: anthropicType, message: expect.stringContaining(chat.error.message) },
      })
      const contents = [{ role: 'user', parts: [{ text: 'hi' }] }]
      const gemini = await lastOf('/v1beta/models/chat:streamGenerateContent?alt=sse', { contents })
      expect(gemini.error).toMatchObject({ code: status, message: chat.error.message })
    },
  )
})

describe('a local process', () => {
  const failingPort = (cause: Error): LlamaPort => ({
    ready: Promise.resolve(),
    request: async <T>(
      method: string,
      _params: unknown,
      options?: { onProgress?: (value: unknown) => void },
    ) => {
      if (method === 'describe') return { contextLength: 2048, canChat: true } as T
      options?.onProgress?.({
        promptTokens: 1,
        cachedTokens: 0,
        completionTokens: 1,
        said: [{ type: 'text', text: 'a' }],
      })
      throw cause
    },
    close: async () => {},
  })

  it('that fails in a way nobody foresaw is a failure of the engine, without its words', async () => {
    const model = createLocalModel({
      deployment: {
        id: 'main',
        model: 'x.gguf',
        timeouts: { connectMs: 9e4, firstContentMs: 9e4, idleMs: 9e4 },
      },
      facts: { contextLength: 2048, tools: true, vision: false, languages: [], priceKey: 'local' },
      port: failingPort(new Error(secretDetail)),
      clock: systemClock,
      temperature: 0,
    })
    const local = await startTestGateway({ models: { main: model } })
    const text = await (
      await local.postTo('/v1/chat/completions', { model: 'chat', stream: true, messages })
    ).text()
    const { error } = JSON.parse([...text.matchAll(/^data: (\{.*\})$/gm)].at(-1)?.[1] ?? '{}')
    expect(error).toMatchObject({ code: 'upstream_error', type: 'server_error' })
    expect(text).not.toContain('/srv')
    await local.close()
    await model.close()
  })
})
