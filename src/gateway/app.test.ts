// Building, draining, health, and the stages put together as a route names them.

import { afterEach, describe, expect, it } from 'vitest'
import type { ChatRequest } from '../llm/index.js'
import type { Passage, SearchRequest } from '../rag/index.js'
import { brokenOff } from './__fixtures__/client-gateway.js'
import {
  ask,
  keyRecord,
  startTestGateway,
  type TestGateway,
  type TestOptions,
} from './__fixtures__/harness.js'
import { connectRaw, post } from './__fixtures__/raw-client.js'
import type { KnowledgePort } from './ports.js'

let gateway: TestGateway | undefined
const start = async (options?: TestOptions) => {
  gateway = await startTestGateway(options)
  return gateway
}
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
}

describe('createGateway', () => {
  const route = (more: object) => ({ routes: [{ name: 'chat', strategy: { deployment: 'main' }, ...more }] })

  it.each([
    [
      'a strategy that does not run',
      route({ strategy: { weighted: [{ weight: 1, strategy: { deployment: 'main' } }] } }),
      'gateway.strategy-not-supported',
    ],
    ['an unknown deployment', route({ strategy: { deployment: 'nope' } }), 'gateway.reference-unknown'],
    ['an unknown prompt', route({ prompt: 'nope' }), 'gateway.reference-unknown'],
    ['an unknown policy', route({ guardrails: 'nope' }), 'gateway.reference-unknown'],
    ['an unknown knowledge base', route({ knowledge: 'nope' }), 'gateway.reference-unknown'],
  ])('refuses %s when it is built', async (_name, architecture, code) => {
    await expect(startTestGateway({ architecture })).rejects.toMatchObject({ code })
  })
})

describe('a drain', () => {
  it('refuses what is new and waits for what is under way', async () => {
    const {
      port,
      gateway: served,
      ledger,
    } = await start({ models: { main: { text: ['a', 'b'], stallAfter: 1 } } })
    const client = await connectRaw(port)
    client.write(post('/v1/chat/completions', JSON.stringify(ask('x', { stream: true }))))
    await client.until(/"content":"a"/)
    let isDrained = false
    const drained = served.drain(600_000).then(() => {
      isDrained = true
    })
    const refused = await gateway?.post(ask('y'))
    expect(refused?.status).toBe(503)
    expect(refused?.headers.get('retry-after')).toBe('1')
    expect(await refused?.json()).toMatchObject({ error: { code: 'server_stopping' } })
    expect(isDrained).toBe(false)
    // Whoever loses patience meanwhile cuts the wait short for all.
    await served.drain(0)
    await drained
    const text = await client.until(/server_stopping/)
    expect(text).not.toContain('[DONE]')
    expect(ledger.attempts).toMatchObject([{ settled: { end: 'cancelled' } }])
  })

  it('ends at once when nothing is under way', async () => {
    const { gateway: served } = await start()
    await gateway?.post(ask('x'))
    await served.drain(60_000)
    expect((await fetch(`${gateway?.url}/health`)).status).toBe(503)
  })
})

const passages: readonly Passage[] = [
  {
    reference: { id: 'p1', path: 'fees.md', title: 'Fees', start: 10, end: 40, score: 2 },
    text: 'A new card costs NT$100.',
  },
]
const knowledgeOf = (changes: Partial<KnowledgePort> = {}) => {
  const searches: SearchRequest[] = []
  const port: KnowledgePort = {
    search: async (request) => {
      searches.push(request)
      return passages
    },
    status: async (knowledge) => ({
      knowledge,
      exists: true,
      documents: 1,
      passages: 1,
      unindexedPassages: 0,
      failedFiles: 0,
      embeddings: { state: 'off' },
    }),
    version: () => '1',
    ...changes,
  }
  return { port, searches }
}
const withDocuments = {
  knowledge: [{ id: 'docs', source: 'docs', topK: 3 }],
  prompts: [
    {
      id: 'p',
      system: { en: 'Answer from:\n{{context}}\nBe short.', 'zh-TW': '依據：\n{{context}}\n請簡短。' },
    },
  ],
  routes: [{ name: 'chat', strategy: { deployment: 'main' }, knowledge: 'docs', prompt: 'p' }],
}

