import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../core/index.js'
import { createHttpRerankModel, type RerankShape } from '../llm/index.js'
import { startTestGateway, type TestGateway } from './__fixtures__/harness.js'
import { startVectorUpstream, type VectorUpstream } from './__fixtures__/vector-upstream.js'

let upstream: VectorUpstream
let gateway: TestGateway
let model: ReturnType<typeof createHttpRerankModel>
beforeEach(async () => {
  upstream = await startVectorUpstream()
})
afterEach(async () => {
  await gateway.close()
  await upstream.close()
  await model.close()
})

const start = async (shape: RerankShape = 'jina', more: Record<string, unknown> = {}) => {
  const timeouts = { connectMs: 500, firstContentMs: 300, idleMs: 300 }
  const address = shape === 'tei' ? upstream.address.replace('/v1', '') : upstream.address
  model = createHttpRerankModel({
    deployment: { id: 'judge', model: 'bge', address, timeouts, contextLength: 512 },
    shape,
    apiKey: 'upstream-key',
    clock: systemClock,
  })
  gateway = await startTestGateway({
    rerankModels: { judge: model },
    architecture: {
      deployments: [
        { id: 'main', engine: 'scripted', model: 'main' },
        { id: 'judge', kind: 'rerank', engine: shape, model: 'bge' },
      ],
      routes: [
        { name: 'chat', strategy: { deployment: 'main' } },
        { name: 'order', strategy: { deployment: 'judge' }, ...more },
      ],
      guardrails: [{ id: 'strict', input: { personalData: 'redact', secrets: 'block', injection: 'off' } }],
    },
  })
}
const documents = ['the weather is fine', 'a transfer costs a fee of NT$15', 'a fee']
interface Body {
  readonly error: { readonly message: string }
  readonly results: readonly { readonly index: number; readonly document?: { readonly text: string } }[]
  readonly usage: object
}
const post = async (body: Record<string, unknown>, path = '/v1/rerank') => {
  const response = await gateway.postTo(path, { model: 'order', query: 'transfer fee', documents, ...body })
  return { status: response.status, body: (await response.json()) as Body }
}
const order = (body: Body) => body.results.map(({ index }) => index)

describe('POST /v1/rerank', () => {
  it.each(['jina', 'tei'] as const)('puts documents in order (%s)', async (shape) => {
    await start(shape)
    const { status, body } = await post({ top_n: 2, return_documents: true })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      model: 'order',
      results: [
        { index: 1, relevance_score: 1, document: { text: documents[1] } },
        { index: 2, relevance_score: 0.5 },
      ],
    })
    expect(body.results).toHaveLength(2)
    const [call] = upstream.calls
    expect(call?.headers.authorization).toBe('Bearer upstream-key')
    expect(call?.body).toMatchObject(
      shape === 'tei' ? { texts: documents } : { model: 'bge', documents, top_n: 2 },
    )
  })

  it.each(['/v1/rerank', '/v2/rerank', '/rerank'])(
    'answers at %s, and leaves documents out unless asked',
    async (path) => {
      await start()
      const { body } = await post({}, path)
      expect(order(body)).toEqual([1, 2, 0])
      expect(body.results[0]).not.toHaveProperty('document')
    },
  )

  it('takes documents as objects with a text', async () => {
    await start()
    expect(order((await post({ documents: documents.map((text) => ({ text, id: 1 })) })).body)).toEqual([
      1, 2, 0,
    ])
    expect(upstream.calls[0]?.body.documents).toEqual(documents)
  })

  it('is journalled and settled', async () => {
    await start()
    const { body } = await post({})
    expect(body.usage).toEqual({ prompt_tokens: 33, total_tokens: 33 })
    expect(gateway.ledger.attempts).toMatchObject([
      { route: 'order', deployment: 'judge', settled: { end: 'finished', usage: { input: { total: 33 } } } },
    ])
  })

  it('names everything that is wrong at once', async () => {
    await start()
    const { status, body } = await post({ query: ' ', documents: [], top_n: 0 })
    expect(status).toBe(400)
    for (const field of ['query', 'documents', 'top_n'])
      expect(body.error.message).toContain(`"${field}" must be`)
  })

  it.each([
    ['an index twice', [0, 0, 1]],
    ['an index that is not there', [0, 1, 3]],
    ['fewer results than asked for', [0]],
  ])('passes nothing on of an answer with %s', async (_what, indexes) => {
    await start()
    upstream.behaviour.answer = { results: indexes.map((index) => ({ index, relevance_score: 1 })) }
    expect((await post({})).status).toBe(502)
  })

  it('serves no other endpoint', async () => {
    await start()
    const chat = await gateway.postTo('/v1/embeddings', { model: 'order', input: 'a' })
    expect(chat.status).toBe(400)
    expect(((await chat.json()) as Body).error.message).toContain('/v1/rerank')
    expect((await post({ model: 'chat' })).body.error.message).toContain('/v1/chat/completions')
  })

  it('guards the query and the documents, and returns the documents as they were sent', async () => {
    await start('jina', { guardrails: 'strict' })
    const personal = 'transfer fee, ask ann.lee@example.com'
    const { body } = await post({ documents: [personal, 'rain'], return_documents: true })
    expect(upstream.calls[0]?.body.documents[0]).not.toContain('ann.lee')
    expect(body.results[0]?.document?.text).toBe(personal)
  })
})
