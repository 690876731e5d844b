// Every dialect to every engine: what a client says reaches the server in the server's words, what the server says
// reaches the client in the client's, and what a pair cannot express is refused by name.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import { testCall } from '../__fixtures__/call.js'
import { parameters, picture, requests, schema, streams } from '../__fixtures__/conversation.js'
import { type FakeUpstream, startFakeUpstream } from '../__fixtures__/fake-upstream.js'
import { collect, eventsOf } from '../__fixtures__/streams.js'
import { deployment, facts } from '../__fixtures__/subjects.js'
import { collectChoices } from '../generate.js'
import { codecs, type ServedDialect } from '../wire/codecs.js'
import { createAnthropicMessagesModel } from './anthropic-messages.js'
import { createGeminiModel } from './gemini.js'
import type { HttpChatModel } from './http-chat-model.js'
import { createOpenAiCompatibleModel } from './openai-compatible.js'
import { createOpenAiResponsesModel } from './openai-responses.js'

const create = {
  'openai-chat': createOpenAiCompatibleModel,
  'openai-responses': createOpenAiResponsesModel,
  'anthropic-messages': createAnthropicMessagesModel,
  gemini: createGeminiModel,
} as const
const dialects = Object.keys(create) as ServedDialect[]
const pairs = dialects.flatMap((client) => dialects.map((server) => [client, server] as const))

let upstream: FakeUpstream
let models: ReadonlyMap<ServedDialect, HttpChatModel>
beforeAll(async () => {
  upstream = await startFakeUpstream()
  models = new Map(
    dialects.map((dialect) => [
      dialect,
      create[dialect]({
        deployment: { ...deployment, address: upstream.address },
        facts,
        clock: systemClock,
      }),
    ]),
  )
})
afterAll(async () => {
  await upstream.close()
  for (const model of models.values()) await model.close()
})

const requestOf = (client: ServedDialect, changes: object = {}) =>
  codecs[client].decodeRequest({ ...requests[client], ...changes })

const ask = async (client: ServedDialect, server: ServedDialect, changes: object = {}) => {
  const model = models.get(server) as HttpChatModel
  upstream.behave(async (connection) => {
    connection.head()
    for (const event of streams[server]) await connection.chunk(event)
    connection.end()
  })
  const stream = await model.open(requestOf(client, changes), testCall())
  return { frames: await collect(stream), outcome: await stream.outcome }
}

describe.each(pairs)('a client of %s at a server of %s', (client, server) => {
  it('is understood: instructions, picture, tools, a call with its result, a schema, settings', async () => {
    await ask(client, server)
    const { head = '', body = '' } = upstream.requests.at(-1) ?? {}
    const inPath = server === 'gemini' && { model: 'tiny-1', stream: true }
    const read = codecs[server].decodeRequest({ ...inPath, ...JSON.parse(body) })
    if (inPath) expect(head).toBe('POST /v1/models/tiny-1:streamGenerateContent?alt=sse HTTP/1.1')
    const parts = read.messages.flatMap((message) => message.parts)
    expect(read).toMatchObject({
      model: 'tiny-1',
      stream: true,
      maxOutputTokens: 64,
      temperature: 0.5,
      toolChoice: 'auto',
      responseFormat: { type: 'json-schema', name: 'output', schema },
      tools: [{ name: 'rate', description: 'A rate.', parameters }],
    })
    expect(read.messages[0]).toMatchObject({ role: 'system', parts: [{ text: 'Be brief.' }] })
    expect(parts).toMatchObject([
      { type: 'text', text: 'Be brief.' },
      { type: 'text', text: 'Which rate?' },
      { type: 'image', url: `data:image/png;base64,${picture}` },
      { type: 'tool-call', id: 'c1', name: 'rate', arguments: '{"currency":"JPY"}' },
      { type: 'tool-result', id: 'c1', content: [{ text: '0.21' }] },
    ])
  })

  it('is answered in its own words: reasoning, text, a call, the finish and what was used', async () => {
    const { frames, outcome } = await ask(client, server)
    expect(outcome).toMatchObject({ end: 'finished', usage: { input: { total: 20 }, output: { total: 12 } } })
    const encoder = codecs[client].createStreamEncoder({ id: 'id_1', model: 'support', createdSeconds: 1 })
    const written = Buffer.concat([...frames.map((frame) => encoder.encode(frame.events())), encoder.end()])
    const events = codecs[client].createStreamDecoder().push(written)
    expect(collectChoices(events)).toMatchObject([
      {
        text: '匯率 0.21',
        reasoning: 'Looking it up.',
        finish: 'tool_calls',
        toolCalls: [{ id: 'c2', name: 'rate', arguments: '{"currency":"USD"}' }],
      },
    ])
    expect(events.findLast((event) => event.type === 'usage')).toMatchObject({
      usage: { input: { total: 20 }, output: { total: 12 } },
    })
    expect(events.filter((event) => event.type === 'error')).toEqual([])
  })

  it('gets a whole answer with the same content', async () => {
    const { frames } = await ask(client, server)
    const answer = codecs[client].encodeAnswer(eventsOf(frames), {
      id: 'id_1',
      model: 'support',
      createdSeconds: 1,
    })
    expect(collectChoices(codecs[client].decodeAnswer(answer))).toMatchObject([
      {
        text: '匯率 0.21',
        reasoning: 'Looking it up.',
        toolCalls: [{ id: 'c2', arguments: '{"currency":"USD"}' }],
      },
    ])
  })
})

