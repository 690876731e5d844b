import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Clock, silentLog, systemClock } from '../core/index.js'
import { createTestFolder, knowledgeBase, signal, type TestFolder } from './__fixtures__/folder.js'
import { createEmbedder } from './embed.js'
import { createKnowledgeEngine, type KnowledgeEngine } from './knowledge-engine.js'

const concepts = [/fee|cost|charge|手續費|費用/i, /app|phone|手機/i, /loan|貸款|借/i]

/** An embeddings endpoint of three dimensions, each a concept that words of both languages belong to. */
const startEmbeddings = async () => {
  const requests: {
    input: string[]
    input_type?: string
    model: string
    authorization: string | undefined
  }[] = []
  const behaviour = { status: 200, isShuffled: false, dimensions: 3 }
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request))
    requests.push({ ...body, authorization: request.headers.authorization })
    const data = body.input.map((input: string, index: number) => ({
      index,
      embedding: concepts.map((concept) => (concept.test(input) ? 1 : 0.01)).slice(0, behaviour.dimensions),
    }))
    response.statusCode = request.url === '/v1/embeddings' ? behaviour.status : 404
    response.end(JSON.stringify({ data: behaviour.isShuffled ? data.reverse() : data }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return {
    requests,
    behaviour,
    endpoint: { address, model: 'concepts', dimensions: 3, inputType: true, key: 'secret' },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

describe('embeddings over HTTP', () => {
  let server: Awaited<ReturnType<typeof startEmbeddings>>
  beforeEach(async () => {
    server = await startEmbeddings()
  })
  afterEach(() => server.close())

  /** Pauses pass a hundred times faster. */
  const clock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) }
  const embed = async (texts: string[], purpose: 'query' | 'document' = 'document') => {
    const embedder = createEmbedder({ clock })
    try {
      return await embedder.embed({ endpoint: server.endpoint, texts, purpose, timeoutMs: 5000, signal })
    } finally {
      await embedder.close()
    }
  }
  it('gives unit vectors in the order of the texts, whatever the order of the answer', async () => {
    server.behaviour.isShuffled = true
    const [fee, app] = await embed(['a fee', 'an app'])
    expect(fee?.map((x) => Math.round(x))).toEqual([1, 0, 0])
    expect(app?.map((x) => Math.round(x))).toEqual([0, 1, 0])
    expect(Math.hypot(...(fee ?? []))).toBeCloseTo(1)
    expect(server.requests[0]).toMatchObject({
      input_type: 'document',
      model: 'concepts',
      authorization: 'Bearer secret',
    })
  })

  it('tries a batch of documents three times and a question twice', async () => {
    server.behaviour.status = 503
    await expect(embed(['a'])).rejects.toMatchObject({ code: 'rag.embeddings-unavailable', retryable: true })
    expect(server.requests).toHaveLength(3)
    await expect(embed(['a'], 'query')).rejects.toMatchObject({ code: 'rag.embeddings-unavailable' })
    expect(server.requests).toHaveLength(5)
  })

  it('does not repeat what the endpoint refuses, and refuses vectors of another length', async () => {
    server.behaviour.status = 401
    await expect(embed(['a'])).rejects.toMatchObject({ code: 'rag.embeddings-wrong', retryable: false })
    server.behaviour.status = 200
    server.behaviour.dimensions = 2
    await expect(embed(['a'])).rejects.toMatchObject({ code: 'rag.embeddings-wrong' })
    expect(server.requests).toHaveLength(2)
  })
})

describe('the dense arm', () => {
  let server: Awaited<ReturnType<typeof startEmbeddings>>
  let folder: TestFolder
  let engine: KnowledgeEngine
  beforeEach(async () => {
    server = await startEmbeddings()
    folder = await createTestFolder({
      'fees.md': 'Passbooks are renewed at a charge of NT$100.',
      'loans.md': 'We lend up to eighty per cent: a loan for your flat.',
    })
    engine = createKnowledgeEngine({ directory: folder.directory, log: silentLog, clock: systemClock })
  })
  afterEach(async () => {
    await engine.close()
    await folder.dispose()
    await server.close()
  })

  const dense = () => knowledgeBase({ embeddings: server.endpoint })
  const paths = async (query: string, knowledge = dense()) =>
    (
      await engine.search({ knowledge, tenant: 'default', principal: ['public'], query, limit: 2, signal })
    ).map(({ reference }) => reference.path)

  it('finds what shares no word with the question, in another language too', async () => {
    const report = await engine.ingest({ knowledge: dense(), root: folder.root, signal })
    expect(report.embeddings).toEqual({ state: 'ready' })
    expect((await paths('手續費'))[0]).toBe('fees.md')
    expect((await paths('貸款'))[0]).toBe('loans.md')
    expect(server.requests.at(-1)).toMatchObject({ input: ['貸款'], input_type: 'query' })
  })

  it('follows the vectors alone when the words found nothing in the language of the question', async () => {
    await folder.write('harbor.md', 'Harbor, Harbor and Harbor again.')
    await engine.ingest({ knowledge: dense(), root: folder.root, signal })
    expect((await paths('Harbor 手續費'))[0]).toBe('fees.md')
  })

  it('falls back to words and says so while the endpoint is down; the next ingest adds what is missing', async () => {
    server.behaviour.status = 401
    const report = await engine.ingest({ knowledge: dense(), root: folder.root, signal })
    expect(report.embeddings).toMatchObject({
      state: 'unavailable',
      reason: { code: 'rag.embeddings-wrong' },
    })
    expect(report.counts).toMatchObject({ ingested: 2 })
    expect(server.requests).toHaveLength(1)
    expect(await paths('passbooks')).toEqual(['fees.md'])
    expect(await engine.status('handbook')).toMatchObject({ embeddings: { state: 'unavailable' } })
    server.behaviour.status = 200
    const next = await engine.ingest({ knowledge: dense(), root: folder.root, signal })
    expect([next.counts.ingested, next.embeddings.state]).toEqual([2, 'ready'])
  })

  it('leaves a failing endpoint alone for a while, instead of waiting for it at every search', async () => {
    await engine.ingest({ knowledge: dense(), root: folder.root, signal })
    server.behaviour.status = 503
    const before = server.requests.length
    for (let i = 0; i < 5; i++) expect(await paths('passbooks')).toEqual(['fees.md'])
    expect(server.requests.length - before).toBe(2)
    expect((await engine.status('handbook')).embeddings.state).toBe('unavailable')
  })

  it('serves the index of words until the one with vectors is complete', async () => {
    await engine.ingest({ knowledge: knowledgeBase(), root: folder.root, signal })
    expect(await paths('手續費')).toEqual([])
    expect(await paths('passbooks')).toEqual(['fees.md'])
    expect((await engine.status('handbook')).embeddings.state).toBe('outdated')
    expect((await engine.ingest({ knowledge: dense(), root: folder.root, signal })).counts.ingested).toBe(2)
    expect((await paths('手續費'))[0]).toBe('fees.md')
    expect((await engine.status('handbook')).embeddings.state).toBe('ready')
  })
})
