// Reranking by models on this machine, against the product as a user starts it: llama.cpp with a tiny BERT that the
// test writes, and the engine `transformers` with a stand-in for its library.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openResources, type Resources } from '../../src/cli/open-resources.js'
import { stateDirectoryName } from '../../src/cli/project.js'
import { type ServeProcess, startServeProcess } from '../../src/cli/serve-process.js'
import { serveSystem } from '../../src/cli/serve-system.js'
import { silentLog } from '../../src/core/index.js'
import { randomModel } from '../../src/llm/local/__fixtures__/tiny-models.js'
import { rankerModel } from '../../src/llm/local/__fixtures__/tiny-ranker.js'
import { createSmallProject, type SmallProject } from './small-project.js'
import { installStandIn, writeStandInModel } from './stand-in-transformers.js'

const architecture = (deployments: string) => `version: 1
name: small
server: { port: 0, drainSeconds: 2 }
deployments:
  - { id: words, engine: extractive, model: extractive }
${deployments}
routes:
  - { name: support, strategy: { deployment: words } }
  - { name: llama, strategy: { deployment: llama } }
  - { name: onnx, strategy: { deployment: onnx } }
knowledge:
  - { id: plain, source: ./pages }
  - { id: by-llama, source: ./pages, rerank: { deployment: llama, timeoutMs: 60000 } }
  - { id: by-onnx, source: ./pages, rerank: { deployment: onnx, timeoutMs: 60000 } }
`
const llama = '  - { id: llama, kind: rerank, engine: local, model: ranker.gguf, options: { threads: 1 } }'
const onnx = '  - { id: onnx, kind: rerank, engine: transformers, model: judge }'

const prepare = (deployments: readonly string[]): SmallProject => {
  const project = createSmallProject()
  writeFileSync(project.architectureFile, architecture(deployments.join('\n')))
  writeFileSync(join(project.directory, 'ranker.gguf'), rankerModel())
  writeFileSync(join(project.directory, 'chat.gguf'), randomModel())
  mkdirSync(join(project.directory, 'pages'))
  const about = 'of what else happens at the counter on a long day in summer'
  writeFileSync(join(project.directory, 'pages', 'both.md'), `A lost card, ${about}, ${about}.\n`)
  writeFileSync(join(project.directory, 'pages', 'often.md'), 'card card card card\n')
  installModels(project.directory)
  return project
}

const installModels = (directory: string): void => {
  installStandIn(directory)
  writeStandInModel(directory, 'judge', { architectures: ['BertForSequenceClassification'] })
  writeStandInModel(directory, 'embedder', { architectures: ['BertModel'] })
  writeStandInModel(directory, 'many', { id2label: { 0: 'a', 1: 'b', 2: 'c' } })
}

interface Answer {
  readonly results: readonly { readonly relevance_score: number }[]
  readonly usage: { readonly total_tokens: number }
  readonly data: readonly { readonly filename: string; readonly score: number }[]
}

describe('a system that reranks on this machine', { timeout: 180_000 }, () => {
  const project = prepare([llama, onnx])
  let system: ServeProcess
  beforeAll(async () => {
    system = await startServeProcess(project.architectureFile)
    await system.ready
  }, 120_000)
  afterAll(async () => {
    system?.stop()
    await system?.exited
    project.remove()
  })

  const post = async (path: string, body: object) => {
    const response = await fetch(`${system.url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as Answer }
  }

  it.each(['llama', 'onnx'])('answers in the official shape by %s', async (model) => {
    const documents = ['bank rate', { text: 'lost card' }, 'card fee']
    const asked = { model, query: 'lost card', documents, top_n: 2, return_documents: true }
    for (const path of ['/v1/rerank', '/v2/rerank']) {
      const { status, body } = await post(path, asked)
      expect(status).toBe(200)
      expect(body).toMatchObject({
        model,
        results: [
          { index: 1, document: { text: 'lost card' } },
          { index: 2, document: { text: 'card fee' } },
        ],
        usage: { total_tokens: expect.any(Number) },
      })
      const scores = body.results.map((result) => result.relevance_score)
      expect(scores).toEqual(scores.toSorted((a, b) => b - a))
      for (const score of scores) expect(score > 0 && score < 1).toBe(true)
    }
  })

  it('counts what the model read', async () => {
    const asked = { query: 'lost card', documents: ['lost card', 'fee'] }
    // [CLS] lost card [SEP] with two words and with one.
    expect((await post('/v1/rerank', { model: 'llama', ...asked })).body.usage.total_tokens).toBe(11)
    expect((await post('/v1/rerank', { model: 'onnx', ...asked })).body.usage.total_tokens).toBe(7)
  })

  it('tells a client whose query is too long, and not another one', async () => {
    const query = 'x '.repeat(100)
    expect(await post('/v1/rerank', { model: 'llama', query, documents: ['card'] })).toMatchObject({
      status: 400,
      body: { error: { code: 'context_length_exceeded', param: 'query' } },
    })
  })

  it('lets them order the passages of a knowledge base', async () => {
    const search = async (store: string) => {
      const { body } = await post(`/v1/vector_stores/${store}/search`, { query: 'lost card' })
      return body.data.map(({ filename, score }) => ({ filename, score: Math.round(score * 1000) / 1000 }))
    }
    // Words alone prefer the page with both of them, the tiny BERT the one that says little else.
    expect((await search('plain')).map(({ filename }) => filename)).toEqual(['both.md', 'often.md'])
    const byLlama = await search('by-llama')
    expect(byLlama.map(({ filename }) => filename)).toEqual(['often.md', 'both.md'])
    for (const { score } of byLlama) expect(score > 0 && score < 1).toBe(true)
    // The stand-in's logit is the number of words that occur.
    expect(await search('by-onnx')).toEqual([
      { filename: 'both.md', score: 0.881 },
      { filename: 'often.md', score: 0.731 },
    ])
  })
})

describe('a system whose reranker is none', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'rerank-state-'))
  const state = join(folder, stateDirectoryName)
  /** One for all of them: none gets far enough to use it. */
  let resources: Resources
  beforeAll(async () => {
    installModels(folder)
    resources = await openResources({
      stateDirectory: state,
      databaseUrl: undefined,
      environment: process.env,
      log: silentLog,
    })
  }, 120_000)
  afterAll(async () => {
    await resources?.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  it('does not start, and its process says what it needs', async () => {
    const project = prepare([llama.replace('ranker.gguf', 'chat.gguf'), onnx])
    await expect(startServeProcess(project.architectureFile)).rejects.toMatchObject({
      code: 'cli.serve-failed',
      message: expect.stringContaining('Use a reranker: a GGUF file'),
    })
    project.remove()
  })

  it.each([
    [
      'an embedding model',
      llama,
      onnx.replace('judge', 'embedder'),
      'it is a BertModel. Use a cross-encoder',
    ],
    ['a classifier of three', llama, onnx.replace('judge', 'many'), 'it has 3 outputs. Use a cross-encoder'],
    ['a folder without weights', llama, onnx.replace('judge', 'gone'), 'no readable config.json'],
    ['a model with wrong options', llama, onnx.replace(' }', ', options: { pooling: cls } }'), 'pooling'],
  ])('does not start with %s, and says what it needs', async (_what, first, second, hint) => {
    const project = prepare([first, second])
    const serving = serveSystem({
      architectureFile: project.architectureFile,
      stateDirectory: state,
      environment: process.env,
      log: silentLog,
      resources: Promise.resolve({ ...resources, close: async () => {} }),
    })
    await expect(serving).rejects.toThrow(hint)
    project.remove()
  })
})