describe('a route with documents', () => {
  const seen = (request: ChatRequest | undefined) =>
    request?.messages.map(({ role, parts }) => [
      role,
      ...parts.map((part) => ('text' in part ? part.text.trim() : part.type)),
    ])

  it('asks with the passages where its prompt wants them, in the language of the question', async () => {
    const { port, searches } = knowledgeOf()
    let request: ChatRequest | undefined
    await start({
      architecture: { ...withDocuments, server: { requireKeys: true } },
      knowledge: port,
      models: {
        main: (asked) => {
          request = asked
          return 'ok'
        },
      },
    })
    gateway?.keys.set('la-k', keyRecord({ tenant: 'acme', groups: ['staff'] }))
    const headers = { authorization: 'Bearer la-k' }
    await gateway?.post(ask('What does a card cost?'), headers)
    expect(seen(request)).toEqual([
      ['system', 'Answer from:', '[1] Fees', 'A new card costs NT$100.', 'Be short.'],
      ['user', 'What does a card cost?'],
    ])
    expect(searches).toMatchObject([
      { tenant: 'acme', principal: ['staff', 'public'], query: 'What does a card cost?', limit: 3 },
    ])
    await gateway?.post(ask('新卡要多少錢？'), headers)
    expect(seen(request)?.[0]?.[1]).toBe('依據：')
  })

  it('answers with citations that hold and leaves out those that do not', async () => {
    const reference = passages[0]?.reference as NonNullable<(typeof passages)[0]>['reference']
    const cite = (passage: typeof reference, start: number, end: number) =>
      ({ type: 'citation', choice: 0, passage, start, end }) as const
    const said = 'A new card costs NT$100. It is blue.'
    await start({
      architecture: withDocuments,
      knowledge: knowledgeOf().port,
      models: {
        main: {
          events: [
            { type: 'text', choice: 0, text: said },
            cite(reference, 0, 24),
            cite(reference, 25, said.length),
            cite({ ...reference, id: 'invented' }, 0, 24),
            cite({ ...reference, start: 0 }, 0, 24),
          ],
        },
      },
    })
    const body = await (await gateway?.post(ask('card?')))?.json()
    expect(body).toMatchObject({
      choices: [
        {
          message: {
            content: said,
            annotations: [
              {
                type: 'url_citation',
                url_citation: { url: 'fees.md#10-40', title: 'Fees', start_index: 0, end_index: 24 },
              },
            ],
          },
        },
      ],
    })
  })

  it('turns the marks of a language model into citations', async () => {
    await start({
      architecture: withDocuments,
      knowledge: knowledgeOf().port,
      models: { main: { text: ['It costs NT$100 [', '1]. It may be blue [2].'] } },
    })
    const body = await (await gateway?.post(ask('card?', { stream: true })))?.text()
    const annotations = [...(body?.matchAll(/"annotations":\[.*?\]/g) ?? [])].map(([text]) => text)
    expect(annotations).toHaveLength(1)
    expect(annotations[0]).toContain('"url":"fees.md#10-40"')
    expect(annotations[0]).toContain('"start_index":0,"end_index":15')
  })

  it('says 503 when they cannot be searched, and asks no engine', async () => {
    const { port } = knowledgeOf({
      search: async () => {
        throw new Error('the knowledge process died at /var/lib')
      },
    })
    await start({ architecture: withDocuments, knowledge: port })
    const response = await gateway?.post(ask('x'))
    expect(response?.status).toBe(503)
    const text = await response?.text()
    expect(text).toContain('"knowledge_unavailable"')
    expect(text).not.toContain('/var/lib')
    expect(gateway?.ledger.attempts).toEqual([])
  })
})

describe('the search of a vector store', () => {
  const search = (id: string, body: unknown) =>
    fetch(`${gateway?.url}/v1/vector_stores/${id}/search`, { method: 'POST', body: JSON.stringify(body) })

  it("answers in OpenAI's shape, for the caller's tenant and groups only", async () => {
    const { port, searches } = knowledgeOf()
    await start({ architecture: withDocuments, knowledge: port })
    const response = await search('docs', { query: 'card', max_num_results: 5 })
    expect(await response.json()).toEqual({
      object: 'vector_store.search_results.page',
      search_query: ['card'],
      data: [
        {
          file_id: 'fees.md',
          filename: 'fees.md',
          score: 2,
          attributes: { passage_id: 'p1', title: 'Fees', start: 10, end: 40 },
          content: [{ type: 'text', text: 'A new card costs NT$100.' }],
        },
      ],
      has_more: false,
      next_page: null,
    })
    expect(searches).toMatchObject([{ tenant: 'default', principal: ['public'], limit: 5 }])
  })

  it.each([
    ['nope', { query: 'x' }, 404, null],
    ['docs', {}, 400, 'query'],
    ['docs', { query: '' }, 400, 'query'],
    ['docs', { query: 'x', max_num_results: 51 }, 400, 'max_num_results'],
    ['docs', { query: 'x', filters: { type: 'eq' } }, 400, 'filters'],
  ])('of %s with %j is answered %i', async (id, body, status, param) => {
    await start({ architecture: withDocuments, knowledge: knowledgeOf().port })
    const response = await search(id, body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { param } })
  })
})

