// The official Anthropic client as a black box, on engines that speak no dialect of their own.

import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from '@anthropic-ai/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import {
  brokenOff,
  failureOf,
  firstAttempt,
  stalled,
  startClientGateway,
} from './__fixtures__/client-gateway.js'
import { llmError } from './__fixtures__/errors.js'
import { keyRecord, type TestGateway, type TestOptions } from './__fixtures__/harness.js'

let gateway: TestGateway
let client: Anthropic
const start = async (options: TestOptions = {}) => {
  gateway = await startClientGateway(options)
  client = new Anthropic({ baseURL: gateway.url, apiKey: 'la-key', maxRetries: 0 })
}
afterEach(() => gateway.close())

const request = { model: 'chat', max_tokens: 64, messages: [{ role: 'user' as const, content: 'hi' }] }
const usage = { input: { total: 9, cacheRead: 4, cacheWrite: 0 }, output: { total: 2, reasoning: 0 } }

describe('the Anthropic client', () => {
  it('gets a message', async () => {
    await start({ models: { main: { text: 'Hello', usage } } })
    const { data, request_id, response } = await client.messages.create(request).withResponse()
    expect(data).toMatchObject({
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 5, cache_read_input_tokens: 4, output_tokens: 2 },
    })
    expect(data.id).toMatch(/^msg_/)
    expect(request_id).toBe(response.headers.get('x-request-id'))
  })

  it('streams a message in the order of its events', async () => {
    await start({ models: { main: { text: ['Hel', 'lo'], usage } } })
    const stream = client.messages.stream(request)
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    const message = await stream.finalMessage()
    expect(message.content).toMatchObject([{ type: 'text', text: 'Hello' }])
    expect(message.usage).toMatchObject({ output_tokens: 2 })
  })

  it('streams thinking with a signature, as it does whole, so that clients send it back', async () => {
    const thought = { type: 'reasoning', choice: 0 } as const
    await start({
      models: {
        main: {
          events: [
            { ...thought, text: 'Hm' },
            { ...thought, text: 'm.' },
            { type: 'text', choice: 0, text: 'Hi' },
          ],
        },
      },
    })
    const stream = client.messages.stream(request)
    const deltas: unknown[] = []
    for await (const event of stream) if (event.type === 'content_block_delta') deltas.push(event.delta)
    expect(deltas).toEqual([
      { type: 'thinking_delta', thinking: 'Hm' },
      { type: 'thinking_delta', thinking: 'm.' },
      { type: 'signature_delta', signature: '' },
      { type: 'text_delta', text: 'Hi' },
    ])
    const { content } = await stream.finalMessage()
    expect(content[0]).toEqual({ type: 'thinking', thinking: 'Hmm.', signature: '' })
  })

  it('streams the calls of several tools, with their arguments', async () => {
    const call = (index: number) => ({ type: 'tool-call', choice: 0, index }) as const
    await start({
      models: {
        main: {
          events: [
            { type: 'text', choice: 0, text: 'Looking.' },
            { ...call(0), id: 'call_1', name: 'weather', arguments: '' },
            { ...call(0), arguments: '{"city":' },
            { ...call(0), arguments: '"Taipei"}' },
            { ...call(1), id: 'call_2', name: 'clock', arguments: '{}' },
          ],
          finish: 'tool_calls',
        },
      },
    })
    const input_schema = { type: 'object' as const, properties: { city: { type: 'string' } } }
    const message = await client.messages
      .stream({ ...request, tools: [{ name: 'weather', input_schema }] })
      .finalMessage()
    expect(message.stop_reason).toBe('tool_use')
    expect(message.content).toMatchObject([
      { type: 'text', text: 'Looking.' },
      { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Taipei' } },
      { type: 'tool_use', id: 'call_2', name: 'clock', input: {} },
    ])
  })

  it.each(['whole', 'streamed'])(
    'is told to run a tool where a forced call ends with stop: %s',
    async (how) => {
      // As OpenAI and vLLM finish a call of the tool that `tool_choice` names.
      const event = {
        type: 'tool-call',
        choice: 0,
        index: 0,
        id: 'call_1',
        name: 'clock',
        arguments: '{}',
      } as const
      await start({ models: { main: { events: [event], finish: 'stop' } } })
      const message = await (how === 'whole'
        ? client.messages.create(request)
        : client.messages.stream(request).finalMessage())
      expect(message.content).toMatchObject([{ type: 'tool_use', id: 'call_1' }])
      expect(message.stop_reason).toBe('tool_use')
    },
  )

  it('counts tokens', async () => {
    await start()
    const { messages, model } = request
    const { data, response } = await client.messages.countTokens({ messages, model }).withResponse()
    expect(data.input_tokens).toBeGreaterThan(0)
    expect(response.headers.get('x-token-count')).toBe('estimate')
    expect(gateway.ledger.attempts).toEqual([])
  })

  it('lists models in the shape it knows', async () => {
    await start()
    const list = await client.models.list()
    expect(list.data).toMatchObject([{ type: 'model', id: 'chat', display_name: 'chat' }])
    expect((await client.models.retrieve('chat')).id).toBe('chat')
    expect(await failureOf(client.models.retrieve('nope'))).toBeInstanceOf(NotFoundError)
  })

  it('raises its own error for a wrong key, an unknown model and a wrong field', async () => {
    await start()
    const stranger = new Anthropic({ baseURL: gateway.url, apiKey: 'la-wrong', maxRetries: 0 })
    const wrongKey = await failureOf(stranger.messages.create(request))
    expect(wrongKey).toBeInstanceOf(AuthenticationError)
    expect(wrongKey).toMatchObject({ type: 'authentication_error' })
    const unknown = await failureOf(client.messages.create({ ...request, model: 'claude-9' }))
    expect(unknown).toBeInstanceOf(NotFoundError)
    expect(unknown).toMatchObject({ type: 'not_found_error', requestID: expect.stringMatching(/^req_/) })
    const wrong = await failureOf(client.messages.create({ ...request, max_tokens: 0 }))
    expect(wrong).toBeInstanceOf(BadRequestError)
    expect(String((wrong as Error).message)).toContain('max_tokens')
  })

  it('raises its own error for limits and for upstreams that are down', async () => {
    await start({ models: { main: { failBefore: llmError('llm.upstream-unreachable') } } })
    const down = await failureOf(client.messages.create(request))
    expect(down).toBeInstanceOf(InternalServerError)
    expect(down).toMatchObject({ status: 502, type: 'api_error' })
    gateway.keys.set('la-key', keyRecord({ requestsPerMinute: 1 }))
    await failureOf(client.messages.create(request))
    const limited = await failureOf(client.messages.create(request))
    expect(limited).toBeInstanceOf(RateLimitError)
    expect(Number((limited as APIError).headers?.get('retry-after'))).toBeGreaterThan(0)
  })

  it('raises an error in the middle of a stream that breaks off', async () => {
    await start({ models: { main: brokenOff } })
    const stream = await client.messages.create({ ...request, stream: true })
    let text = ''
    const failure = await failureOf(
      (async () => {
        for await (const event of stream)
          if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
            text += event.delta.text
      })(),
    )
    expect(text).toBe('ab')
    expect(failure).toBeInstanceOf(APIError)
    expect((failure as APIError).type).toBe('api_error')
  })

  it('ends the call upstream when it aborts', async () => {
    await start({ models: { main: stalled } })
    const stream = await client.messages.create({ ...request, stream: true })
    for await (const event of stream) if (event.type === 'content_block_delta') break
    expect(await firstAttempt(gateway)).toMatchObject({ end: 'cancelled' })
  })

  it('takes its key as a bearer token too', async () => {
    await start()
    const bearer = new Anthropic({ baseURL: gateway.url, authToken: 'la-key', apiKey: null, maxRetries: 0 })
    expect((await bearer.messages.create(request)).role).toBe('assistant')
  })
})
