// One model, two engines: vLLM on its safetensors (through the gateway) and llama.cpp on its GGUF read a question as
// the same tokens, and greedy decoding gives the same tokens, but where the model itself is of two minds.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel, type Token } from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageFile } from '../../src/cli/package-file.js'
import { createRandom } from '../../src/core/index.js'
import { type Decoded, differences } from './compare-decodings.js'
import { type EngineProcess, startEngine } from './engine-process.js'
import { servedName, vllmOn } from './engines-home.js'
import { type ServedSystem, serveOn } from './serve-on.js'

/** A folder with a model in both layouts. */
const modelFolder =
  process.env.TEST_ENGINES_PARITY_MODEL || packageFile('examples/bank-support/models/banking-intents')
const questions = 200
const maxTokens = 16
const maxDifferences = 4
const maxGap = 0.05

let vllm: EngineProcess
let system: ServedSystem
let llama: Llama
let model: LlamaModel

beforeAll(async () => {
  vllm = await startEngine(vllmOn(modelFolder, 512))
  system = await serveOn({
    deployments: [{ id: 'vllm', engine: 'vllm', model: servedName, address: `${vllm.url}/v1` }],
    routes: { chat: { deployment: 'vllm' } },
  })
  const file = readdirSync(modelFolder).find((name) => name.endsWith('.gguf')) ?? 'no.gguf'
  llama = await getLlama({ build: 'never', gpu: false, maxThreads: 1, logLevel: LlamaLogLevel.error })
  model = await llama.loadModel({ modelPath: join(modelFolder, file) })
})
afterAll(async () => {
  await model?.dispose()
  await llama?.dispose()
  await system?.close()
  await vllm?.stop()
})

/** Test rows of BANKING77, drawn by seed. */
const drawQuestions = (): readonly string[] => {
  const rows = readFileSync(packageFile('benchmarks/data/banking77/test.jsonl'), 'utf8').trim().split('\n')
  return createRandom(7)
    .shuffle(rows)
    .slice(0, questions)
    .map((row) => (JSON.parse(row) as { text: string }).text)
}

interface VllmAnswer {
  readonly prompt_token_ids: readonly number[]
  readonly choices: readonly [
    {
      readonly token_ids: readonly number[]
      readonly logprobs: {
        readonly content: readonly { readonly top_logprobs: readonly { logprob: number }[] }[]
      }
    },
  ]
}

/** Through the gateway, which hands on what it does not know. */
const askVllm = async (question: string): Promise<Decoded & { readonly prompt: readonly number[] }> => {
  const answer = (await post(`${system.url}/v1/chat/completions`, {
    model: 'chat',
    messages: [{ role: 'user', content: question }],
    temperature: 0,
    max_tokens: maxTokens,
    logprobs: true,
    top_logprobs: 2,
    return_token_ids: true,
  })) as VllmAnswer
  const [{ token_ids, logprobs }] = answer.choices
  const ids = untilEnd(token_ids)
  const gaps = logprobs.content.map(({ top_logprobs: [first, second] }) =>
    // Log probabilities at one place differ from logits by the same amount.
    first && second ? first.logprob - second.logprob : Number.NaN,
  )
  return { prompt: answer.prompt_token_ids, ids, gaps }
}

/** Without the token that ends an answer: one engine tells it, another does not. */
const untilEnd = (ids: readonly number[]): readonly number[] => {
  const end = ids.indexOf(model.tokens.eos ?? -1)
  return end < 0 ? ids : ids.slice(0, end)
}

const post = async (url: string, body: object): Promise<unknown> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
  return response.json()
}

const promptText = async (tokens: readonly number[]): Promise<string> =>
  ((await post(`${vllm.url}/detokenize`, { model: servedName, tokens })) as { prompt: string }).prompt

describe('vLLM and llama.cpp on one model', () => {
  it('decode the same tokens', { timeout: 300_000 }, async () => {
    const asked = drawQuestions()
    const reference = await Promise.all(asked.map(askVllm))

    const read: (readonly number[])[] = []
    for (const { prompt } of reference) read.push(model.tokenize(await promptText(prompt), true))
    expect(read).toEqual(reference.map(({ prompt }) => prompt))

    const context = await model.createContext({ contextSize: 512, threads: 1 })
    const sequence = context.getSequence()
    const decoded: (readonly number[])[] = []
    for (const { prompt } of reference) {
      const ids: number[] = []
      // The model's own end counts, not what llama.cpp takes for an end by its name: that is how vLLM has it.
      const evaluation = sequence.evaluate(prompt as Token[], { temperature: 0, yieldEogToken: true })
      for await (const token of evaluation)
        if (ids.push(token) === maxTokens || token === model.tokens.eos) break
      await sequence.clearHistory()
      decoded.push(untilEnd(ids))
    }
    await context.dispose()

    expect(decoded.filter((ids) => ids.length > 0).length).toBeGreaterThan(questions / 2)
    const differing = differences(reference, decoded)
    expect(differing.filter(({ gap }) => !(gap < maxGap))).toEqual([])
    expect(differing.length).toBeLessThanOrEqual(maxDifferences)
  })
})

describe('the comparison', () => {
  const reference = [
    { ids: [1, 2, 3], gaps: [5, 0.01, 4] },
    { ids: [1, 2], gaps: [5, 3] },
  ]

  it('finds nothing where nothing differs', () => {
    expect(
      differences(reference, [
        [1, 2, 3],
        [1, 2],
      ]),
    ).toEqual([])
  })

  it('finds where a decoding turns, and how sure the reference was', () => {
    expect(
      differences(reference, [
        [1, 9, 9],
        [7, 2],
      ]),
    ).toEqual([
      { index: 0, position: 1, gap: 0.01 },
      { index: 1, position: 0, gap: 5 },
    ])
  })

  it('takes a decoding that ends early or late, or is missing, for another', () => {
    expect(differences(reference, [[1, 2]]).map(({ position }) => position)).toEqual([2, 0])
    const [late] = differences(reference, [
      [1, 2, 3, 4],
      [1, 2],
    ])
    expect(late?.gap).toBeNaN()
  })
})
