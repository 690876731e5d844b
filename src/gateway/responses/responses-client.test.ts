// The official OpenAI client as a black box, on engines that do not speak the Responses API.

import type OpenAI from 'openai'
import {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { failureOf } from '../__fixtures__/client-gateway.js'
import { llmError } from '../__fixtures__/errors.js'
import { keyRecord } from '../__fixtures__/harness.js'
import { problemsOfAnswer } from '../__fixtures__/openai-schemas.js'
import { openTestConversations, type ResponsesGateway } from '../__fixtures__/responses-gateway.js'

let test: Awaited<ReturnType<typeof openTestConversations>>
let gateway: ResponsesGateway
let client: OpenAI
beforeAll(async () => {
  test = await openTestConversations()
})
afterAll(() => test.close())
const start = async (...given: Parameters<typeof test.start>) => {
  gateway = await test.start(...given)
  client = gateway.client
}
afterEach(async () => {
  const problems = await gateway.problems()
  await gateway.close()
  expect(problems).toEqual([])
})

const usage = { input: { total: 9, cacheRead: 4, cacheWrite: 0 }, output: { total: 5, reasoning: 2 } }
const ask = (more: object = {}) => client.responses.create({ model: 'chat', input: 'hi', ...more })
const call = (index: number) => ({ type: 'tool-call', choice: 0, index }) as const
const weather = {
  type: 'function' as const,
  name: 'weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
  strict: false,
}

describe('the OpenAI client', () => {
  it('gets a response that says what it was asked', async () => {
    await start({ text: 'Hello', usage })
    const response = await ask({
      instructions: 'Be kind.',
      max_output_tokens: 64,
      metadata: { topic: 'cards' },
      temperature: 0.5,
      tools: [weather],
      reasoning: { effort: 'low' },
    })
    expect(response.output_text).toBe('Hello')
    expect(response).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'chat',
      error: null,
      instructions: 'Be kind.',
      max_output_tokens: 64,
      metadata: { topic: 'cards' },
      temperature: 0.5,
      tools: [weather],
      reasoning: { effort: 'low' },
      store: true,
      previous_response_id: null,
      usage: {
        input_tokens: 9,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 14,
      },
    })
    expect(response.id).toMatch(/^resp_/)
    expect(response.output).toMatchObject([{ type: 'message', role: 'assistant', status: 'completed' }])
    expect(gateway.model.calls[0]?.request).toMatchObject({
      maxOutputTokens: 64,
      messages: [
        { role: 'system', parts: [{ text: 'Be kind.' }] },
        { role: 'user', parts: [{ text: 'hi' }] },
      ],
    })
  })

  it('streams a response in the order of its events, which end in what is stored', async () => {
    await start({ text: ['Hel', 'lo'], usage })
    const stream = client.responses.stream({ model: 'chat', input: 'hi' })
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    const final = await stream.finalResponse()
    expect(final.output_text).toBe('Hello')
    const { output, usage: counted, ...kept } = await client.responses.retrieve(final.id)
    expect(output).toMatchObject([{ id: final.output[0]?.id, content: [{ text: 'Hello' }] }])
    expect(counted).toEqual(final.usage)
    expect(kept).toMatchObject({ status: 'completed', created_at: final.created_at })
  })

  it('streams reasoning, text and the calls of several tools', async () => {
    await start({
      events: [
        { type: 'reasoning', choice: 0, text: 'Weather first.' },
        { type: 'text', choice: 0, text: 'Looking.' },
        { ...call(0), id: 'call_1', name: 'weather', arguments: '' },
        { ...call(0), arguments: '{"city":' },
        { ...call(0), arguments: '"Taipei"}' },
        { ...call(1), id: 'call_2', name: 'clock', arguments: '{}' },
      ],
      finish: 'tool_calls',
    })
    const stream = client.responses.stream({ model: 'chat', input: 'hi', tools: [weather] })
    const { output } = await stream.finalResponse()
    expect(output).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'Weather first.' }] },
      { type: 'message', content: [{ text: 'Looking.' }] },
      { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Taipei"}' },
      { type: 'function_call', call_id: 'call_2', name: 'clock', arguments: '{}' },
    ])
    expect(new Set(output.map(({ id }) => id)).size).toBe(4)
  })

  it('gets citations as annotations', async () => {
    const passage = { id: 'p1', path: 'fees.md', title: 'Fees', start: 0, end: 5, score: 1 }
    await start({
      events: [
        { type: 'text', choice: 0, text: 'NT$15' },
        { type: 'citation', choice: 0, passage, start: 0, end: 5 },
      ],
    })
    const { output } = await client.responses.stream({ model: 'chat', input: 'hi' }).finalResponse()
    const annotation = { type: 'url_citation', title: 'Fees', start_index: 0, end_index: 5 }
    expect(output).toMatchObject([{ content: [{ text: 'NT$15', annotations: [annotation] }] }])
  })

  it('gives the output of a tool back, after the call that it belongs to', async () => {
    const events = [{ ...call(0), id: 'call_1', name: 'weather', arguments: '{"city":"Taipei"}' }]
    await start([{ events, finish: 'tool_calls' }, 'It rains.', 'It still rains.'])
    const first = await ask({ tools: [weather] })
    const output = { type: 'function_call_output' as const, call_id: 'call_1', output: 'rain' }
    const second = await ask({ previous_response_id: first.id, input: [output] })
    expect(second.output_text).toBe('It rains.')
    const expected = [
      { role: 'user', parts: [{ text: 'hi' }] },
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'call_1', name: 'weather' }] },
      { role: 'tool', parts: [{ type: 'tool-result', id: 'call_1', content: [{ text: 'rain' }] }] },
    ]
    expect(gateway.model.calls[1]?.request.messages).toMatchObject(expected)
    const history = [{ role: 'user' as const, content: 'hi' }, ...first.output, output]
    await ask({ store: false, input: history })
    expect(gateway.model.calls[2]?.request.messages).toMatchObject(expected)
  })

  it('parses structured output', async () => {
    await start({ text: '{"city":"Taipei","days":3}' })
    const format = zodTextFormat(z.object({ city: z.string(), days: z.number() }), 'trip')
    const response = await client.responses.parse({ model: 'chat', input: 'hi', text: { format } })
    expect(response.output_parsed).toEqual({ city: 'Taipei', days: 3 })
    expect(gateway.model.calls[0]?.request.responseFormat).toMatchObject({
      type: 'json-schema',
      name: 'trip',
      strict: true,
    })
  })

  it('is told that an answer was cut, or refused', async () => {
    await start([
      { text: 'Hel', finish: 'length' },
      { events: [{ type: 'refusal', choice: 0, text: 'No.' }] },
    ])
    expect(await ask()).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    })
    const refused = await ask()
    expect(refused.output).toMatchObject([{ content: [{ type: 'refusal', refusal: 'No.' }] }])
    await expect(ask({ previous_response_id: refused.id })).rejects.toBeInstanceOf(APIError)
    expect(gateway.model.calls[2]?.request.messages.at(1)).toMatchObject({ parts: [{ text: 'No.' }] })
  })

  it('counts tokens, with what was said before', async () => {
    await start()
    const alone = await client.responses.inputTokens.count({ model: 'chat', input: 'hi' })
    expect(alone.input_tokens).toBeGreaterThan(0)
    const { id } = await ask()
    const longer = await client.responses.inputTokens.count({
      model: 'chat',
      input: 'hi',
      previous_response_id: id,
    })
    expect(longer.input_tokens).toBeGreaterThan(alone.input_tokens)
  })

  it('raises its own error for a wrong key, an unknown model and wrong fields', async () => {
    await start()
    const wrongKey = await failureOf(gateway.clientOf('la-wrong').responses.create({ model: 'chat' }))
    expect(wrongKey).toBeInstanceOf(AuthenticationError)
    const unknown = await failureOf(ask({ model: 'gpt-9' }))
    expect(unknown).toBeInstanceOf(NotFoundError)
    expect(unknown).toMatchObject({ code: 'model_not_found', param: 'model' })
    for (const [change, param] of [
      [{ input: undefined }, 'input'],
      [{ input: [] }, 'input'],
      [{ input: [{ role: 'robot', content: 'hi' }] }, 'input[0].role'],
      [{ temperature: 3 }, 'temperature'],
      [{ max_output_tokens: 0 }, 'max_output_tokens'],
      [{ background: true, store: false }, 'store'],
      [{ metadata: { a: 1 } }, 'metadata'],
      [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
      [{ text: { format: { type: 'json_schema', name: 'a' } } }, 'text.format.schema'],
      [{ text: { format: { type: 'xml' } } }, 'text.format'],
      [{ previous_response_id: 'resp_1', conversation: 'conv_1' }, 'previous_response_id'],
      [{ conversation: 'conv_1', store: false }, 'store'],
    ] as const) {
      const wrong = await failureOf(ask(change))
      expect(wrong).toBeInstanceOf(BadRequestError)
      expect(wrong).toMatchObject({ param })
    }
    expect(gateway.model.calls).toEqual([])
  })

  it('raises its own error for limits and for upstreams that are down', async () => {
    await start({ failBefore: llmError('llm.upstream-unreachable') })
    const down = await failureOf(ask())
    expect(down).toBeInstanceOf(InternalServerError)
    expect(down).toMatchObject({ status: 502, code: 'upstream_unavailable' })
    gateway.keys.set('la-key', keyRecord({ requestsPerMinute: 1 }))
    await failureOf(ask())
    expect(await failureOf(ask())).toBeInstanceOf(RateLimitError)
  })

  it('raises an error in the middle of a stream that breaks off, and keeps nothing of it', async () => {
    const failAfter = { pieces: 2, error: llmError('llm.upstream-broke-off') }
    await start({ text: ['a', 'b', 'c'], failAfter })
    const stream = await client.responses.create({ model: 'chat', input: 'hi', stream: true })
    let text = ''
    let id = ''
    const failure = await failureOf(
      (async () => {
        for await (const event of stream) {
          if (event.type === 'response.created') id = event.response.id
          if (event.type === 'response.output_text.delta') text += event.delta
        }
      })(),
    )
    expect(text).toBe('ab')
    expect(failure).toBeInstanceOf(APIError)
    expect(failure).toMatchObject({ code: 'upstream_broke_off' })
    expect(await failureOf(client.responses.retrieve(id))).toBeInstanceOf(NotFoundError)
  })

  it('sees a stream that breaks off end in a failed response', async () => {
    const failAfter = { pieces: 1, error: llmError('llm.upstream-broke-off') }
    await start({ text: ['a', 'b'], failAfter })
    const headers = { authorization: 'Bearer la-key' }
    const response = await gateway.postTo(
      '/v1/responses',
      { model: 'chat', input: 'hi', stream: true },
      headers,
    )
    const body = await response.text()
    expect(problemsOfAnswer(new URL('/v1/responses', gateway.url), 'text/event-stream', body)).toEqual([])
    const events = body.trim().split('\n\n')
    expect(events.at(-2)).toContain('event: error')
    expect(events.at(-1)).toContain('event: response.failed')
    expect(JSON.parse(events.at(-1)?.split('data: ')[1] ?? '')).toMatchObject({
      response: { status: 'failed', error: { code: 'server_error' } },
    })
  })
})
