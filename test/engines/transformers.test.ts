// The engine `transformers` with its real library: installed as doctor --fix does, loaded by the knowledge process, and
// asked for vectors and scores through the gateway. The models are toys, their ONNX graphs are not.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadTransformers } from '../../src/cli/load-transformers.js'
import { onnxRankerOf } from '../../src/cli/onnx-model.js'
import { installEngine } from '../../src/cli/optional-engines/install-engine.js'
import { enginesHome, findOptionalEngine } from '../../src/cli/optional-engines/installed-engine.js'
import { type ServeProcess, startServeProcess } from '../../src/cli/serve-process.js'
import { systemClock } from '../../src/core/index.js'
import { createOnnxModels } from '../../src/rag/index.js'
import { tinyContext, tinyDimensions, writeTinyModel, writeTinyRanker } from './tiny-onnx.js'

const directory = mkdtempSync(join(tmpdir(), 'transformers-'))
const stateDirectory = join(directory, '.llm-architect')
const architectureFile = join(directory, 'architecture.yaml')
const { env: environment } = process
let system: ServeProcess
let client: OpenAI

beforeAll(async () => {
  await installEngine(findOptionalEngine('transformers'), {
    home: enginesHome(directory, environment),
    environment,
    clock: systemClock,
  })
  const models = join(stateDirectory, 'models')
  writeTinyModel(models, 'tiny')
  writeTinyRanker(models, 'one', 1)
  writeTinyRanker(models, 'two', 2)
  writeTinyRanker(models, 'three', 3)
  writeFileSync(
    architectureFile,
    `version: 1
name: here
server: { port: 0 }
deployments:
  - { id: here, kind: embedding, engine: transformers, model: tiny }
  - { id: one, kind: rerank, engine: transformers, model: one }
  - { id: two, kind: rerank, engine: transformers, model: two }
  - { id: words, engine: extractive, model: extractive }
routes:
  - { name: vectors, strategy: { deployment: here } }
  - { name: one, strategy: { deployment: one } }
  - { name: two, strategy: { deployment: two } }
  - { name: support, strategy: { deployment: words }, knowledge: docs }
knowledge:
  - { id: docs, source: ./docs, embeddings: { deployment: here, dimensions: ${tinyDimensions} } }
  - { id: ranked, source: ./docs, rerank: { deployment: one, timeoutMs: 60000 } }
`,
  )
  mkdirSync(join(directory, 'docs'))
  writeFileSync(join(directory, 'docs', 'fees.md'), 'fee\n')
  writeFileSync(join(directory, 'docs', 'loans.md'), 'loan\n')
  system = await startServeProcess(architectureFile)
  await system.ready
  client = new OpenAI({ baseURL: `${system.url}/v1`, apiKey: 'none', maxRetries: 0 })
})
afterAll(async () => {
  system?.stop()
  await system?.exited
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
})

it('gives vectors of unit length in which words of one meaning are one', async () => {
  const { data, usage } = await client.embeddings.create({
    model: 'vectors',
    input: ['fee', '手續費', 'loan'],
  })
  const [fee = [], charge = [], loan = []] = data.map(({ embedding }) => embedding)
  expect(fee).toHaveLength(tinyDimensions)
  expect(Math.hypot(...fee)).toBeCloseTo(1)
  expect(charge).toEqual(fee)
  expect(loan).not.toEqual(fee)
  expect(usage.prompt_tokens).toBe(3)
})

it('finds documents by vectors made beside the index', async () => {
  const response = await fetch(`${system.url}/v1/vector_stores/docs/search`, {
    method: 'POST',
    body: JSON.stringify({ query: '貸款' }),
  })
  const { data } = (await response.json()) as { data: { filename: string }[] }
  expect(data[0]?.filename).toBe('loans.md')
})

const rerank = async (model: string, query: string, documents: readonly string[], more: object = {}) => {
  const response = await fetch(`${system.url}/v1/rerank`, {
    method: 'POST',
    body: JSON.stringify({ model, query, documents, ...more }),
  })
  return { status: response.status, body: (await response.json()) as Reranked }
}
interface Reranked {
  readonly results: readonly { readonly index: number; readonly relevance_score: number }[]
  readonly usage: { readonly total_tokens: number }
  readonly error: { readonly message: string }
}
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit))

it.each(['one', 'two'])('scores pairs by a cross-encoder with %s output(s)', async (model) => {
  // More documents than one batch holds; the toy's logit is twice the meanings shared, less one.
  const documents = ['loan', 'card', '遺失 卡片', ...new Array<string>(9).fill('loan'), 'charge card']
  const { body } = await rerank(model, 'lost card', documents)
  expect(body.results.map(({ index }) => index).slice(0, 3)).toEqual([2, 1, 12])
  expect(body.results).toHaveLength(documents.length)
  expect(body.results[0]?.relevance_score).toBeCloseTo(sigmoid(3))
  expect(body.results[1]?.relevance_score).toBeCloseTo(sigmoid(1))
  expect(body.results.at(-1)?.relevance_score).toBeCloseTo(sigmoid(-1))
  // [CLS] lost card [SEP] and [SEP], and what the documents hold.
  expect(body.usage.total_tokens).toBe(documents.length * 5 + documents.length + 2)
  expect((await rerank(model, 'lost card', documents, { top_n: 1 })).body.results).toMatchObject([
    { index: 2 },
  ])
})

it('reads of a long document what fits, and refuses a query that leaves no room', async () => {
  const filling = 'loan '.repeat(100)
  const { body } = await rerank('one', 'card', [`${filling} card`, `card ${filling}`])
  expect(body.results.map(({ index }) => index)).toEqual([1, 0])
  expect(body.usage.total_tokens).toBe(2 * tinyContext)
  // As if it had been short: the pair is closed where it was cut.
  expect(body.results[0]?.relevance_score).toBeCloseTo(sigmoid(1))
  const refused = await rerank('one', filling, ['card'])
  expect(refused).toMatchObject({
    status: 400,
    body: { error: { code: 'context_length_exceeded', param: 'query' } },
  })
  expect(refused.body.error.message).toContain(`reads ${tinyContext} of query and document together`)
})

it('says what is wrong with a model that cannot score', async () => {
  const models = createOnnxModels(loadTransformers)
  const { signal } = new AbortController()
  const rank = (model: string) => {
    const deployment = { id: model, model, options: {}, contextLength: 512 }
    const folder = onnxRankerOf(deployment, { stateDirectory, directory, environment })
    return models.rank(folder, { query: 'card', documents: ['card'], signal })
  }
  await expect(rank('three')).rejects.toMatchObject({
    code: 'rag.onnx-not-ranker',
    params: { detail: expect.stringContaining('one output') },
  })
  await expect(rank('tiny')).rejects.toMatchObject({
    code: 'rag.onnx-not-ranker',
    params: { detail: expect.stringContaining('logits') },
  })
  await expect(rank('gone')).rejects.toMatchObject({ code: 'rag.onnx-unusable' })
  expect((await rank('one')).scores[0]).toBeCloseTo(sigmoid(1))
  await models.close()
})

it('puts the passages of a search in the order of its scores', async () => {
  const response = await fetch(`${system.url}/v1/vector_stores/ranked/search`, {
    method: 'POST',
    body: JSON.stringify({ query: 'loan fee fee' }),
  })
  const { data } = (await response.json()) as { data: { filename: string; score: number }[] }
  expect(data.map(({ filename }) => filename)).toEqual(['fees.md', 'loans.md'])
  expect(data[0]?.score).toBeCloseTo(sigmoid(3))
  expect(data[1]?.score).toBeCloseTo(sigmoid(1))
})
