// Azure's paths and its key header, asked by the official client and by hand.

import OpenAI, { AuthenticationError, AzureOpenAI, NotFoundError } from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import { clientKey, failureOf, startClientGateway } from './__fixtures__/client-gateway.js'
import type { TestGateway, TestOptions } from './__fixtures__/harness.js'
import { startEmbeddingGateway } from './__fixtures__/length-embedder.js'
import { closeAll, start as startBeforeUpstream } from './__fixtures__/start-gateway.js'
import { completion, sendJson } from './__fixtures__/upstream.js'

let gateway: TestGateway | undefined
const start = async (options: TestOptions = {}) => {
  gateway = await startClientGateway(options)
  return { url: gateway.url, client: azure(gateway.url) }
}
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
  await closeAll()
})

const azure = (endpoint: string, apiKey = clientKey) =>
  new AzureOpenAI({ endpoint, apiKey, apiVersion: '2024-10-21', maxRetries: 0 })
const messages = [{ role: 'user' as const, content: 'hi' }]

describe("Azure's client", () => {
  it('gets an answer of the deployment that its path names, whole and streamed', async () => {
    const { client } = await start({ models: { main: { text: ['Hel', 'lo'] } } })
    const answer = await client.chat.completions.create({ model: 'chat', messages })
    expect(answer.choices[0]?.message.content).toBe('Hello')
    let text = ''
    for await (const piece of await client.chat.completions.create({ model: 'chat', messages, stream: true }))
      text += piece.choices[0]?.delta.content ?? ''
    expect(text).toBe('Hello')
  })

  it('gets embeddings', async () => {
    gateway = await startEmbeddingGateway()
    const { data } = await azure(gateway.url).embeddings.create({ model: 'vectors', input: ['a', 'bcd'] })
    expect(data.map(({ embedding }) => embedding)).toEqual([
      [1, 0.5],
      [3, 1],
    ])
  })

  it('raises its own error for a wrong key and an unknown deployment', async () => {
    const { url, client } = await start()
    const create = (of: AzureOpenAI, model: string) =>
      failureOf(of.chat.completions.create({ model, messages }))
    expect(await create(azure(url, 'la-wrong'), 'chat')).toBeInstanceOf(AuthenticationError)
    expect(await create(client, 'nobody')).toBeInstanceOf(NotFoundError)
  })

  it('finds what is no deployment’s right under /openai', async () => {
    const { url } = await start({ models: { main: 'Hello' } })
    const client = new AzureOpenAI({
      endpoint: url,
      apiKey: clientKey,
      apiVersion: '2025-04-01-preview',
      maxRetries: 0,
    })
    const answer = await client.responses.create({ model: 'chat', input: 'hi', store: false })
    expect(answer.output_text).toBe('Hello')
    expect((await client.models.retrieve('chat')).id).toBe('chat')
  })

  it("works under Azure's newer paths, which have no deployment in them", async () => {
    const { url } = await start({ models: { main: 'Hello' } })
    const client = new OpenAI({ baseURL: `${url}/openai/v1`, apiKey: clientKey, maxRetries: 0 })
    const answer = await client.responses.create({ model: 'chat', input: 'hi', store: false })
    expect(answer.output_text).toBe('Hello')
    expect((await client.models.retrieve('chat')).id).toBe('chat')
  })
})

describe('a request to a deployment of Azure', () => {
  it('needs no model, and one in its body gives way to the path', async () => {
    const { gateway, upstream } = await startBeforeUpstream((call) => sendJson(call, completion('hi')))
    const post = (body: object) =>
      gateway.postTo('/openai/deployments/chat/chat/completions?api-version=2024-10-21', body)
    expect((await post({ messages, seed: 7 })).status).toBe(200)
    expect((await post({ model: 'gpt-4o', messages })).status).toBe(200)
    expect(upstream.calls.map(({ body }) => JSON.parse(body))).toEqual([
      { model: 'main-model', messages, seed: 7 },
      { model: 'main-model', messages },
    ])
  })

  it('is told what is wrong with it, and what Azure has beyond these paths is not there', async () => {
    const { url } = await start()
    const ask = async (path: string, body: unknown) => {
      const response = await fetch(`${url}/openai/deployments/chat/${path}`, {
        method: 'POST',
        headers: { 'api-key': clientKey },
        body: JSON.stringify(body),
      })
      return [response.status, ((await response.json()) as { error: { param: unknown } }).error.param]
    }
    expect(await ask('chat/completions', { messages: [] })).toEqual([400, 'messages'])
    expect(await ask('chat/completions', [])).toEqual([400, 'body'])
    expect(await ask('images/generations', {})).toEqual([404, null])
  })
})
