// Reranking by models on this machine, behind the gateway: llama.cpp with a tiny BERT that the test writes, and the
// engine `transformers` with a stand-in for its library.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ingestAll } from '../../src/cli/ingest-all.js'
import { openResources, type Resources } from '../../src/cli/open-resources.js'
import { stateDirectoryName } from '../../src/cli/project.js'
import { render } from '../../src/cli/render.js'
import { type ServingSystem, serveSystem } from '../../src/cli/serve-system.js'
import { createTerminal } from '../../src/cli/terminal.js'
import { silentLog } from '../../src/core/index.js'
import { randomModel } from '../../src/llm/local/__fixtures__/tiny-models.js'
import { rankerModel } from '../../src/llm/local/__fixtures__/tiny-ranker.js'
import { createSmallProject, type SmallProject } from './small-project.js'
import { installStandIn, writeStandInModel } from './stand-in-transformers.js'

const architecture = (kinds: readonly string[], deployments: readonly string[]) => `version: 1
name: small
server: { port: 0, drainSeconds: 2 }
deployments:
  - { id: words, engine: extractive, model: extractive }
${deployments.join('\n')}
routes:
  - { name: support, strategy: { deployment: words } }
${kinds.map((kind) => `  - { name: ${kind}, strategy: { deployment: ${kind} } }`).join('\n')}
knowledge:
  - { id: plain, source: ./pages }
${kinds.map((kind) => `  - { id: by-${kind}, source: ./pages, rerank: { deployment: ${kind}, timeoutMs: 60000 } }`).join('\n')}
`
const llama = '  - { id: llama, kind: rerank, engine: local, model: ranker.gguf, options: { threads: 1 } }'
const onnx = '  - { id: onnx, kind: rerank, engine: transformers, model: judge }'

/** @param deployments of `llama`, of `onnx`, or of both */
const prepare = (deployments: readonly string[]): SmallProject => {
  const project = createSmallProject()
  const kinds = ['llama', 'onnx'].filter((kind) => deployments.some((line) => line.includes(`id: ${kind}`)))
  writeFileSync(project.architectureFile, architecture(kinds, deployments))
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

const nowhere = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), { isTTY: false })
const terminal = createTerminal(
  { language: 'en', json: true, render },
  { stdout: nowhere, stderr: nowhere, stdin: {} },
)
const folder = mkdtempSync(join(tmpdir(), 'rerank-state-'))
const stateDirectory = join(folder, stateDirectoryName)
const environment = process.env
/** One for the system that serves and for those that do not get far enough to use it. */
let resources: Resources
beforeAll(async () => {
  installModels(folder)
  resources = await openResources({ stateDirectory, databaseUrl: undefined, environment, log: silentLog })
}, 120_000)
afterAll(async () => {
  await resources?.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

const serve = ({ architectureFile }: SmallProject): Promise<ServingSystem> =>
  serveSystem({
    architectureFile,
    stateDirectory,
    environment,
    log: silentLog,
    resources: Promise.resolve({ ...resources, close: async () => {} }),
  })

describe('a system that reranks on this machine', { timeout: 180_000 }, () => {
  const project = prepare([llama, onnx])
  let system: ServingSystem
  beforeAll(async () => {
    system = await serve(project)
    await ingestAll(system, { terminal, signal: new AbortController().signal })
  }, 120_000)
  afterAll(async () => {
    await system?.close()
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
  it.each([
    ['a model that chats', llama.replace('ranker.gguf', 'chat.gguf'), 'Use a reranker: a GGUF file'],
    ['an embedding model', onnx.replace('judge', 'embedder'), 'it is a BertModel. Use a cross-encoder'],
    ['a classifier of three', onnx.replace('judge', 'many'), 'it has 3 outputs. Use a cross-encoder'],
    ['a folder without weights', onnx.replace('judge', 'gone'), 'no readable config.json'],
    ['a model with wrong options', onnx.replace(' }', ', options: { pooling: cls } }'), 'pooling'],
  ])('does not start with %s, and says what it needs', async (_what, deployment, hint) => {
    const project = prepare([deployment])
    await expect(serve(project)).rejects.toThrow(hint)
    project.remove()
  })
})
