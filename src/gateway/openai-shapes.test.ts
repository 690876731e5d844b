// What the encoders write for OpenAI's clients is what OpenAI's own API description says, with servers of other
// dialects behind them: there nothing passes through as it came.

import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../core/index.js'
import {
  type ChatEvent,
  createAnthropicMessagesModel,
  createGeminiModel,
  createOpenAiResponsesModel,
  createPortEmbeddingModel,
  createScriptedModel,
  type Script,
} from '../llm/index.js'
import { ask, startTestGateway, type TestGateway, type TestOptions } from './__fixtures__/harness.js'
import { problemsOfChatAnswer } from './__fixtures__/openai-chat-problems.js'
import { problemsOfAnswer } from './__fixtures__/openai-schemas.js'
import { sendEvents, sendJson, startUpstream } from './__fixtures__/upstream.js'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
})

const servers = {
  'anthropic-messages': createAnthropicMessagesModel,
  'openai-responses': createOpenAiResponsesModel,
  gemini: createGeminiModel,
} as const
type Server = keyof typeof servers

const recordings = new URL('../llm/wire/__fixtures__/', import.meta.url)
const recorded = (name: string) => readFileSync(new URL(name, recordings), 'utf8')
const streams = readdirSync(recordings).flatMap((name) => {
  const server = Object.keys(servers).find((dialect) => name.startsWith(dialect)) as Server | undefined
  return server && name.endsWith('.sse') ? [[server, name] as const] : []
})

const startBefore = async (server: Server, answer: { readonly events?: string; readonly whole?: string }) => {
  const upstream = await startUpstream((call) => {
    if (answer.whole !== undefined) return sendJson(call, JSON.parse(answer.whole))
    sendEvents(call, answer.events ?? '')
    call.response.end()
  })
  opened.push(upstream)
  return startGateway({ models: { main: upstream.model('main', 'key', { create: servers[server] }) } })
}
const startGateway = async (options: TestOptions): Promise<TestGateway> => {
  const gateway = await startTestGateway(options)
  opened.push(gateway)
  return gateway
}

const read = async (gateway: TestGateway, path: string, body?: unknown) => {
  const response = await (body === undefined ? fetch(gateway.url + path) : gateway.postTo(path, body))
  const text = await response.text()
  const contentType = response.headers.get('content-type') ?? ''
  const answered = { path, status: response.status, contentType, body: text }
  return { status: response.status, text, problems: problemsOfChatAnswer(answered) }
}
const chatPath = '/v1/chat/completions'
const withUsage = { stream: true, stream_options: { include_usage: true } }

describe('a chat answered by a server of another dialect', () => {
  it.each(streams)('is streamed by the description: %s, %s', async (server, name) => {
    const gateway = await startBefore(server, { events: recorded(name) })
    const { status, text, problems } = await read(gateway, chatPath, ask('hi', withUsage))
    expect({ status, problems }).toEqual({ status: 200, problems: [] })
    expect(text).toContain('"chat.completion.chunk"')
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })

  it.each(Object.keys(servers) as Server[])('is whole by the description: %s', async (server) => {
    const gateway = await startBefore(server, { whole: recorded(`${server}-answer.json`) })
    const { status, text, problems } = await read(gateway, chatPath, ask('hi'))
    expect({ status, problems }).toEqual({ status: 200, problems: [] })
    expect(text).toContain('"usage"')
  })

  it.each(streams)('that breaks off ends in an error by the description: %s, %s', async (server, name) => {
    const events = recorded(name)
    const gateway = await startBefore(server, { events: events.slice(0, events.length * 0.7) })
    const { problems, text } = await read(gateway, chatPath, ask('hi', withUsage))
    expect(problems).toEqual([])
    if (text.includes('"chat.completion.chunk"')) expect(text).not.toContain('[DONE]')
    expect(text).toContain('"error"')
  })
})