describe('GET /health', () => {
  it('tells each part, and no secret', async () => {
    await start({ architecture: withDocuments, knowledge: knowledgeOf().port })
    const response = await fetch(`${gateway?.url}/health`)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      status: 'ok',
      name: 'test',
      architecture: 'sha256:test',
      routes: ['chat'],
      checks: { gateway: 'ok', ledger: 'ok', store: 'ok', 'knowledge:docs': 'ok' },
    })
  })

  it('is 503 while the knowledge process is away, but alive', async () => {
    const { port } = knowledgeOf({ status: () => Promise.reject(new Error('gone')) })
    await start({ architecture: withDocuments, knowledge: port })
    expect((await fetch(`${gateway?.url}/health`)).status).toBe(503)
    expect((await fetch(`${gateway?.url}/health?live`)).status).toBe(200)
  })
})

describe('GET /health with engines that run on this machine', () => {
  const twoDeployments = {
    deployments: ['main', 'other'].map((id) => ({ id, engine: 'scripted', model: id })),
    routes: [{ name: 'chat', strategy: { fallback: [{ deployment: 'main' }, { deployment: 'other' }] } }],
  }
  const healthOf = async (architecture: object | undefined, states: Record<string, string>) => {
    const served = await start({
      ...(architecture && { architecture: architecture as Record<string, unknown> }),
      models: { main: 'Hello', other: 'Hello' },
      engineStates: () => new Map(Object.entries(states)),
    })
    const response = await fetch(`${served.url}/health`)
    const { status: said, checks } = (await response.json()) as { status: string; checks: object }
    return { status: response.status, said, checks }
  }

  it('shows each, and takes work as long as every route has one that answers', async () => {
    const { status, said, checks } = await healthOf(twoDeployments, { main: 'starting', other: 'ready' })
    expect(status).toBe(200)
    expect(said).toBe('degraded')
    expect(checks).toMatchObject({ 'engine:main': 'starting', 'engine:other': 'ok' })
  })

  it('counts a deployment that runs elsewhere as one that answers', async () => {
    expect((await healthOf(twoDeployments, { main: 'down' })).status).toBe(200)
  })

  it('is 503 when a route has none left', async () => {
    expect((await healthOf(undefined, { main: 'down' })).status).toBe(503)
  })
})

describe('GET /metrics', () => {
  it('counts requests by route, status and end', async () => {
    await start()
    await gateway?.post(ask('x'))
    await gateway?.post({ ...ask('x'), n: 0 })
    const text = await (await fetch(`${gateway?.url}/metrics`)).text()
    expect(text).toMatch(/llm_architect_requests_total\{route="chat",status="200",end="finished"\} 1/)
    expect(text).toMatch(/llm_architect_requests_in_flight 0/)
  })

  it.each([
    [
      'before its answer began',
      { text: ['a'], failAfter: { pieces: 0, error: brokenOff.failAfter.error } },
      502,
    ],
    ['after it', brokenOff, 200],
  ])('counts requests whose engine failed %s', async (_when, main, status) => {
    await start({ models: { main } })
    await (await gateway?.post(ask('x', { stream: true })))?.text()
    const text = await (await fetch(`${gateway?.url}/metrics`)).text()
    expect(text).toContain(`llm_architect_requests_total{route="chat",status="${status}",end="failed"} 1`)
  })
})

describe('the audit trail', () => {
  it('gets one line per request, without its text', async () => {
    const entries: object[] = []
    await start({ audit: { append: (entry) => void entries.push(entry) } })
    await gateway?.post(ask('a very private question'))
    await until(() => entries.length > 0)
    expect(entries).toMatchObject([
      { route: 'chat', tenant: 'default', answeredBy: 'main', end: 'finished', errorCode: null },
    ])
    expect(JSON.stringify(entries)).not.toContain('private')
  })
})
