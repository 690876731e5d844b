// Embeddings as the AI SDK and LangChain ask for them; embeddings.test.ts and gemini-embeddings.test.ts have the
// clients of the vendors.

import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { OpenAIEmbeddings } from '@langchain/openai'
import { type EmbeddingModel, embed, embedMany } from 'ai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clientKey as apiKey, failureOf } from './__fixtures__/client-gateway.js'
import { startEmbeddingGateway } from './__fixtures__/length-embedder.js'

let gateway: Awaited<ReturnType<typeof startEmbeddingGateway>>
beforeEach(async () => {
  gateway = await startEmbeddingGateway()
})
afterEach(() => gateway.close())

const providers: Readonly<Record<string, (url: string, model: string) => EmbeddingModel>> = {
  openai: (url, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey }).embedding(model),
  'openai-compatible': (url, model) =>
    createOpenAICompatible({ name: 'gateway', baseURL: `${url}/v1`, apiKey }).embeddingModel(model),
  google: (url, model) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey }).embedding(model),
}

describe.each(Object.entries(providers))('the AI SDK with its provider %s', (_name, provider) => {
  it('gets the vector of one text', async () => {
    const { embedding } = await embed({ model: provider(gateway.url, 'vectors'), value: 'abc' })
    expect(embedding).toEqual([3, 0.5])
  })

  it('gets the vectors of several texts, in their order', async () => {
    const model = provider(gateway.url, 'vectors')
    const { embeddings } = await embedMany({ model, values: ['a', 'bcd'] })
    expect(embeddings).toEqual([
      [1, 0.5],
      [3, 1],
    ])
    expect(gateway.asked).toMatchObject([{ input: ['a', 'bcd'] }])
  })

  it('is told that a model makes none', async () => {
    const model = provider(gateway.url, 'chat')
    expect(await failureOf(embed({ model, value: 'a', maxRetries: 0 }))).toMatchObject({ statusCode: 400 })
  })
})

describe('OpenAIEmbeddings of LangChain', () => {
  const clientOf = (model: string) =>
    new OpenAIEmbeddings({ model, apiKey, maxRetries: 0, configuration: { baseURL: `${gateway.url}/v1` } })

  it('gets the vectors of a query and of documents', async () => {
    expect(await clientOf('vectors').embedQuery('abc')).toEqual([3, 0.5])
    expect(await clientOf('vectors').embedDocuments(['a', 'bcd'])).toEqual([
      [1, 0.5],
      [3, 1],
    ])
  })

  it('is told that a model makes none', async () => {
    expect(await failureOf(clientOf('chat').embedQuery('a'))).toMatchObject({ status: 400, param: 'model' })
  })
})