describe('a tool result that is an error', () => {
  const failed = (content: unknown) => ({
    messages: [
      { role: 'user', content: 'Which rate?' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'rate', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', is_error: true, content }] },
    ],
  })
  const textOf = (content: string | { text: string }[]) =>
    typeof content === 'string' ? content : content.map(({ text }) => text).join()
  const sent = async (server: ServedDialect, content: unknown) => {
    await ask('anthropic-messages', server, failed(content))
    return JSON.parse(upstream.requests.at(-1)?.body ?? '{}')
  }

  it.each([
    ['the rate service is away', 'Error: the rate service is away'],
    ['error: no such file', 'error: no such file'],
    ['errorless', 'Error: errorless'],
    ['', 'Error'],
    [[{ type: 'text', text: 'timed out' }], 'Error: timed out'],
  ])('says so in its text where the server has no field for it: %j', async (content, expected) => {
    const chat = await sent('openai-chat', content)
    expect(chat.messages.at(-1)).toMatchObject({ role: 'tool', tool_call_id: 'c1' })
    expect(textOf(chat.messages.at(-1).content)).toBe(expected)
    const responses = await sent('openai-responses', content)
    expect(textOf(responses.input.at(-1).output)).toBe(expected)
  })

  it('keeps its field where the server has one', async () => {
    const { messages } = await sent('anthropic-messages', 'away')
    expect(messages.at(-1).content[0]).toMatchObject({ is_error: true, content: 'away' })
    const { contents } = await sent('gemini', 'away')
    expect(contents.at(-1).parts[0].functionResponse.response).toEqual({ error: 'away' })
  })
})

describe('a wish that both have under other names', () => {
  const sent = async (client: ServedDialect, server: ServedDialect, changes: object) => {
    await ask(client, server, changes)
    return JSON.parse(upstream.requests.at(-1)?.body ?? '{}')
  }

  it.each([
    ['openai-chat', { reasoning_effort: 'high', parallel_tool_calls: false }],
    ['openai-responses', { reasoning: { effort: 'high' }, parallel_tool_calls: false }],
    [
      'anthropic-messages',
      {
        output_config: { effort: 'high', format: { type: 'json_schema', schema } },
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      },
    ],
  ] as const)(
    'reaches every server from %s: how much to think, and one tool at a time',
    async (client, changes) => {
      expect(await sent(client, 'openai-chat', changes)).toMatchObject({
        reasoning_effort: 'high',
        parallel_tool_calls: false,
      })
      expect(await sent(client, 'openai-responses', changes)).toMatchObject({
        reasoning: { effort: 'high' },
        parallel_tool_calls: false,
      })
      expect(await sent(client, 'anthropic-messages', changes)).toMatchObject({
        output_config: { effort: 'high', format: { type: 'json_schema' } },
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      })
    },
  )

  it.each([
    ['beside a schema', {}, 'json_schema'],
    ['alone', { response_format: undefined }, undefined],
  ])('says how much to say, %s', async (_how, changes, format) => {
    const { text } = await sent('openai-chat', 'openai-responses', { verbosity: 'low', ...changes })
    expect([text.verbosity, text.format?.type]).toEqual(['low', format])
  })

  it('needs no tools to be harmless', async () => {
    const changes = { tools: undefined, tool_choice: undefined, parallel_tool_calls: false }
    expect(await sent('openai-chat', 'anthropic-messages', changes)).not.toHaveProperty('tool_choice')
  })

  it('to read a picture in some detail is no reason to refuse it', async () => {
    const image_url = { url: 'https://example.com/a.png', detail: 'low' }
    const messages = [{ role: 'user', content: [{ type: 'image_url', image_url }] }]
    const { messages: read } = await sent('openai-chat', 'anthropic-messages', { messages })
    expect(read[0].content).toEqual([{ type: 'image', source: { type: 'url', url: image_url.url } }])
  })

  it.each(['disabled', 'adaptive'])('to think as the model would anyway is none: %s', async (type) => {
    expect(await sent('anthropic-messages', 'openai-chat', { thinking: { type } })).not.toHaveProperty(
      'thinking',
    )
  })
})

describe('a conversation that another API began', () => {
  it('goes on without what only its server can read', async () => {
    await ask('anthropic-messages', 'openai-chat', {
      messages: [
        { role: 'user', content: 'Which rate?' },
        {
          role: 'assistant',
          content: [
            { type: 'redacted_thinking', data: 'x' },
            { type: 'text', text: '0.2' },
          ],
        },
        { role: 'user', content: 'Sure?' },
      ],
    })
    const { messages } = JSON.parse(upstream.requests.at(-1)?.body ?? '{}')
    expect(messages.at(-2)).toEqual({ role: 'assistant', content: [{ type: 'text', text: '0.2' }] })
  })

  it('holds no message without a word, which the Messages API refuses', async () => {
    await ask('openai-chat', 'anthropic-messages', {
      messages: [
        { role: 'user', content: 'Which rate?' },
        { role: 'assistant', content: null },
        { role: 'user', content: '' },
        { role: 'user', content: 'Hello?' },
      ],
    })
    const { messages } = JSON.parse(upstream.requests.at(-1)?.body ?? '{}')
    expect(messages).toEqual([
      { role: 'user', content: 'Which rate?' },
      { role: 'user', content: 'Hello?' },
    ])
  })
})

describe('what a pair cannot express', () => {
  it.each([
    ['openai-chat', 'anthropic-messages', { n: 2 }, 'n'],
    ['openai-chat', 'anthropic-messages', { seed: 1 }, 'seed'],
    ['openai-chat', 'anthropic-messages', { logprobs: true }, 'logprobs'],
    ['openai-chat', 'anthropic-messages', { response_format: { type: 'json_object' } }, 'response_format'],
    ['openai-chat', 'anthropic-messages', { reasoning_effort: 'minimal' }, 'reasoning_effort'],
    ['openai-chat', 'anthropic-messages', { verbosity: 'low' }, 'verbosity'],
    ['openai-chat', 'openai-responses', { stop: ['###'] }, 'stop'],
    ['openai-chat', 'openai-responses', { n: 3 }, 'n'],
    ['openai-responses', 'openai-chat', { previous_response_id: 'r' }, 'previous_response_id'],
    ['openai-responses', 'anthropic-messages', { truncation: 'auto' }, 'truncation'],
    ['anthropic-messages', 'openai-chat', { top_k: 5 }, 'top_k'],
    ['openai-chat', 'gemini', { logit_bias: { 1: 2 } }, 'logit_bias'],
    [
      'anthropic-messages',
      'gemini',
      { thinking: { type: 'enabled', budget_tokens: 1024, odd: 1 } },
      'thinking',
    ],
    ['gemini', 'openai-chat', { safetySettings: [{}] }, 'safetySettings'],
    ['gemini', 'anthropic-messages', { cachedContent: 'c' }, 'cachedContent'],
    ['anthropic-messages', 'openai-responses', { stop_sequences: ['#'] }, 'stop_sequences'],
    [
      'anthropic-messages',
      'openai-responses',
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      'thinking',
    ],
  ] as const)(
    '%s to %s is refused before anything is sent, naming the field: %j',
    async (client, server, changes, field) => {
      const before = upstream.requests.length
      await expect(ask(client, server, changes)).rejects.toMatchObject({
        code: 'llm.request-not-expressible',
        params: { field },
      })
      expect(upstream.requests).toHaveLength(before)
    },
  )

  it.each([
    ['openai-chat', 'anthropic-messages', { n: 1, logprobs: false, user: null, parallel_tool_calls: true }],
    [
      'openai-responses',
      'openai-chat',
      { truncation: 'disabled', background: false, previous_response_id: null },
    ],
    ['anthropic-messages', 'openai-chat', { service_tier: 'auto' }],
  ] as const)('is not what %s says by default to %s: %j', async (client, server, changes) => {
    const { outcome } = await ask(client, server, changes)
    expect(outcome.end).toBe('finished')
  })
})
