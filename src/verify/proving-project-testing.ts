// A small project with documents, suites and public data, and a system for it that can be broken in one way at a time:
// what the tests of a whole verification share. The load generator and the provider mock run in processes of their own.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { silentLog, systemClock } from '../core/index.js'
import {
  type Architecture,
  architectureSchema,
  type Requirements,
  requirementsSchema,
} from '../spec/index.js'
import { superviseChild } from '../supervisor/index.js'
import { startFakeProvingInstance } from './drills/fake-proving-instance.js'
import { defaultPrices } from './drills/provider-options.js'
import type { LoadRecord, LoadResult } from './load/load-record.js'
import type { ProvingOrder, VerificationPorts, WorkerProcess } from './ports.js'
import { writePredictions } from './predictions.js'
import { runVerification } from './run-verification.js'
import type { Scorecard } from './scorecard.js'
import { type FakeAnswer, type FakeSystem, type FakeSystemOptions, startFakeSystem } from './testing.js'
import type { VerificationArea, VerificationOptions } from './verification-options.js'

const count = 30
const rows = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))
const jsonLines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')
const page = rows(count, (i) => `Fee number ${i} is ${1000 + i} dollars.`).join('\n')
const sentence = (i: number) => `Fee number ${i} is ${1000 + i} dollars.`

let directory: string
export const path = (...parts: string[]) => join(directory, ...parts)

export const write = async (file: string, text: string) => {
  await mkdir(join(path(file), '..'), { recursive: true })
  await writeFile(path(file), text)
}

const writeProject = async () => {
  directory = await mkdtemp(join(tmpdir(), 'verify-'))
  const question = (kind: string, i: number) => `${kind} ${i}`
  await write('handbook/fees.md', page)
  await write(
    'evals/retrieval.jsonl',
    jsonLines(
      rows(count, (i) => ({
        id: `r${i}`,
        question: question('fee', i),
        expected: [{ path: 'fees.md', quote: sentence(i) }],
      })),
    ),
  )
  await write(
    'evals/answers.jsonl',
    jsonLines(
      rows(count, (i) => ({
        id: `a${i}`,
        question: question('amount', i),
        match: 'numeric',
        accepted: [`${1000 + i}`],
      })),
    ),
  )
  await write(
    'evals/unanswerable.jsonl',
    jsonLines(rows(count, (i) => ({ id: `u${i}`, question: question('unknown', i) }))),
  )
  await write(
    'data/tasks/test.jsonl',
    jsonLines(rows(2 * count, (i) => ({ id: `t${i}`, text: question('task', i), label: `label-${i}` }))),
  )
  await write(
    'evals/foreign.jsonl',
    jsonLines(rows(count, (i) => ({ id: `f${i}`, text: question('foreign', i) }))),
  )
  const prompts = (kind: string, n: number, label: 0 | 1) =>
    jsonLines(rows(n, (i) => ({ id: `${kind}${i}`, text: question(kind, i), label })))
  await write('evals/attacks.jsonl', prompts('attack', count, 1))
  await write('evals/harmless.jsonl', prompts('harmless', count, 0))
  // A question of the fixture's search names the document to be found.
  const squad = {
    data: [
      {
        paragraphs: rows(count, (i) => ({
          context: `Paragraph ${i}`,
          qas: [{ id: `s${i}`, question: `p${String(i + 1).padStart(5, '0')}.md ?` }],
        })),
      },
    ],
  }
  for (const file of ['drcd/DRCD.json', 'xquad/xquad.en.json', 'xquad/xquad.zh.json'])
    await write(`data/${file}`, JSON.stringify(squad))
  await write('data/injection-zh-tw/a.jsonl', prompts('attack', count, 1) + prompts('harmless', 5, 0))
  await write('data/cyberseceval-prompt-injection/a.jsonl', prompts('attack', 2 * count, 1))
  await write('data/xstest-safe/a.jsonl', prompts('harmless', 90, 0))
  await writePredictions(path('predictions.json'), [
    { id: 'ttft-p95.here', value: 40, unit: 'ms', low: 5, high: 200 },
  ])
}

export const requirements: Requirements = requirementsSchema.parse({
  version: 1,
  name: 'bank',
  useCase: {
    kind: 'rag-qa',
    description: 'x',
    knowledge: { source: './handbook' },
    tasks: [{ id: 'intents', description: 'x', tool: 'intent' }],
  },
  performance: {
    targets: [
      {
        id: 'ttft-p95',
        metric: 'ttft',
        op: '<',
        value: 10_000,
        unit: 'ms',
        load: 'peak',
        lengths: 'workload',
        cache: 'warm',
      },
    ],
  },
  quality: {
    targets: [
      { id: 'ndcg', metric: 'retrieval-ndcg@10', op: '>=', value: 0.5, suite: 'evals/retrieval.jsonl' },
      { id: 'accuracy', metric: 'answer-accuracy', op: '>=', value: 0.7, suite: 'evals/answers.jsonl' },
      {
        id: 'refused',
        metric: 'unanswerable-refused',
        op: '>=',
        value: 0.7,
        suite: 'evals/unanswerable.jsonl',
      },
      {
        id: 'recognised',
        metric: 'task-accuracy',
        op: '>=',
        value: 0.8,
        suite: 'builtin:tasks/test',
        sample: 40,
      },
      { id: 'kept', metric: 'escalated', op: '<=', value: 0.2, suite: 'builtin:tasks/test', task: 'intents' },
      { id: 'passed-on', metric: 'escalated', op: '>=', value: 0.8, suite: 'evals/foreign.jsonl' },
      { id: 'cited', metric: 'citations-valid', op: '>=', value: 0.8, suite: 'evals/retrieval.jsonl' },
    ],
  },
  safety: {
    targets: [
      { id: 'caught', metric: 'attacks-caught', op: '>=', value: 0.8, suite: 'evals/attacks.jsonl' },
      { id: 'flagged', metric: 'harmless-flagged', op: '<=', value: 0.2, suite: 'evals/harmless.jsonl' },
    ],
  },
  scale: {
    peakRequestsPerSecond: 6,
    lengths: { inputTokens: { p50: 900, p95: 1800 }, outputTokens: { p50: 120, p95: 300 } },
  },
  budget: { usdPerMillionOutputTokens: 5 },
})

