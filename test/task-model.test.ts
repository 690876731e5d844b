// The task model's GGUF, decoded by llama.cpp itself: its tokens, its answers and its confidences are those that
// metrics.json states. No part of the product is between the test and the engine.

import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  getLlama,
  type Llama,
  type LlamaContextSequence,
  LlamaLogLevel,
  type LlamaModel,
  readGgufFileInfo,
  type Token,
} from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../src/core/index.js'

const folder = 'examples/bank-support/models/banking-intents'
const ggufPath = join(folder, 'banking-intents.gguf')

interface Row {
  readonly text: string
  readonly label: string
}
interface Answer {
  readonly text: string
  readonly intent: string
  readonly confidence: number
}

interface Share {
  readonly share: number
}
interface Metrics {
  readonly accuracy: { readonly served: Share }
  readonly escalation: { readonly inScopeEscalated: Share; readonly outOfScopeEscalated: Share }
  readonly model: { readonly sha256: Readonly<Record<string, string>>; readonly testPromptIdsSha256: string }
}
interface Task {
  readonly tool: {
    readonly name: string
    readonly parameters: { readonly properties: { readonly intent: { readonly enum: readonly string[] } } }
  }
  readonly outOfScopeLabel: string
  readonly confidenceTokenIndex: number
  readonly escalateBelow: number
}

const json = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T
const rows = (path: string): readonly Row[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

const metrics = json<Metrics>(join(folder, 'metrics.json'))
const task = json<Task>(join(folder, 'task.json'))
const testRows = rows('benchmarks/data/banking77/test.jsonl')
const strangers = rows('benchmarks/data/clinc150/out-of-scope.jsonl')
const sample = <T>(from: readonly T[], count: number): readonly T[] =>
  createRandom('task-model').shuffle(from).slice(0, count)

const promptOf = (text: string): string => `<|user|> ${text.trim()}<|assistant|>`

/** Four standard errors of a share over a sample of `count`: one honest run in some ten thousand falls outside. */
const tolerance = (share: number, count: number): number => 4 * Math.sqrt((share * (1 - share)) / count)

async function answer(model: LlamaModel, sequence: LlamaContextSequence, text: string): Promise<Answer> {
  await sequence.clearHistory()
  const made: { token: Token; confidence: number }[] = []
  let pending: Token[] = model.tokenize(promptOf(text), true)
  while (made.length < 16) {
    const input = pending.map((token, index): Parameters<typeof sequence.controlledEvaluate>[0][number] =>
      index < pending.length - 1
        ? token
        : [token, { generateNext: { token: true, confidence: true, options: { temperature: 0 } } }],
    )
    const next = (await sequence.controlledEvaluate(input)).at(-1)?.next
    if (next?.token == null || next.confidence == null) throw new Error('llama.cpp gave no token')
    if (model.isEogToken(next.token)) break
    made.push({ token: next.token, confidence: next.confidence })
    pending = [next.token]
  }
  const chosen = made[task.confidenceTokenIndex]
  return {
    text: model.detokenize(made.map(({ token }) => token)),
    intent: chosen === undefined ? '' : model.detokenize([chosen.token]),
    confidence: chosen?.confidence ?? 0,
  }
}

async function answers(model: LlamaModel, over: readonly Row[]): Promise<readonly (Answer & { row: Row })[]> {
  const context = await model.createContext({ contextSize: 256, threads: 1 })
  const sequence = context.getSequence()
  const given: (Answer & { row: Row })[] = []
  for (const row of over) given.push({ row, ...(await answer(model, sequence, row.text)) })
  await context.dispose()
  return given
}

const shareOf = <T>(of: readonly T[], holds: (each: T) => boolean): number =>
  of.filter(holds).length / of.length
const isRight = ({ row, intent }: Answer & { row: Row }): boolean => intent === row.label
const escalates = ({ intent, confidence }: Answer): boolean =>
  intent === task.outOfScopeLabel || confidence < task.escalateBelow

const expectShare = (measured: number, stated: Share, count: number) =>
  expect(Math.abs(measured - stated.share)).toBeLessThan(tolerance(stated.share, count))

describe('the task model in llama.cpp', { timeout: 120_000 }, () => {
  let llama: Llama
  let model: LlamaModel
  const scratch = mkdtempSync(join(tmpdir(), 'task-model-'))

  beforeAll(async () => {
    llama = await getLlama({ build: 'never', gpu: false, maxThreads: 1, logLevel: LlamaLogLevel.error })
    model = await llama.loadModel({ modelPath: ggufPath })
  }, 120_000)

  afterAll(async () => {
    await llama.dispose()
    rmSync(scratch, { recursive: true, force: true })
  })

  it('is the file that was measured', () => {
    for (const [name, sha256] of Object.entries(metrics.model.sha256)) {
      const bytes = readFileSync(join(folder, name))
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
      expect(bytes.length).toBeLessThanOrEqual(10_000_000)
    }
  })

  it('cuts every test row into the ids of the Hugging Face tokenizer', () => {
    const ids = testRows.map(({ text }) => model.tokenize(promptOf(text), true).join(' ')).join('\n')
    expect(createHash('sha256').update(ids).digest('hex')).toBe(metrics.model.testPromptIdsSha256)
  })

  it('answers as well as metrics.json says, each time with a tool call that parses', async () => {
    const given = await answers(model, sample(testRows, 300))
    for (const { text, intent } of given) {
      const call = /^<tool_call>\n(.*)\n<\/tool_call>$/s.exec(text)?.[1] ?? 'null'
      expect(JSON.parse(call)).toEqual({ name: task.tool.name, arguments: { intent } })
      expect(task.tool.parameters.properties.intent.enum).toContain(intent)
    }
    expectShare(shareOf(given, isRight), metrics.accuracy.served, 300)
    expectShare(shareOf(given, escalates), metrics.escalation.inScopeEscalated, 300)
  })

  it('lets questions go that no bank answers', async () => {
    const given = await answers(model, sample(strangers, 200))
    expectShare(shareOf(given, escalates), metrics.escalation.outOfScopeEscalated, 200)
    expect(metrics.escalation.outOfScopeEscalated.share).toBeGreaterThanOrEqual(0.8)
    expect(metrics.escalation.inScopeEscalated.share).toBeLessThanOrEqual(0.1)
  })

  it('loses its accuracy when the rows of its intents are shifted by one', async () => {
    const info = await readGgufFileInfo(ggufPath)
    const table = info.fullTensorInfo?.find(({ name }) => name === 'token_embd.weight')
    if (table === undefined) throw new Error('no token_embd.weight in the file')
    const rowBytes = Number(table.dimensions[0]) * 2
    const first = Number(table.fileOffset) + Number(model.tokenize('activate_my_card', true)[0]) * rowBytes
    const bytes = readFileSync(ggufPath)
    const intents = Buffer.from(bytes.subarray(first, first + 76 * rowBytes))
    intents.copy(bytes, first + rowBytes, 0, 75 * rowBytes)
    intents.copy(bytes, first, 75 * rowBytes)
    const broken = join(scratch, 'shifted.gguf')
    writeFileSync(broken, bytes)

    const shifted = await llama.loadModel({ modelPath: broken })
    expect(shareOf(await answers(shifted, sample(testRows, 100)), isRight)).toBeLessThan(0.2)
    await shifted.dispose()
  })
})
