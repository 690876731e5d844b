// The tool runner of the official Anthropic client, which asks for a thread of Anthropic's and can do without, before a
// server of chat completions.

import Anthropic from '@anthropic-ai/sdk'
import { afterEach, expect, it } from 'vitest'
import { closeAll, start } from './__fixtures__/start-gateway.js'
import { completion, sendJson } from './__fixtures__/upstream.js'

afterEach(closeAll)

const wanted = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } }
const calling = {
  ...completion(''),
  choices: [
    {
      index: 0,
      finish_reason: 'tool_calls',
      message: { role: 'assistant', content: null, tool_calls: [wanted] },
    },
  ],
}

it('runs tools to the end, with all that was said in every request', async () => {
  const { gateway, upstream } = await start((call, index) =>
    sendJson(call, index === 0 ? calling : completion('21 degrees.')),
  )
  const client = new Anthropic({ baseURL: gateway.url, apiKey: 'none', maxRetries: 0 })
  const { content } = await client.beta.messages.toolRunner({
    model: 'chat',
    max_tokens: 64,
    messages: [{ role: 'user', content: 'hi' }],
    tools: [
      { name: 'weather', input_schema: { type: 'object' }, run: async () => 'sunny', parse: () => ({}) },
    ],
  })
  expect(content).toMatchObject([{ type: 'text', text: '21 degrees.' }])
  expect(JSON.parse(upstream.calls.at(-1)?.body ?? '').messages).toMatchObject([
    { role: 'user', content: 'hi' },
    { role: 'assistant', tool_calls: [{ id: 'call_1' }] },
    { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
  ])
})

it.each([
  [400, { error_code: 'thread_unsupported_request', unsupported: ['thread'] }],
  [404, { error_code: 'thread_not_found' }],
  [409, { error_code: 'thread_already_continued' }],
])('is told by the server it asks that a thread is not there (%i)', async (status, details) => {
  const { gateway } = await start((call) =>
    sendJson(call, { error: { message: 'No such thread.', details } }, status),
  )
  const response = await gateway.postTo(
    '/v1/messages',
    { model: 'chat', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] },
    { 'anthropic-version': '2023-06-01' },
  )
  expect([response.status, await response.json()]).toMatchObject([status, { error: { details } }])
})
