// Every dialect to every engine: what a client says reaches the server in the server's words, what the server says
// reaches the client in the client's, and what a pair cannot express is refused by name.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.js'
import {
  blockStart,
  blockStop,
  delta,
  messageDelta,
  messageStart,
  messageStop,
  named,
  textDelta,
} from '../__fixtures__/anthropic-server.js'
import { testCall } from '../__fixtures__/call.js'
import { chunk, done, usageChunk } from '../__fixtures__/chunks.js'
import { type FakeUpstream, startFakeUpstream } from '../__fixtures__/fake-upstream.js'
import { collect, eventsOf } from '../__fixtures__/streams.js'
import { deployment, facts } from '../__fixtures__/subjects.js'
import { collectChoices } from '../generate.js'
import { codecs, type ServedDialect } from '../wire/codecs.js'
import { createAnthropicMessagesModel } from './anthropic-messages.js'
import type { HttpChatModel } from './http-chat-model.js'
import { createOpenAiCompatibleModel } from './openai-compatible.js'
import { createOpenAiResponsesModel } from './openai-responses.js'

const create = {
  'openai-chat': createOpenAiCompatibleModel,
  'openai-responses': createOpenAiResponsesModel,
  'anthropic-messages': createAnthropicMessagesModel,
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

const parameters = { type: 'object', properties: { currency: { type: 'string' } }, required: ['currency'] }
const schema = { type: 'object', properties: { rate: { type: 'number' } }, required: ['rate'] }
const picture = 'iVBORw0KGgo='

/** The same conversation as each client writes it: instructions, a picture, a call, its result, a schema. */
const requests: Readonly<Record<ServedDialect, Record<string, unknown>>> = {
  'openai-chat': {
    model: 'support',
    stream: true,
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Which rate?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'rate', arguments: '{"currency":"JPY"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: '0.21' },
    ],
    tools: [{ type: 'function', function: { name: 'rate', description: 'A rate.', parameters } }],
    tool_choice: 'auto',
    max_completion_tokens: 64,
    temperature: 0.5,
    response_format: { type: 'json_schema', json_schema: { name: 'output', schema } },
    stream_options: { include_usage: true },
  },
  'openai-responses': {
    model: 'support',
    stream: true,
    instructions: 'Be brief.',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Which rate?' },
          { type: 'input_image', image_url: `data:image/png;base64,${picture}` },
        ],
      },
      { type: 'function_call', call_id: 'c1', name: 'rate', arguments: '{"currency":"JPY"}' },
      { type: 'function_call_output', call_id: 'c1', output: '0.21' },
    ],
    tools: [{ type: 'function', name: 'rate', description: 'A rate.', parameters }],
    tool_choice: 'auto',
    max_output_tokens: 64,
    temperature: 0.5,
    text: { format: { type: 'json_schema', name: 'output', schema } },
    store: false,
  },
  'anthropic-messages': {
    model: 'support',
    stream: true,
    max_tokens: 64,
    system: 'Be brief.',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Which rate?' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } },
        ],
      },
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'c1', name: 'rate', input: { currency: 'JPY' } }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: '0.21' }] },
    ],
    tools: [{ name: 'rate', description: 'A rate.', input_schema: parameters }],
    tool_choice: { type: 'auto' },
    temperature: 0.5,
    output_config: { format: { type: 'json_schema', schema } },
  },
}

const item = (type: string, fields: object) => ({ id: `${type}_1`, type, ...fields })
const place = (output_index: number) => ({ output_index, content_index: 0, item_id: 'i' })
const finalOutput = [
  item('reasoning', { summary: [{ type: 'summary_text', text: 'Looking it up.' }] }),
  item('message', {
    role: 'assistant',
    content: [{ type: 'output_text', text: '匯率 0.21', annotations: [] }],
  }),
  item('function_call', { call_id: 'c2', name: 'rate', arguments: '{"currency":"USD"}' }),
]

