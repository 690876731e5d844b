// Python's clients as black boxes before the gateway, on a socket: what an application written with them sees. The
// engine behind is a scripted one, so that errors come when they are wanted; python-clients-vllm.test.ts has a real one.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dimensions, vectorOf } from '../../src/gateway/__fixtures__/vector-upstream.js'
import { afterToolText, brokenText, spokenText, spokenUsage, startClientGateway } from './client-gateway.js'
import { home } from './engines-home.js'
import { type ClientRun, runClient } from './python-clients.js'

type Seen = Awaited<ReturnType<typeof runClient>>

/** Runs all scenarios of a client once, before a gateway of its own. */
const seenBy = (client: Omit<ClientRun, 'url'>): (() => Seen) => {
  let seen: Seen = {}
  let gateway: Awaited<ReturnType<typeof startClientGateway>>
  beforeAll(async () => {
    gateway = await startClientGateway()
    seen = await runClient(home, { ...client, url: gateway.url })
  })
  afterAll(() => gateway?.close())
  return () => seen
}

const errorScenarios = ['wrong_key', 'unknown_model', 'wrong_field', 'rate_limit', 'upstream_down']

/** All three raise the errors of the package `openai`, which applications tell apart by class and status. */
const itRaisesErrors = (seen: () => Seen, wrongField: string) => {
  it.each([
    ['wrong_key', 'AuthenticationError', 401, 'invalid_api_key', null],
    ['unknown_model', 'NotFoundError', 404, 'model_not_found', 'model'],
    ['wrong_field', 'BadRequestError', 400, 'invalid_value', wrongField],
    ['rate_limit', 'RateLimitError', 429, 'rate_limit_exceeded', null],
    ['upstream_down', 'InternalServerError', 502, 'upstream_unavailable', null],
  ])('raises for %s: %s', (scenario, name, status, code, param) => {
    expect(seen()[scenario]).toMatchObject({ raised: expect.arrayContaining([name]), status, code, param })
  })

  it('tells how long to wait where it is limited', () => {
    const seconds = Number(seen().rate_limit.retryAfter)
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
  })
}

describe.each([
  { environment: 'openai-langchain', version: '3.57.0' },
  { environment: 'llama-index', version: '2.54.0' },
] as const)('the openai client $version', ({ environment, version }) => {
  const seen = seenBy({
    environment,
    script: 'openai_client.py',
    scenarios: [
      ...['version', 'models', 'chat', 'stream', 'async_chat', 'async_stream', 'tools', 'stream_tools'],
      ...['tool_result', 'structured', 'stream_structured', 'embeddings', 'responses', 'stream_responses'],
      ...['followed_responses', ...errorScenarios, 'broken_stream', 'async_broken_stream'],
    ],
  })

  it('is the one that was asked for', () => {
    expect(seen().version).toBe(version)
  })

  it('lists the models', () => {
    expect(seen().models).toEqual(['chat', 'breaks', 'down', 'vectors'])
  })

  it.each(['chat', 'async_chat'])('gets an answer: %s', (scenario) => {
    expect(seen()[scenario]).toMatchObject({
      text: spokenText,
      finish: 'stop',
      usage: { ...spokenUsage, prompt_tokens_details: { cached_tokens: 4 } },
      requestId: expect.stringMatching(/^req_/),
    })
  })

  it.each(['stream', 'async_stream'])('streams an answer, with its usage once: %s', (scenario) => {
    expect(seen()[scenario]).toMatchObject({
      text: spokenText,
      pieces: 3,
      finish: ['stop'],
      usage: [spokenUsage],
    })
  })

  it('calls a tool, whole and in pieces, and goes on with what the tool said', () => {
    const called = { name: 'get_fee', arguments: { kind: 'wire' }, finish: 'tool_calls' }
    expect(seen().tools).toEqual(called)
    expect(seen().stream_tools).toMatchObject(called)
    expect(seen().stream_tools.events).toContain('tool_calls.function.arguments.done')
    expect(seen().tool_result).toMatchObject({ text: afterToolText, finish: 'stop' })
  })

  it('parses structured output, whole and streamed', () => {
    expect([seen().structured, seen().stream_structured]).toEqual([{ kind: 'wire' }, { kind: 'wire' }])
  })

  it('gets embeddings, packed and plain', () => {
    const { packed, plain, usage } = seen().embeddings
    expect(packed).toEqual([vectorOf('a transfer'), vectorOf('a card')])
    expect(plain).toEqual(packed)
    expect(packed[0]).toHaveLength(dimensions)
    expect(usage.prompt_tokens).toBe(14)
  })

  it('gets responses, whole and streamed', () => {
    expect(seen().responses).toEqual({ text: spokenText, status: 'completed', outputTokens: 3 })
    expect(seen().stream_responses).toEqual({
      text: spokenText,
      first: 'response.created',
      last: 'response.completed',
    })
    expect(seen().followed_responses.text).toBe(spokenText)
  })

  itRaisesErrors(seen, 'temperature')

  it.each(['broken_stream', 'async_broken_stream'])('raises where a stream breaks off: %s', (scenario) => {
    expect(seen()[scenario]).toMatchObject({
      text: brokenText,
      finish: [],
      raised: expect.arrayContaining(['APIError']),
      code: 'upstream_broke_off',
    })
  })
})

