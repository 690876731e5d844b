// The task model behind the gateway: BANKING77's test rows, and the cascade, over HTTP. One row in twelve is asked, and each
// has to be answered as when all were; TASK_MODEL_EVERY=1 asks all 3,080, which takes half a minute of a core.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ServingSystem, serveSystem } from '../../src/cli/serve-system.js'
import { silentLog } from '../../src/core/index.js'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

const folder = 'examples/bank-support/models/banking-intents'
// biome-ignore lint/suspicious/noExplicitAny: files of a known shape
const json = (path: string): any => JSON.parse(readFileSync(path, 'utf8'))
const rowsOf = (path: string): { readonly text: string; readonly label: string }[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
const metrics = json(join(folder, 'metrics.json'))
/** By the place of a row that is answered wrongly, with what: of all rows, asked over HTTP on 2026-11-26. */
const wrong: Readonly<Record<number, string>> = json('test/fixtures/banking-intents/wrong-answers.json')
const every = Number(process.env.TASK_MODEL_EVERY ?? 12)
const task = json(join(folder, 'task.json'))

const architecture = `version: 1
name: bank
server: { port: 0, drainSeconds: 2 }
deployments:
  - id: intents
    engine: local
    model: ${resolve(folder, task.files.gguf)}
    contextLength: 512
    languages: [en]
    task: { tool: ${task.tool.name}, outOfScope: { intent: ${task.outOfScopeLabel} } }
    options: { threads: 1, sequences: 4, temperature: 0 }
  - { id: quoting, engine: extractive, model: extractive }
routes:
  - { name: intents, strategy: { deployment: intents } }
  - name: support
    strategy:
      cascade:
        escalateBelow: ${task.escalateBelow}
        strategies: [{ deployment: intents }, { deployment: quoting }]
`

const directory = mkdtempSync(join(tmpdir(), 'task-model-'))
let system: ServingSystem
beforeAll(async () => {
  const architectureFile = join(directory, 'architecture.yaml')
  writeFileSync(architectureFile, architecture)
  const stateDirectory = join(directory, '.llm-architect')
  system = await serveSystem({
    architectureFile,
    stateDirectory,
    environment: process.env,
    log: silentLog,
    port: 0,
  })
})
afterAll(async () => {
  await system.close()
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
})

const tools = [{ type: 'function', function: task.tool }]

/** The intent that the answer calls the tool with, and who answered. */
const ask = async (model: string, text: string) => {
  const response = await fetch(`${system.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: text }], tools }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: an answer of the API
  const body = (await response.json()) as any
  const call = body.choices?.[0]?.message?.tool_calls?.[0]?.function
  return {
    status: response.status,
    answeredBy: response.headers.get('x-answered-by'),
    intent: call ? (JSON.parse(call.arguments) as { intent: string }).intent : undefined,
  }
}

/** Four at a time, in the order of the rows. */
const askAll = async (model: string, texts: readonly string[]) => {
  const answers: Awaited<ReturnType<typeof ask>>[] = []
  let next = 0
  const worker = async () => {
    for (let i = next++; i < texts.length; i = next++) answers[i] = await ask(model, texts[i] as string)
  }
  await Promise.all([worker(), worker(), worker(), worker()])
  return answers
}

describe('the task model behind the gateway', () => {
  const rows = rowsOf('benchmarks/data/banking77/test.jsonl')

  it('recognises as many of all test rows as its metrics state', () => {
    expect(rows).toHaveLength(3080)
    const right = rows.length - Object.keys(wrong).length
    expect(Math.abs(right - metrics.accuracy.served.share * rows.length)).toBeLessThan(1)
    for (const [place, intent] of Object.entries(wrong)) expect(rows[Number(place)]?.label).not.toBe(intent)
  })

  it('recognises those, and mistakes the others, row by row', async () => {
    const asked = rows.map((row, i) => ({ ...row, i })).filter(({ i }) => i % every === 0)
    const answers = await askAll(
      'intents',
      asked.map(({ text }) => text),
    )
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    const others = asked.filter(({ i, label }, at) => answers[at]?.intent !== (wrong[i] ?? label))
    // Batched sums are rounded in another order than single ones, which may turn a tie: five of all rows.
    expect(others.length).toBeLessThanOrEqual(Math.ceil((5 * asked.length) / rows.length))
  })

  it('passes on what is not its business, and little else', async () => {
    const oneIn = <T>(n: number, items: readonly T[]) => items.filter((_, i) => i % n === 0)
    const kept = await askAll(
      'support',
      oneIn(20, rows).map(({ text }) => text),
    )
    const others = await askAll(
      'support',
      oneIn(8, rowsOf('benchmarks/data/clinc150/out-of-scope.jsonl')).map(({ text }) => text),
    )
    const share = (answers: typeof kept) =>
      answers.filter(({ answeredBy }) => answeredBy !== 'intents').length / answers.length
    expect(share(kept)).toBeLessThan(0.12)
    expect(share(others)).toBeGreaterThan(0.88)
    expect((await ask('support', '我的信用卡掉了，要怎麼掛失？')).answeredBy).toBe('quoting')
  })
})
