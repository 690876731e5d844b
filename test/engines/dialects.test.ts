// Real vLLM spoken to in each of its three APIs: what a client gets is the same, whichever is spoken behind it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSseParser } from '../../src/llm/index.js'
import { vllmUrl } from './engine-addresses.js'
import { servedName } from './engines-home.js'
import { collectStream, type ServedSystem, serveOn } from './serve-on.js'

const dialects = ['openai-chat', 'openai-responses', 'anthropic-messages']
let system: ServedSystem

beforeAll(async () => {
  system = await serveOn({
    deployments: dialects.map((dialect) => ({
      id: dialect,
      engine: 'vllm',
      dialect,
      model: servedName,
      address: `${vllmUrl()}/v1`,
      contextLength: 1024,
    })),
    routes: Object.fromEntries(dialects.map((dialect) => [dialect, { deployment: dialect }])),
  })
})
afterAll(() => system?.close())

const messages = [{ role: 'user' as const, content: 'What does a transfer to another bank cost?' }]
const asked = { messages, temperature: 0, max_tokens: 24 }

describe('a client of chat completions', () => {
  it.each(dialects)(
    'gets the same text and the same counts, whole and streamed, through %s',
    async (model) => {
      const expected = await system.client.chat.completions.create({ ...asked, model: 'openai-chat' })
      const answer = await system.client.chat.completions.create({ ...asked, model })
      expect(answer.choices[0]?.message.content).toBe(expected.choices[0]?.message.content)
      expect(answer.choices[0]?.finish_reason).toBe(expected.choices[0]?.finish_reason)
      expect(answer.usage).toMatchObject({
        prompt_tokens: expected.usage?.prompt_tokens,
        completion_tokens: expected.usage?.completion_tokens,
      })
      const streamed = await collectStream(system.client, { ...asked, model })
      expect(streamed.text).toBe(expected.choices[0]?.message.content)
      expect(streamed.finish).toEqual([expected.choices[0]?.finish_reason])
      expect(streamed.usage?.completion_tokens).toBe(expected.usage?.completion_tokens)
    },
  )
})

describe('a client of the Messages API', () => {
  const eventsOf = async (url: string, model: string) => {
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({ ...asked, model, stream: true }),
    })
    expect(response.status).toBe(200)
    return createSseParser().push(Buffer.from(await response.arrayBuffer()))
  }
  /** Repeated deltas are one: how a text is cut is up to the server. */
  const typesOf = (events: Awaited<ReturnType<typeof eventsOf>>) =>
    events
      .map(({ data }) => JSON.parse(data).type as string)
      .filter((type, i, types) => type !== 'ping' && type !== types[i - 1])
  const textOf = (events: Awaited<ReturnType<typeof eventsOf>>) =>
    events.map(({ data }) => JSON.parse(data).delta?.text ?? '').join('')

  it.each(dialects)(
    'sees the events that vLLM itself writes, with the same text, through %s',
    async (model) => {
      const direct = await eventsOf(vllmUrl(), servedName)
      const through = await eventsOf(system.url, model)
      expect(typesOf(through)).toEqual(typesOf(direct))
      expect(textOf(through)).toBe(textOf(direct))
      expect(textOf(through)).not.toBe('')
    },
  )
})