describe('langchain-openai 1.7.4', () => {
  const seen = seenBy({
    environment: 'openai-langchain',
    script: 'langchain_client.py',
    scenarios: [
      ...['version', 'invoke', 'stream', 'ainvoke', 'astream', 'batch', 'bind_tools', 'stream_bind_tools'],
      ...['tool_result', 'structured', 'structured_by_call', 'embeddings', 'responses', 'stream_responses'],
      ...[...errorScenarios, 'broken_stream'],
    ],
  })
  const usage = {
    input_tokens: 9,
    output_tokens: 3,
    total_tokens: 12,
    input_token_details: { cache_read: 4 },
  }

  it('is the one that was asked for', () => {
    expect(seen().version).toBe('1.7.4')
  })

  it.each(['invoke', 'ainvoke', 'stream'])('gets an answer with usage: %s', (scenario) => {
    expect(seen()[scenario]).toMatchObject({ text: spokenText, finish: 'stop', usage })
  })

  it('streams in pieces, and answers several at a time', () => {
    expect(seen().stream.pieces).toBe(3)
    expect(seen().astream).toBe(spokenText)
    expect(seen().batch).toEqual([spokenText, spokenText])
  })

  it('calls a bound tool, whole and streamed, and goes on with what the tool said', () => {
    const called = { calls: [{ name: 'get_fee', args: { kind: 'wire' } }], invalid: [] }
    expect(seen().bind_tools).toEqual(called)
    expect(seen().stream_bind_tools).toEqual(called)
    expect(seen().tool_result).toMatchObject({ text: afterToolText })
  })

  it('gets structured output by schema and by call', () => {
    expect(seen().structured).toEqual({ kind: 'wire' })
    expect(seen().structured_by_call).toEqual({ kind: 'wire' })
  })

  it('gets embeddings', () => {
    expect(seen().embeddings).toEqual({
      query: vectorOf('a transfer'),
      documents: [vectorOf('a transfer'), vectorOf('a card')],
    })
  })

  it('gets responses, whole and streamed', () => {
    expect([seen().responses, seen().stream_responses]).toEqual([spokenText, spokenText])
  })

  itRaisesErrors(seen, 'temperature')

  it('raises where a stream breaks off', () => {
    expect(seen().broken_stream).toMatchObject({ text: brokenText, code: 'upstream_broke_off' })
  })
})

describe('llama-index-llms-openai-like 0.8.1', () => {
  const seen = seenBy({
    environment: 'llama-index',
    script: 'llama_index_client.py',
    scenarios: [
      ...['version', 'complete', 'stream_complete', 'chat', 'stream_chat', 'achat', 'astream_chat'],
      ...['chat_with_tools', 'stream_chat_with_tools', 'predict_and_call', 'tool_result'],
      ...['structured', 'structured_by_call', ...errorScenarios, 'broken_stream'],
    ],
  })

  it('is the one that was asked for', () => {
    expect(seen().version).toBe('0.8.1')
  })

  it('completes and chats, whole and streamed, with usage', () => {
    const { complete, stream_complete, chat, stream_chat, achat, astream_chat } = seen()
    const texts = [complete, stream_complete, chat.text, stream_chat.text, stream_chat.deltas]
    expect([...texts, achat, astream_chat]).toEqual(Array(7).fill(spokenText))
    expect(chat.usage).toMatchObject(spokenUsage)
    expect(stream_chat.usage).toMatchObject([spokenUsage])
  })

  it('calls a tool, whole and streamed, runs it, and goes on with what it said', () => {
    const called = [{ name: 'get_fee', arguments: { kind: 'wire' } }]
    expect(seen().chat_with_tools).toEqual(called)
    expect(seen().stream_chat_with_tools).toEqual(called)
    expect(seen().predict_and_call).toBe('NT$15 by wire')
    expect(seen().tool_result).toBe(afterToolText)
  })

  it('gets structured output by schema and by call', () => {
    expect(seen().structured).toEqual({ kind: 'wire' })
    expect(seen().structured_by_call).toEqual({ kind: 'wire' })
  })

  itRaisesErrors(seen, 'presence_penalty')

  it('raises where a stream breaks off', () => {
    expect(seen().broken_stream).toMatchObject({ text: brokenText, code: 'upstream_broke_off' })
  })
})
