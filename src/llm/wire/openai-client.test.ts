// OpenAI's official client as a black box: what our encoders write is what it reads.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChatEvent } from '../contract.js'
import { codecs, type ServedDialect } from './codecs.js'

const passage = { id: 'p_1', path: 'fees/轉帳.md', title: 'Fees', start: 10, end: 60, score: 0.5 }
/** An answer as an engine without a wire gives it. */
const events: readonly ChatEvent[] = [
  { type: 'start', choice: 0, id: 'answer-1', model: 'tiny-1' },
  { type: 'reasoning', choice: 0, text: 'A transfer.' },
  { type: 'text', choice: 0, text: '跨行轉帳手續費' },
  { type: 'text', choice: 0, text: '為 15 元。' },
  { type: 'citation', choice: 0, passage, start: 0, end: 13 },
  { type: 'tool-call', choice: 0, index: 0, id: 'call_1', name: 'block_card', arguments: '{"last4":' },
  { type: 'tool-call', choice: 0, index: 0, arguments: '"1234"}' },
  { type: 'finish', choice: 0, reason: 'tool_calls' },
  {
    type: 'usage',
    choice: 0,
    usage: { input: { total: 90, cacheRead: 64, cacheWrite: 0 }, output: { total: 12, reasoning: 3 } },
  },
]
const text = '跨行轉帳手續費為 15 元。'
const options = { id: 'answer-1', model: 'support', createdSeconds: 1764054000 }

const dialectOf = (path: string): ServedDialect =>
  path.endsWith('/responses') ? 'openai-responses' : 'openai-chat'

let server: Server
let baseURL: string
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const bytes of request) body += bytes
    const codec = codecs[dialectOf(request.url ?? '')]
    if (JSON.parse(body).stream === true) {
      const encoder = codec.createStreamEncoder(options)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const event of events) response.write(encoder.encode([event]))
      response.end(encoder.end())
    } else {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(codec.encodeAnswer(events, options)))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const messages = [{ role: 'user' as const, content: '?' }]

describe('the openai client', () => {
  const client = () => new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: 'la-test', maxRetries: 0 })

  it('reads a chat completion', async () => {
    const answer = await client().chat.completions.create({ model: 'support', messages })
    const [choice] = answer.choices
    expect(choice?.message.content).toBe(text)
    expect(choice?.finish_reason).toBe('tool_calls')
    expect(choice?.message.tool_calls).toMatchObject([
      { id: 'call_1', function: { arguments: '{"last4":"1234"}' } },
    ])
    expect(choice?.message.annotations).toMatchObject([
      {
        type: 'url_citation',
        url_citation: { url: 'fees/轉帳.md#10-60', title: 'Fees', start_index: 0, end_index: 13 },
      },
    ])
    expect(answer.usage).toMatchObject({
      prompt_tokens: 90,
      total_tokens: 102,
      prompt_tokens_details: { cached_tokens: 64 },
    })
  })

  it('reads a stream of chunks', async () => {
    const final = await client()
      .chat.completions.stream({ model: 'support', messages, stream_options: { include_usage: true } })
      .finalChatCompletion()
    expect(final.choices[0]?.message.content).toBe(text)
    expect(final.choices[0]?.message.tool_calls).toMatchObject([
      { function: { name: 'block_card', arguments: '{"last4":"1234"}' } },
    ])
    expect(final.usage?.completion_tokens).toBe(12)
  })

  it('reads a response, whole and streamed', async () => {
    const whole = await client().responses.create({ model: 'support', input: '?' })
    const streamed = await client().responses.stream({ model: 'support', input: '?' }).finalResponse()
    for (const response of [whole, streamed]) {
      expect(response.output_text).toBe(text)
      expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call'])
      expect(response.usage).toMatchObject({ input_tokens: 90, output_tokens: 12 })
    }
  })
})
