import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, type Log, silentLog } from '../core/index.js'
import { createTestFolder, knowledgeBase, signal, type TestFolder } from './__fixtures__/folder.js'
import type { RerankEndpoint } from './endpoint.js'
import { createKnowledgeEngine, type KnowledgeEngine } from './knowledge-engine.js'
import type { OnnxModels } from './onnx.js'

/** A reranker to which a text is worth the number in it. */
const startReranker = async () => {
  const requests: { path: string; query: string; texts: string[] }[] = []
  const behaviour = { status: 200, isSilent: false }
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request))
    const texts: string[] = body.documents ?? body.texts
    requests.push({ path: request.url ?? '', query: body.query, texts })
    if (behaviour.isSilent) return
    response.statusCode = behaviour.status
    const scores = texts.map((value) => Number(/worth (\d+)/.exec(value)?.[1] ?? 0))
    const results = scores.map((score, index) => ({ index, score, relevance_score: score }))
    response.end(JSON.stringify(body.texts ? results : { results }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    requests,
    behaviour,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

describe('a reranker', () => {
  let server: Awaited<ReturnType<typeof startReranker>>
  let folder: TestFolder
  let engine: KnowledgeEngine
  const warnings: string[] = []
  const clock = createManualClock()
  beforeEach(async () => {
    server = await startReranker()
    folder = await createTestFolder({
      'often.md': 'A passbook, a passbook and a passbook: worth 1.',
      'twice.md': 'One passbook or another passbook, worth 3 to those who keep them for long.',
      'once.md': 'Whoever brings the passbook finds, among many other things on this page, what is worth 2.',
      'other.md': 'Loans are worth 9.',
    })
    warnings.length = 0
    const log: Log = { ...silentLog, warn: (_fields, message) => warnings.push(String(message)) }
    engine = createKnowledgeEngine({ directory: folder.directory, log, clock })
  })
  afterEach(async () => {
    await engine.close()
    await folder.dispose()
    await server.close()
  })

  const base = (changes: object = {}) =>
    knowledgeBase({
      rerank: {
        address: `${server.origin}/v1`,
        model: 'judge',
        api: 'jina',
        topN: 20,
        timeoutMs: 1000,
        ...changes,
      },
    })
  const found = async (knowledge = base(), limit = 3) => {
    const asked = { knowledge, tenant: 'default', principal: ['public'], query: 'passbook', limit, signal }
    return (await engine.search(asked)).map(({ reference }) => [reference.path, reference.score])
  }
  const paths = async (...args: Parameters<typeof found>) => (await found(...args)).map(([path]) => path)
  const ingest = () => engine.ingest({ knowledge: base(), root: folder.root, signal })
  const byWords = ['often.md', 'twice.md', 'once.md']

  it('puts what was found in its order, with its scores', async () => {
    await ingest()
    expect(await paths(knowledgeBase())).toEqual(byWords)
    expect(await found()).toEqual([
      ['twice.md', 3],
      ['once.md', 2],
      ['often.md', 1],
    ])
    expect(server.requests).toMatchObject([{ path: '/v1/rerank', query: 'passbook' }])
    expect(server.requests[0]?.texts).toHaveLength(3)
  })

  it('speaks to text-embeddings-inference, too', async () => {
    await ingest()
    expect((await paths(base({ api: 'tei', address: server.origin })))[0]).toBe('twice.md')
    expect(server.requests[0]?.path).toBe('/rerank')
  })

  it('looks at no more than its first passages, and at no fewer than are wanted', async () => {
    await ingest()
    expect(await paths(base({ topN: 2 }), 1)).toEqual(['twice.md'])
    expect(server.requests[0]?.texts).toHaveLength(2)
    expect(await paths(base({ topN: 1 }), 3)).toEqual(['twice.md', 'once.md', 'often.md'])
    expect(server.requests[1]?.texts).toHaveLength(3)
  })

  it('is left alone for a while when it fails, and the order of the search stays', async () => {
    await ingest()
    server.behaviour.status = 500
    for (let i = 0; i < 3; i++) expect(await paths()).toEqual(byWords)
    expect(server.requests).toHaveLength(1)
    expect(warnings).toEqual(['passages are not reranked'])
    server.behaviour.status = 200
    await clock.advance(5_000)
    expect((await paths())[0]).toBe('twice.md')
  })

  it('is not waited for longer than its limit', async () => {
    await ingest()
    server.behaviour.isSilent = true
    const searching = paths(base({ timeoutMs: 700 }))
    await expect.poll(() => server.requests.length).toBe(1)
    await clock.advance(700)
    expect(await searching).toEqual(byWords)
    expect(warnings).toEqual(['passages are not reranked'])
  })
})

describe('a reranker in this process', () => {
  let folder: TestFolder
  let engine: KnowledgeEngine
  let answer: OnnxModels['rank']
  const warnings: string[] = []
  const clock = createManualClock()
  const nowhere: OnnxModels = {
    embed: () => Promise.reject(new Error('not asked')),
    rank: (...request) => answer(...request),
    close: async () => {},
  }
  beforeEach(async () => {
    folder = await createTestFolder({
      'often.md': 'A passbook, a passbook and a passbook.',
      'once.md': 'Whoever brings the passbook finds this page among many other things.',
    })
    warnings.length = 0
    const log: Log = { ...silentLog, warn: ({ cause }: { cause?: unknown }) => warnings.push(String(cause)) }
    engine = createKnowledgeEngine({ directory: folder.directory, log, clock, onnx: nowhere })
    await engine.ingest({ knowledge: base(), root: folder.root, signal })
  })
  afterEach(async () => {
    await engine.close()
    await folder.dispose()
  })

  const model = { library: '/l', models: '/m', model: 'judge', dtype: 'fp32', contextLength: 512 }
  const base = () =>
    knowledgeBase({
      rerank: { deployment: 'judge', api: 'jina', topN: 20, timeoutMs: 700, onnx: model } as RerankEndpoint,
    })
  const paths = async () => {
    const asked = { tenant: 'default', principal: ['public'], query: 'passbook', limit: 3, signal }
    return (await engine.search({ ...asked, knowledge: base() })).map(({ reference }) => reference.path)
  }
  const byWords = ['often.md', 'once.md']

  it('puts what was found in the order of its scores', async () => {
    const requests: unknown[] = []
    answer = async (asked, { query, documents }) => {
      requests.push([asked, query])
      return { scores: documents.map((text) => (text.includes('Whoever') ? 0.9 : 0.1)), inputTokens: 9 }
    }
    expect(await paths()).toEqual(byWords.toReversed())
    expect(requests).toEqual([[model, 'passbook']])
  })

  it('is not waited for longer than its limit, and told to stop', async () => {
    let until: AbortSignal | undefined
    answer = (_model, request) => {
      until = request.signal
      return new Promise(() => {})
    }
    const searching = paths()
    await expect.poll(() => until).toBeDefined()
    expect(until?.aborted).toBe(false)
    await clock.advance(700)
    expect(await searching).toEqual(byWords)
    expect(until?.aborted).toBe(true)
    expect(warnings).toEqual([
      expect.stringContaining('judge gave no usable answer (no answer within 700 ms)'),
    ])
  })

  it('that fails leaves the order of the search, with its own words in the log', async () => {
    answer = () => Promise.reject(new Error('no weights'))
    expect(await paths()).toEqual(byWords)
    expect(warnings).toEqual([expect.stringContaining('no weights')])
  })
})
