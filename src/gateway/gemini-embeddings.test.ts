import { GoogleGenAI } from '@google/genai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startEmbeddingGateway } from './__fixtures__/length-embedder.js'

let gateway: Awaited<ReturnType<typeof startEmbeddingGateway>>
beforeEach(async () => {
  gateway = await startEmbeddingGateway()
})
afterEach(() => gateway.close())

const post = async (verb: string, body: unknown, model = 'vectors') => {
  const response = await gateway.postTo(`/v1beta/models/${model}:${verb}`, body, {
    'x-goog-api-key': 'la-key',
  })
  return { status: response.status, body: await response.json() }
}
const content = (text: string) => ({ parts: [{ text }] })

describe('embeddings for Gemini clients', () => {
  it('are what the official client gets', async () => {
    const client = new GoogleGenAI({ apiKey: 'la-key', httpOptions: { baseUrl: gateway.url } })
    const { embeddings } = await client.models.embedContent({
      model: 'vectors',
      contents: ['a', 'bcd'],
      config: { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 2 },
    })
    expect(embeddings).toEqual([{ values: [1, 0.5] }, { values: [3, 1] }])
    expect(gateway.asked).toEqual([
      { input: ['a', 'bcd'], encoding: 'float', dimensions: 2, inputType: 'query', extra: {} },
    ])
    expect(gateway.ledger.attempts[0]?.settled?.usage.input.total).toBe(7)
  })

  it('of one content have one vector', async () => {
    const { body } = await post('embedContent', {
      content: { parts: [{ text: 'a' }, { text: 'b' }] },
      task_type: 'RETRIEVAL_DOCUMENT',
    })
    expect(body).toEqual({ embedding: { values: [2, 0.5] }, usageMetadata: { promptTokenCount: 7 } })
    expect(gateway.asked[0]).toMatchObject({ input: ['ab'], inputType: 'document' })
  })

  it.each([
    ['embedContent', {}, 'content'],
    ['embedContent', { content: { parts: [] } }, 'content.parts'],
    ['embedContent', { content: { parts: [{ text: '' }] } }, 'content.parts'],
    ['embedContent', { content: { parts: [{ inlineData: {} }] } }, 'content.parts'],
    ['embedContent', { content: content('a'), taskType: 'CLUSTERING' }, 'taskType'],
    ['embedContent', { content: content('a'), title: 'A' }, 'title'],
    ['embedContent', { content: content('a'), model: 'models/other' }, 'model'],
    ['batchEmbedContents', {}, 'requests'],
    ['batchEmbedContents', { requests: [] }, 'requests'],
    ['batchEmbedContents', { requests: null }, 'requests'],
    ['batchEmbedContents', { requests: [5] }, 'requests'],
    ['batchEmbedContents', { requests: 'text' }, 'requests'],
    [
      'batchEmbedContents',
      { requests: [{ content: content('a') }, { content: {} }] },
      'requests[1].content.parts',
    ],
    [
      'batchEmbedContents',
      { requests: [{ content: content('a') }, { content: content('b'), taskType: 'RETRIEVAL_QUERY' }] },
      'requests[1].taskType',
    ],
    [
      'batchEmbedContents',
      { requests: [{ content: content('a'), outputDimensionality: 2 }, { content: content('b') }] },
      'requests[1].outputDimensionality',
    ],
  ])('that cannot be made name the field: %s %j', async (verb, body, field) => {
    const refused = await post(verb, body)
    expect(refused.body).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } })
    const { details } = (refused.body as { error: { details: { fieldViolations?: unknown }[] } }).error
    expect(details).toContainEqual(
      expect.objectContaining({ fieldViolations: [expect.objectContaining({ field })] }),
    )
    expect(gateway.asked).toEqual([])
  })

  it('are not made by a model that chats', async () => {
    expect(await post('embedContent', { content: content('a') }, 'chat')).toMatchObject({
      body: { error: { code: 400 } },
    })
  })
})