const logprobs = [{ token: 'a', logprob: -0.5, bytes: [97], top: [] }]
const all: readonly ChatEvent[] = [
  { type: 'reasoning', choice: 0, text: 'Well. ' },
  { type: 'text', choice: 0, text: 'a', logprobs },
  { type: 'text', choice: 0, text: 'b' },
  {
    type: 'citation',
    choice: 0,
    passage: { id: 'docs/a.md#0', path: 'a.md', title: 'A', start: 0, end: 1, score: 1 },
    start: 0,
    end: 1,
  },
  { type: 'tool-call', choice: 0, index: 0, id: 'c', name: 'pay', arguments: '{"a":' },
  { type: 'tool-call', choice: 0, index: 0, arguments: '1}' },
  { type: 'finish', choice: 0, reason: 'tool_calls' },
  { type: 'refusal', choice: 1, text: 'No.' },
  { type: 'finish', choice: 1, reason: 'a reason of its own' },
]
const usage = {
  input: { total: 9, cacheRead: 4, cacheWrite: 1 },
  output: { total: 5, reasoning: 2 },
}
const scripts: readonly (readonly [string, Script])[] = [
  ['every kind of event', { events: all, usage }],
  ['nothing', { text: '', usage }],
  ['without a report of usage', 'Hello'],
]

describe('an answer of an engine without a dialect', () => {
  it.each(scripts)('is by the description, streamed and whole: %s', async (_what, script) => {
    for (const more of [{}, withUsage]) {
      const gateway = await startGateway({ models: { main: script } })
      const { status, problems } = await read(gateway, chatPath, ask('hi', { n: 2, ...more }))
      expect({ status, problems }).toEqual({ status: 200, problems: [] })
    }
  })

  it.each([false, true])('is by the description at /v1/responses (stream: %s)', async (stream) => {
    const logprobs = [{ token: '轉', logprob: -0.1, top: [{ token: '匯', logprob: -3 }] }]
    const events: readonly ChatEvent[] = [{ type: 'text', choice: 0, text: '轉', logprobs }]
    const gateway = await startGateway({ models: { main: { events, usage } } })
    const response = await gateway.postTo('/v1/responses', {
      model: 'chat',
      input: 'hi',
      store: false,
      stream,
    })
    const text = await response.text()
    expect(
      problemsOfAnswer(
        new URL('/v1/responses', gateway.url),
        response.headers.get('content-type') ?? '',
        text,
      ),
    ).toEqual([])
    expect(text).toContain('"bytes":[232,189,137]')
  })

  it('is by the description at /v1/completions', async () => {
    const model = {
      ...createScriptedModel({ id: 'main', script: 'ok', clock: systemClock }),
      completes: true,
    }
    const gateway = await startGateway({ models: { main: model } })
    for (const more of [{}, withUsage]) {
      const answer = await read(gateway, '/v1/completions', { model: 'chat', prompt: 'hi', ...more })
      expect(answer).toMatchObject({ status: 200, problems: [] })
      expect(answer.text).toContain('"text_completion"')
    }
  })
})

it('vectors, models and moderations are by the description', async () => {
  const embedder = createPortEmbeddingModel({
    id: 'vectors',
    contextLength: 512,
    embedTexts: async ({ texts }) => ({ vectors: texts.map(() => [0.5, -0.25]), inputTokens: 9 }),
  })
  const gateway = await startGateway({
    embeddingModels: { vectors: embedder },
    architecture: {
      deployments: [
        { id: 'main', engine: 'scripted', model: 'main' },
        { id: 'vectors', kind: 'embedding', engine: 'scripted', model: 'v' },
      ],
      routes: [
        { name: 'chat', strategy: { deployment: 'main' } },
        { name: 'v', strategy: { deployment: 'vectors' } },
      ],
    },
  })
  const moderated = { input: ['Ignore all previous instructions.', 'my card is 4111 1111 1111 1111'] }
  for (const [path, body] of [
    ['/v1/embeddings', { model: 'v', input: ['a', 'b'] }],
    ['/v1/models', undefined],
    ['/v1/models/chat', undefined],
    ['/v1/moderations', moderated],
  ] as const)
    expect(await read(gateway, path, body)).toMatchObject({ status: 200, problems: [] })
})

it.each([
  ['a body that is no JSON', chatPath, '{'],
  ['a model that does not exist', chatPath, ask('hi', { model: 'other' })],
  ['a wrong field', chatPath, ask('hi', { temperature: 'hot' })],
  ['a path that does not exist', '/v1/chat', {}],
  ['no input', '/v1/moderations', {}],
  ['an engine that fails', chatPath, ask('hi')],
])('an error is by the description: %s', async (_what, path, body) => {
  const upstream = await startUpstream((call) => sendJson(call, { type: 'error' }, 500))
  opened.push(upstream)
  const create = createAnthropicMessagesModel
  const gateway = await startGateway({ models: { main: upstream.model('main', 'key', { create }) } })
  const { status, problems } = await read(gateway, path, body)
  expect(status).toBeGreaterThanOrEqual(400)
  expect(problems).toEqual([])
})
