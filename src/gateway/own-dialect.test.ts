// Engines that speak Anthropic's Messages API behind the gateway, for clients of that API and of another.

import { afterEach, describe, expect, it } from 'vitest'
import { createAnthropicMessagesModel } from '../llm/index.js'
import { ask, startTestGateway, type TestGateway } from './__fixtures__/harness.js'
import {
  sendEvents,
  sendJson,
  startUpstream,
  type Upstream,
  type UpstreamCall,
} from './__fixtures__/upstream.js'

const key = 'sk-ant-0123456789abcdef'
const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
})

const start = async (
  behave: (call: UpstreamCall) => void,
): Promise<{ gateway: TestGateway; upstream: Upstream }> => {
  const upstream = await startUpstream(behave)
  const gateway = await startTestGateway({
    models: { main: upstream.model('main', key, { create: createAnthropicMessagesModel }) },
  })
  opened.push(upstream, gateway)
  return { gateway, upstream }
}

const event = (value: { readonly type: string; readonly [name: string]: unknown }) =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`
const said = [
  event({
    type: 'message_start',
    message: {
      id: 'msg_1',
      model: 'up',
      role: 'assistant',
      content: [],
      usage: { input_tokens: 9, output_tokens: 1 },
    },
  }),
  event({ type: 'ping' }),
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } }),
]
const closing = [
  event({ type: 'content_block_stop', index: 0 }),
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }),
  event({ type: 'message_stop' }),
]
const answer = (events: readonly string[]) => (call: UpstreamCall) => {
  sendEvents(call, events.join(''))
  call.response.end()
}

/** Written as a client may write it, so that a reader which writes it anew gives itself away. */
const body =
  '{ "model": "chat", "max_tokens": 64, "stream": true, "x_unknown": [1], "messages": [{"role":"user","content":"hi"}] }'
const asClient = (gateway: TestGateway) =>
  fetch(`${gateway.url}/v1/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'context-1m',
      cookie: 'session=1',
      'x-private': '1',
    },
    body,
  })

describe('a client of the same dialect', () => {
  it('and its server see each other’s bytes, with the model replaced', async () => {
    const events = [...said, ...closing]
    const { gateway, upstream } = await start(answer(events))
    const response = await asClient(gateway)
    expect(await response.text()).toBe(events.join(''))
    expect(upstream.calls[0]?.body).toBe(body.replace('"chat"', '"main-model"'))
  })

  it('opts into features, and sends nothing else of its head', async () => {
    const { gateway, upstream } = await start(answer([...said, ...closing]))
    await (await asClient(gateway)).text()
    const headers = upstream.calls[0]?.request.headers
    expect(headers).toMatchObject({ 'anthropic-beta': 'context-1m', 'x-api-key': key })
    for (const name of ['cookie', 'x-private', 'authorization']) expect(headers).not.toHaveProperty(name)
  })

  it('is told that an answer broke off, and is shown no end', async () => {
    const { gateway } = await start(answer(said))
    const text = await (await asClient(gateway)).text()
    expect(text).toContain(said.join(''))
    expect(text).toContain('event: error')
    expect(text).not.toContain('event: message_stop')
  })

  it('gets the status and the kind of an error, and never our key', async () => {
    const { gateway } = await start((call) =>
      sendJson(
        call,
        { type: 'error', error: { type: 'rate_limit_error', message: `slow down ${key}` } },
        429,
        {
          'retry-after': '7',
          'set-cookie': 'a=b',
        },
      ),
    )
    const response = await asClient(gateway)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('7')
    expect(response.headers.get('set-cookie')).toBeNull()
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } })
    expect(text).not.toContain(key)
  })
})

describe('a client of chat completions', () => {
  it('gets chunks, with the usage of the end', async () => {
    const { gateway } = await start(answer([...said, ...closing]))
    const response = await gateway.post(ask('x', { stream: true, stream_options: { include_usage: true } }))
    const chunks = (await response.text()).split('\n\n').filter((line) => line.startsWith('data: {'))
    const values = chunks.map((line) => JSON.parse(line.slice(6)))
    expect(values.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hi')
    expect(values.filter(({ usage }) => usage)).toMatchObject([
      { choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } },
    ])
  })

  it('is refused what the API cannot say, with 400 and the field', async () => {
    const { gateway, upstream } = await start(answer([...said, ...closing]))
    const response = await gateway.post(ask('x', { seed: 1 }))
    expect(response.status).toBe(400)
    expect(JSON.stringify(await response.json())).toContain('seed')
    expect(upstream.calls).toHaveLength(0)
  })
})
