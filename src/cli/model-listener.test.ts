import { afterEach, expect, it } from 'vitest'
import { silentLog } from '../core/index.js'
import { createPortEmbeddingModel, createPortRerankModel } from '../llm/index.js'
import { type ModelListener, startModelListener } from './model-listener.js'

let listener: ModelListener
afterEach(() => listener.close())

const start = async (vectors: () => Promise<number[][]>) => {
  const model = createPortEmbeddingModel({
    id: 'here',
    contextLength: 512,
    embedTexts: async () => ({ vectors: await vectors(), inputTokens: 3 }),
  })
  const judge = createPortRerankModel({
    id: 'judge',
    contextLength: 512,
    rankTexts: async ({ query, documents }) => {
      if (query === 'fail') throw new Error('out of memory')
      return { scores: documents.map((text) => (text === query ? 0.9 : 0.2)), inputTokens: 3 }
    },
  })
  listener = await startModelListener(
    { embeddingModels: new Map([['here', model]]), rerankModels: new Map([['judge', judge]]) },
    silentLog,
  )
}
const post = async (body: object, { key = listener.key, path = '/embeddings' } = {}) => {
  const response = await fetch(`${listener.address}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}
const asked = { model: 'here', input: ['a'] }

it('answers who knows its token, and nobody else', async () => {
  await start(async () => [[1, 2]])
  expect(await post(asked)).toMatchObject({
    status: 200,
    body: { data: [{ index: 0, embedding: [1, 2] }], usage: { prompt_tokens: 3 } },
  })
  for (const key of ['', 'none', listener.key.slice(1)]) expect((await post(asked, { key })).status).toBe(401)
})

it('says what is not there and what failed', async () => {
  await start(async () => {
    throw new Error('out of memory')
  })
  expect((await post({ ...asked, model: 'gone' })).status).toBe(404)
  expect((await post(asked, { path: '/chat/completions' })).status).toBe(404)
  expect(await post(asked)).toMatchObject({
    status: 503,
    body: { error: { message: expect.stringMatching(/out of memory/) } },
  })
})

it('ranks documents as a rerank endpoint does', async () => {
  await start(async () => [])
  const rank = (query: string) =>
    post({ model: 'judge', query, documents: ['a', 'b', 'c'] }, { path: '/rerank' })
  expect(await rank('b')).toEqual({
    status: 200,
    body: {
      results: [
        { index: 1, relevance_score: 0.9 },
        { index: 0, relevance_score: 0.2 },
        { index: 2, relevance_score: 0.2 },
      ],
    },
  })
  expect(await rank('fail')).toMatchObject({
    status: 503,
    body: { error: { message: expect.stringMatching(/out of memory/) } },
  })
})
