// Embeddings, reranking and search by vectors, against the product as a user starts it. The servers behind it follow
// from the texts alone; the library of the engine `transformers` is a stand-in of a few lines.

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { callAdmin } from '../../src/cli/running-system.js'
import { type ServeProcess, startServeProcess } from '../../src/cli/serve-process.js'
import {
  dimensions,
  startVectorUpstream,
  type VectorUpstream,
  vectorOf,
} from '../../src/gateway/__fixtures__/vector-upstream.js'
import { createSmallProject } from './small-project.js'
import { installStandIn, writeStandInModel } from './stand-in-transformers.js'

const project = createSmallProject()

const architecture = (upstream: VectorUpstream) => `version: 1
name: small
server: { port: 0, drainSeconds: 2 }
deployments:
  - { id: extractive, engine: extractive, model: extractive }
  - { id: embedder, kind: embedding, engine: vllm, model: hashed, address: ${upstream.address}, price: { input: 100, output: 0 } }
  - { id: judge, kind: rerank, engine: jina, model: shared-words, address: ${upstream.address} }
  - { id: here, kind: embedding, engine: transformers, model: tiny, options: { queryPrefix: 'query: ', documentPrefix: 'passage: ' } }
  - { id: damaged, kind: embedding, engine: transformers, model: damaged }
routes:
  - { name: vectors, strategy: { deployment: embedder } }
  - { name: support, strategy: { deployment: extractive }, knowledge: docs, guardrails: default }
  - { name: order, strategy: { deployment: judge } }
  - { name: here, strategy: { deployment: here } }
  - { name: damaged, strategy: { fallback: [{ deployment: damaged }, { deployment: here }] } }
knowledge:
  - id: docs
    source: ./docs
    embeddings: { deployment: embedder, dimensions: ${dimensions}, inputType: true }
    rerank: { deployment: judge, topN: 5 }
guardrails:
  - { id: default }
`

let upstream: VectorUpstream
let system: ServeProcess
let client: OpenAI
beforeAll(async () => {
  upstream = await startVectorUpstream()
  writeFileSync(project.architectureFile, architecture(upstream))
  installStandIn(project.directory)
  writeStandInModel(project.directory, 'tiny')
  writeStandInModel(project.directory, 'damaged')
  system = await startServeProcess(project.architectureFile)
  await system.ready
  client = new OpenAI({ baseURL: `${system.url}/v1`, apiKey: 'none', maxRetries: 0 })
})
afterAll(async () => {
  system?.stop()
  await system?.exited
  await upstream?.close()
  project.remove()
})
beforeEach(() => {
  Object.assign(upstream.behaviour, { status: 200, isSilent: false })
})

const search = async (query: string, { on = system, store = 'docs' } = {}) => {
  const response = await fetch(`${on.url}/v1/vector_stores/${store}/search`, {
    method: 'POST',
    body: JSON.stringify({ query }),
  })
  const { data } = (await response.json()) as { data: { filename: string; score: number }[] }
  return data
}
const rows = async () =>
  (await callAdmin<{ rows: Record<string, unknown>[] }>(system, { path: '/admin/ledger?limit=50' })).rows

