// The engine `transformers` with its real library: installed as doctor --fix does, loaded by the knowledge process, and
// asked for vectors through the gateway. The model is a toy, its ONNX graph is not.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { installTransformers } from '../../src/cli/install-transformers.js'
import { type ServeProcess, startServeProcess } from '../../src/cli/serve-process.js'
import { tinyDimensions, writeTinyModel } from './tiny-onnx.js'

const directory = mkdtempSync(join(tmpdir(), 'transformers-'))
const stateDirectory = join(directory, '.llm-architect')
const architectureFile = join(directory, 'architecture.yaml')
let system: ServeProcess
let client: OpenAI

beforeAll(async () => {
  const { signal } = new AbortController()
  const { env: environment } = process
  await installTransformers({ stateDirectory, environment, signal, onOutput: () => {} })
  writeTinyModel(join(stateDirectory, 'models'), 'tiny')
  writeFileSync(
    architectureFile,
    `version: 1
name: here
server: { port: 0 }
deployments:
  - { id: here, kind: embedding, engine: transformers, model: tiny }
  - { id: words, engine: extractive, model: extractive }
routes:
  - { name: vectors, strategy: { deployment: here } }
  - { name: support, strategy: { deployment: words }, knowledge: docs }
knowledge:
  - { id: docs, source: ./docs, embeddings: { deployment: here, dimensions: ${tinyDimensions} } }
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