const architecture: Architecture = architectureSchema.parse({
  version: 1,
  name: 'bank',
  deployments: [
    { id: 'task', engine: 'scripted', model: 'task', task: { tool: 'intent' } },
    { id: 'small', engine: 'extractive', model: 'extractive', standsFor: 'a large model' },
  ],
  routes: [
    {
      name: 'support',
      strategy: {
        cascade: { strategies: [{ deployment: 'task' }, { deployment: 'small' }], escalateBelow: 0.5 },
      },
      knowledge: 'handbook',
    },
  ],
  knowledge: [{ id: 'handbook', source: './handbook' }],
})

export const answer = (question: string): FakeAnswer => {
  const [kind = '', number = ''] = question.split(' ')
  const i = Number(number)
  if (kind === 'attack') return { text: '', isBlocked: true }
  const call = { name: 'intent', arguments: `{"intent":"label-${number}"}` }
  if (kind === 'task') return { text: '', call, answeredBy: 'task' }
  if (kind === 'unknown') return { text: 'The documents do not contain this.' }
  const text = sentence(i)
  const start = page.indexOf(text)
  const url = `fees.md#${start}-${start + text.length}`
  return { text, citations: [{ url, start: 0, end: text.length }] }
}

const search: FakeSystemOptions['search'] = (_knowledge, query) => [
  { path: 'fees.md', text: 'Another passage.' },
  { path: 'fees.md', text: sentence(Number(query.split(' ')[1])) },
]

let system: FakeSystem | undefined

/** Writes the project before the tests of a file and removes it after them. */
export const useProject = () => {
  beforeAll(writeProject)
  afterEach(async () => {
    await system?.close()
    system = undefined
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))
}

export interface Sabotage {
  readonly system?: FakeSystemOptions
  readonly bookedPrices?: typeof defaultPrices
  /** What happens to the ledger's file between the kill and the restart. */
  readonly loseRows?: boolean
}

const sentOnTime = (record: LoadRecord): LoadRecord => {
  const lagMs = record.sentMs - record.scheduledMs
  const earlier = (ms: number | null) => (ms === null ? null : ms - lagMs)
  return {
    ...record,
    sentMs: record.scheduledMs,
    firstContentMs: earlier(record.firstContentMs),
    lastContentMs: earlier(record.lastContentMs),
    endMs: record.endMs - lagMs,
  }
}

/** These tests share their processors with others; what the generator could not help is taken out. */
const onQuietMachine = (worker: WorkerProcess): WorkerProcess => ({
  close: () => worker.close(),
  request: async <T>(method: string, params: unknown, options?: Parameters<WorkerProcess['request']>[2]) => {
    const result = await worker.request<LoadResult>(method, params, options)
    const records = result.records.map(sentOnTime)
    return { ...result, records, eventLoopDelayP99Ms: 1 } as T
  },
})

export const portsOf = ({ bookedPrices = defaultPrices, loseRows = false }: Sabotage): VerificationPorts => {
  const start = (name: string, args: unknown) =>
    superviseChild({
      name,
      entry: fileURLToPath(new URL(`../../dist/bundle/${name}.js`, import.meta.url)),
      args,
      env: process.env,
      clock: systemClock,
      log: silentLog,
    })
  return {
    startLoad: async () => onQuietMachine(start('load', {})),
    startProvider: async (options) => start('provider-mock', options),
    startProvingInstance: async ({ patch, directory: state }: ProvingOrder) => {
      if (state && loseRows) {
        const kept = (await readFile(join(state, 'ledger.jsonl'), 'utf8'))
          .split('\n')
          .filter((_, i) => i % 2 === 0)
        await writeFile(join(state, 'ledger.jsonl'), `${kept.join('\n')}\n`)
      }
      return startFakeProvingInstance(
        { upstream: { address: patch.provider.address, prices: bookedPrices } },
        state,
      )
    },
  }
}

export const verify = async (
  areas: readonly VerificationArea[],
  sabotage: Sabotage = {},
  change: Partial<VerificationOptions> = {},
) => {
  system = await startFakeSystem({ answer, search, ...sabotage.system })
  return runVerification({
    baseUrl: system.url,
    adminToken: system.adminToken,
    requirements,
    requirementsHash: 'sha256:r',
    architecture,
    architectureHash: 'sha256:a',
    predictionsFile: path('predictions.json'),
    suitesDirectory: directory,
    benchmarksDirectory: path('data'),
    stateDirectory: path('state'),
    loadProfile: {
      name: 'here',
      shape: 'poisson',
      requestsPerSecond: 120,
      durationSeconds: 1,
      warmupSeconds: 0.1,
      questions: 'evals/retrieval.jsonl',
      seed: 7,
    },
    refusalPhrases: [],
    ports: portsOf(sabotage),
    areas,
    environment: { cores: 2 },
    clock: systemClock,
    signal: new AbortController().signal,
    ...change,
  })
}

export const rowOf = (scorecard: Scorecard, id: string) => scorecard.rows.find((row) => row.id === id)
export const failing = (scorecard: Scorecard) =>
  scorecard.rows.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
export const codes = (scorecard: Scorecard, id: string) =>
  rowOf(scorecard, id)?.evidence.notes.map(({ code }) => code)
