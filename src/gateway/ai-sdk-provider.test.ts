// Installed providers of the AI SDK as engines of a gateway, each before a server that speaks its API, and clients of
// another API before them.

import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import OpenAI from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import { createAiSdkModel, type HttpModelOptions, type ProviderModel } from '../llm/index.js'
import { clientKey, failureOf, firstAttempt, startClientGateway } from './__fixtures__/client-gateway.js'
import type { TestGateway } from './__fixtures__/harness.js'
import {
  chunk,
  completion,
  finish,
  sendEvents,
  sendJson,
  startUpstream,
  type Upstream,
  type UpstreamCall,
} from './__fixtures__/upstream.js'

let upstream: Upstream
let gateway: TestGateway
let client: OpenAI
afterEach(async () => {
  await gateway.close()
  await upstream.close()
})

const apiKey = 'sk-0123456789abcdef'
type Provide = (baseURL: string, model: string) => ProviderModel
const compatible: Provide = (baseURL, model) =>
  createOpenAICompatible({ name: 'compatible', baseURL, apiKey, includeUsage: true }).chatModel(model)
const anthropic: Provide = (baseURL, model) => createAnthropic({ baseURL, apiKey })(model)

const start = async (provide: Provide, behave: (call: UpstreamCall) => void | Promise<void>) => {
  upstream = await startUpstream(behave)
  const create = ({ deployment, facts, clock }: HttpModelOptions) =>
    createAiSdkModel({
      deployment,
      facts,
      clock,
      model: provide(upstream.address, deployment.model),
      secrets: [apiKey],
    })
  gateway = await startClientGateway({ models: { main: upstream.model('main', undefined, { create }) } })
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: clientKey, maxRetries: 0 })
}

const messages = [{ role: 'user' as const, content: 'hi' }]
const ask = (more: object = {}) =>
  client.chat.completions.create({ model: 'chat', messages, ...more, stream: false })
const stream = (more: object = {}) => client.chat.completions.stream({ model: 'chat', messages, ...more })
const sent = () => JSON.parse(upstream.calls.at(-1)?.body ?? '{}')
const tools = [
  {
    type: 'function' as const,
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
]

const named = (event: { readonly type: string; readonly [field: string]: unknown }) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
const message = (content: readonly object[], stop_reason: string | null) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'up',
  content,
  stop_reason,
  stop_sequence: null,
  usage: { input_tokens: 5, cache_read_input_tokens: 4, output_tokens: 3 },
})
const messageStart = named({ type: 'message_start', message: message([], null) })
const messageEnd = (stop_reason: string) =>
  named({
    type: 'message_delta',
    delta: { stop_reason, stop_sequence: null },
    usage: { output_tokens: 3 },
  }) + named({ type: 'message_stop' })