describe('a system with embedding and rerank deployments', { timeout: 180_000 }, () => {
  it('serves vectors to the openai client, journalled and priced', async () => {
    const { data, usage } = await client.embeddings.create({ model: 'vectors', input: ['a fee', 'a card'] })
    expect(data.map(({ embedding }) => embedding)).toEqual([vectorOf('a fee'), vectorOf('a card')])
    expect(usage.prompt_tokens).toBe(14)
    await expect.poll(rows, { timeout: 15_000 }).toContainEqual(
      expect.objectContaining({
        route: 'vectors',
        deployment: 'embedder',
        inputTokens: 14,
        costUsd: '0.0014',
      }),
    )
  })

  it('searches by words and vectors of the deployment, and lets the reranker have the last word', async () => {
    const found = await search('what does a lost card cost')
    expect(found[0]?.filename).toBe('fees.md')
    const embedded = upstream.calls.filter(({ path }) => path === '/v1/embeddings')
    expect(embedded.some(({ body }) => body.input_type === 'document')).toBe(true)
    expect(embedded.at(-1)?.body).toMatchObject({ model: 'hashed', input_type: 'query' })
    const [score] = upstream.calls.filter(({ path }) => path === '/v1/rerank').slice(-1)
    expect(score?.body).toMatchObject({ model: 'shared-words', query: 'what does a lost card cost' })
    // A share of the query's words, as the reranker scores: no fused score is one.
    expect(found.map((hit) => Math.round(hit.score * 6) / 6)).toEqual(found.map((hit) => hit.score))
  })

  it('still finds by words, in the order of the words, while both endpoints are down', async () => {
    upstream.behaviour.status = 503
    expect((await search('lost card'))[0]?.filename).toBe('fees.md')
  })

  it('serves vectors of a model in the knowledge process, without a hub', async () => {
    const create = (input: string[], more: object = {}) =>
      client.embeddings.create({ model: 'here', input, encoding_format: 'float', ...more })
    const asQuery = { input_type: 'query' }
    expect((await create(['a', 'bcd'], asQuery)).data.map(({ embedding }) => embedding)).toEqual([
      [1, 'query: a'.length, 1],
      [1, 'query: bcd'.length, 1],
    ])
    const { data, usage } = await create(['a b'])
    expect(data[0]?.embedding).toEqual([0, 'passage: a b'.length, 1])
    expect(usage.prompt_tokens).toBe(3)
  })

  it('lets the next deployment answer when weights cannot be used, and says which could not', async () => {
    expect(
      (await client.embeddings.create({ model: 'damaged', input: 'a', encoding_format: 'float' })).data,
    ).toHaveLength(1)
    await expect
      .poll(rows, { timeout: 15_000 })
      .toContainEqual(
        expect.objectContaining({ deployment: 'damaged', end: 'failed', errorCode: 'llm.engine-failed' }),
      )
  })

  it('chats by the first route of kind chat, whatever stands before it', async () => {
    const answer = await client.chat.completions.create({
      model: 'support',
      messages: [{ role: 'user', content: 'What does a transfer to another bank cost?' }],
    })
    expect(answer.choices[0]?.message.content).toContain('NT$15')
  })
})

describe('a knowledge base on models that have no address', { timeout: 180_000 }, () => {
  it('reaches them through the process that holds them', async () => {
    const own = createSmallProject()
    writeFileSync(
      own.architectureFile,
      `version: 1
name: own
server: { port: 0 }
plugins: [${fileURLToPath(new URL('../fixtures/concept-models.mjs', import.meta.url))}]
deployments:
  - { id: main, engine: extractive, model: extractive }
  - { id: meaning, kind: embedding, engine: concepts, model: concepts }
  - { id: length, kind: rerank, engine: longest, model: longest }
routes:
  - { name: support, strategy: { deployment: main }, knowledge: docs }
knowledge:
  - id: docs
    source: ./docs
    embeddings: { deployment: meaning, dimensions: 3 }
  - id: ordered
    source: ./docs
    embeddings: { deployment: meaning, dimensions: 3 }
    rerank: { deployment: length }
`,
    )
    const running = await startServeProcess(own.architectureFile)
    await running.ready
    // No word of the question stands in the English page.
    expect((await search('手續費', { on: running }))[0]?.filename).toBe('fees.md')
    const ordered = await search('手續費', { on: running, store: 'ordered' })
    expect(ordered.length).toBeGreaterThan(2)
    expect(ordered.map(({ score }) => score)).toEqual(ordered.map(({ score }) => score).sort((a, b) => b - a))
    expect(Number.isInteger(ordered[0]?.score)).toBe(true)
    running.stop()
    await running.exited
    own.remove()
  })
})

describe('a system whose optional engine is not there', { timeout: 180_000 }, () => {
  it.each([
    ['the library', 'doctor --fix transformers', () => {}],
    ['the weights', 'config.json', installStandIn],
  ])('does not start without %s, and says what to do', async (_what, hint, prepare) => {
    const bare = createSmallProject()
    prepare(bare.directory)
    writeFileSync(
      bare.architectureFile,
      `version: 1
name: bare
server: { port: 0 }
deployments:
  - { id: here, kind: embedding, engine: transformers, model: tiny }
routes:
  - { name: here, strategy: { deployment: here } }
`,
    )
    await expect(startServeProcess(bare.architectureFile)).rejects.toMatchObject({
      code: 'cli.serve-failed',
      message: expect.stringContaining(hint),
    })
    bare.remove()
  })
})