/** The same answer as each server streams it: reasoning, text and a call in pieces, and what was used. */
const streams: Readonly<Record<ServedDialect, readonly string[]>> = {
  'openai-chat': [
    chunk({ role: 'assistant', content: '' }),
    chunk({ reasoning_content: 'Looking' }),
    chunk({ reasoning_content: ' it up.' }),
    chunk({ content: '匯率' }),
    chunk({ content: ' 0.21' }),
    chunk({
      tool_calls: [{ index: 0, id: 'c2', type: 'function', function: { name: 'rate', arguments: '' } }],
    }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{"currency"' } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: ':"USD"}' } }] }),
    chunk({}, 'tool_calls'),
    usageChunk(20, 12),
    done,
  ],
  'openai-responses': [
    named({ type: 'response.created', response: { id: 'resp_1', model: 'tiny-1', output: [] } }),
    named({ type: 'response.output_item.added', output_index: 0, item: item('reasoning', { summary: [] }) }),
    named({
      type: 'response.reasoning_summary_part.added',
      output_index: 0,
      summary_index: 0,
      item_id: 'i',
      part: { type: 'summary_text', text: '' },
    }),
    named({
      type: 'response.reasoning_summary_text.delta',
      output_index: 0,
      summary_index: 0,
      item_id: 'i',
      delta: 'Looking it up.',
    }),
    named({
      type: 'response.output_item.added',
      output_index: 1,
      item: item('message', { role: 'assistant', content: [] }),
    }),
    named({
      type: 'response.content_part.added',
      ...place(1),
      part: { type: 'output_text', text: '', annotations: [] },
    }),
    named({ type: 'response.output_text.delta', ...place(1), delta: '匯率' }),
    named({ type: 'response.output_text.delta', ...place(1), delta: ' 0.21' }),
    named({
      type: 'response.output_item.added',
      output_index: 2,
      item: item('function_call', { call_id: 'c2', name: 'rate', arguments: '' }),
    }),
    named({
      type: 'response.function_call_arguments.delta',
      output_index: 2,
      item_id: 'i',
      delta: '{"currency":"USD"}',
    }),
    named({
      type: 'response.completed',
      response: {
        id: 'resp_1',
        model: 'tiny-1',
        status: 'completed',
        output: finalOutput,
        usage: { input_tokens: 20, output_tokens: 12, total_tokens: 32 },
      },
    }),
  ],
  'anthropic-messages': [
    messageStart({ input_tokens: 20, output_tokens: 1 }),
    blockStart({ type: 'thinking', thinking: '', signature: '' }),
    delta({ type: 'thinking_delta', thinking: 'Looking it up.' }),
    delta({ type: 'signature_delta', signature: 'EqQB' }),
    blockStop(),
    blockStart({ type: 'text', text: '' }, 1),
    textDelta('匯率', 1),
    textDelta(' 0.21', 1),
    blockStop(1),
    blockStart({ type: 'tool_use', id: 'c2', name: 'rate', input: {} }, 2),
    delta({ type: 'input_json_delta', partial_json: '{"currency"' }, 2),
    delta({ type: 'input_json_delta', partial_json: ':"USD"}' }, 2),
    blockStop(2),
    messageDelta('tool_use', { output_tokens: 12 }),
    messageStop,
  ],
}

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
    const body = JSON.parse(upstream.requests.at(-1)?.body ?? '')
    const read = codecs[server].decodeRequest(body)
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

describe('what a pair cannot express', () => {
  it.each([
    ['openai-chat', 'anthropic-messages', { n: 2 }, 'choices'],
    ['openai-chat', 'anthropic-messages', { seed: 1 }, 'seed'],
    ['openai-chat', 'anthropic-messages', { logprobs: true }, 'logprobs'],
    ['openai-chat', 'anthropic-messages', { response_format: { type: 'json_object' } }, 'response_format'],
    ['openai-chat', 'anthropic-messages', { parallel_tool_calls: false }, 'parallel_tool_calls'],
    ['openai-chat', 'openai-responses', { stop: ['###'] }, 'stop'],
    ['openai-chat', 'openai-responses', { n: 3 }, 'choices'],
    ['openai-responses', 'openai-chat', { previous_response_id: 'r' }, 'previous_response_id'],
    ['openai-responses', 'anthropic-messages', { truncation: 'auto' }, 'truncation'],
    ['anthropic-messages', 'openai-chat', { top_k: 5 }, 'top_k'],
    ['anthropic-messages', 'openai-responses', { stop_sequences: ['#'] }, 'stop'],
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