const block = (content_block: object, ...deltas: readonly object[]) =>
  [
    { type: 'content_block_start', index: 0, content_block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
    { type: 'content_block_stop', index: 0 },
  ]
    .map(named)
    .join('')

/** What the server of each provider says, for one and the same. */
const servers = {
  'openai-compatible': {
    provide: compatible,
    path: '/v1/chat/completions',
    whole: completion('Hello'),
    text: (...pieces: readonly string[]) => pieces.map((content) => chunk({ content })).join(''),
    finish,
    call:
      chunk({
        tool_calls: [
          {
            index: 0,
            id: 'call_1',
            type: 'function',
            function: { name: 'weather', arguments: '{"city":' },
          },
        ],
      }) +
      chunk({ tool_calls: [{ index: 0, function: { arguments: '"Taipei"}' } }] }) +
      chunk({}, { finish_reason: 'tool_calls' }) +
      'data: [DONE]\n\n',
    failure: (text: string) => ({ error: { message: text, type: 'rate_limit_error', code: 'busy' } }),
    inside: 'data: {"error":{"message":"Overloaded","type":"server_error","code":"overloaded"}}\n\n',
  },
  anthropic: {
    provide: anthropic,
    path: '/v1/messages',
    whole: message([{ type: 'text', text: 'Hello' }], 'end_turn'),
    text: (...pieces: readonly string[]) =>
      messageStart +
      block({ type: 'text', text: '' }, ...pieces.map((text) => ({ type: 'text_delta', text }))),
    finish: messageEnd('end_turn'),
    call:
      messageStart +
      block(
        { type: 'tool_use', id: 'call_1', name: 'weather', input: {} },
        { type: 'input_json_delta', partial_json: '{"city":' },
        { type: 'input_json_delta', partial_json: '"Taipei"}' },
      ) +
      messageEnd('tool_use'),
    failure: (text: string) => ({ type: 'error', error: { type: 'rate_limit_error', message: text } }),
    inside: named({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
  },
} as const

describe.each(Object.entries(servers))('a gateway before the provider %s', (name, server) => {
  it('answers whole, with usage', async () => {
    await start(server.provide, (call) => sendJson(call, server.whole))
    const answer = await ask({ temperature: 0.5 })
    expect(answer.choices[0]).toMatchObject({ message: { content: 'Hello' }, finish_reason: 'stop' })
    expect(upstream.calls[0]?.request.url).toBe(server.path)
    expect(sent()).toMatchObject({ model: 'main-model', temperature: 0.5 })
    const settled = await firstAttempt(gateway)
    const input = name === 'anthropic' ? { total: 9, cacheRead: 4 } : { total: 7, cacheRead: 0 }
    expect(settled).toMatchObject({
      end: 'finished',
      usageSource: 'reported',
      usage: { input, output: { total: 3 } },
    })
  })

  it('streams', async () => {
    await start(server.provide, (call) => {
      sendEvents(call, server.text('Hel', 'lo') + server.finish)
      call.response.end()
    })
    const pieces: string[] = []
    const answer = stream()
    for await (const piece of answer)
      if (piece.choices[0]?.delta.content) pieces.push(piece.choices[0].delta.content)
    expect(pieces).toEqual(['Hel', 'lo'])
    expect((await answer.finalChatCompletion()).choices[0]?.finish_reason).toBe('stop')
  })

  it('passes on a tool call and its result', async () => {
    await start(server.provide, (call) => {
      sendEvents(call, upstream.calls.length === 1 ? server.call : server.text('21 degrees.') + server.finish)
      call.response.end()
    })
    const called = await stream({ tools }).finalChatCompletion()
    const [said] = called.choices
    expect(said).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [{ id: 'call_1', function: { name: 'weather', arguments: '{"city":"Taipei"}' } }],
      },
    })
    expect(JSON.stringify(sent().tools)).toContain('weather')
    const history = [...messages, said?.message, { role: 'tool', tool_call_id: 'call_1', content: '21' }]
    const answer = await stream({ tools, messages: history }).finalChatCompletion()
    expect(answer.choices[0]?.message.content).toBe('21 degrees.')
    expect(JSON.stringify(sent().messages)).toMatch(/Taipei.*call_1.*21/)
  })

  it('is told what its server refuses, and when to come again', async () => {
    await start(server.provide, (call) =>
      sendJson(call, server.failure(`Slow down, ${apiKey}.`), 429, { 'retry-after': '7' }),
    )
    const failed = (await failureOf(ask())) as { status: number; headers: Headers }
    expect(failed.status).toBe(429)
    expect(failed.headers.get('retry-after')).toBe('7')
    expect(JSON.stringify(failed) + String(failed)).not.toContain(apiKey)
    const { error } = await firstAttempt(gateway)
    expect(error).toMatchObject({
      code: 'llm.upstream-status',
      params: { status: 429, upstreamType: 'rate_limit_error', detail: 'Slow down, [key].' },
    })
  })

  it.each(['reset', 'end', 'error'])(
    'ends a stream that its server breaks off by an error: %s',
    async (how) => {
      let hear: () => void = () => {}
      const heard = new Promise<void>((resolve) => {
        hear = resolve
      })
      await start(server.provide, async (call) => {
        sendEvents(call, server.text('Hel'))
        await heard
        if (how === 'reset') call.response.destroy()
        else call.response.end(how === 'error' ? server.inside : '')
      })
      let text = ''
      const failed = await failureOf(
        (async () => {
          for await (const piece of stream()) {
            text += piece.choices[0]?.delta.content ?? ''
            if (text !== '') hear()
          }
        })(),
      )
      expect(text).toBe('Hel')
      expect(failed).toMatchObject({ code: how === 'error' ? 'upstream_error' : 'upstream_broke_off' })
      expect(await firstAttempt(gateway)).toMatchObject({ end: 'failed' })
    },
  )

  it('ends the call of a server whose client has left', async () => {
    await start(server.provide, (call) => sendEvents(call, server.text('Hel')))
    const answer = stream()
    const failed = await failureOf(
      (async () => {
        for await (const piece of answer) if (piece.choices[0]?.delta.content) answer.abort()
      })(),
    )
    expect(failed).toBeInstanceOf(OpenAI.APIUserAbortError)
    await upstream.calls[0]?.closed
    expect(await firstAttempt(gateway)).toMatchObject({ end: 'cancelled' })
  })
})

describe('what a provider leaves out', () => {
  it.each([false, true])('is a 400 that names the field (streamed: %s)', async (isStreamed) => {
    await start(anthropic, (call) => {
      if (!isStreamed) return sendJson(call, servers.anthropic.whole)
      sendEvents(call, servers.anthropic.text('Hello') + servers.anthropic.finish)
    })
    const more = { frequency_penalty: 0.5 }
    const failed = await failureOf(isStreamed ? stream(more).finalChatCompletion() : ask(more))
    expect(failed).toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'frequency_penalty' })
  })
})
