import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { architectureSchema, requirementsSchema } from '../spec/index.js'
import type { CommandContext } from './command-context.js'
import { agreeToCost, paidLoadOf } from './paid-load.js'
import { createTerminal } from './terminal.js'

const directory = mkdtempSync(join(tmpdir(), 'paid-load-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
writeFileSync(join(directory, 'answers.jsonl'), '{"id":"1"}\n\n{"id":"2"}\n{"id":"3"}\n')

const requirements = requirementsSchema.parse({
  version: 1,
  name: 'bank',
  useCase: { kind: 'chat', description: 'x' },
  performance: {},
  quality: {
    targets: [
      { id: 'all', metric: 'answer-accuracy', op: '>=', value: 0.5, suite: 'answers.jsonl' },
      { id: 'some', metric: 'answer-accuracy', op: '>=', value: 0.5, suite: 'answers.jsonl', sample: 2 },
      { id: 'gone', metric: 'answer-accuracy', op: '>=', value: 0.5, suite: 'nowhere.jsonl' },
    ],
  },
  scale: {
    peakRequestsPerSecond: 1,
    lengths: { inputTokens: { p50: 1000, p95: 2000 }, outputTokens: { p50: 100, p95: 200 } },
  },
})
const profile = {
  name: 'here',
  shape: 'poisson' as const,
  requestsPerSecond: 10,
  durationSeconds: 9,
  warmupSeconds: 1,
  questions: 'answers.jsonl',
  seed: 1,
}
const paid = { address: 'https://api.example.com/v1', price: { input: 2, output: 10 } }
const loadOf = (...deployments: readonly object[]) =>
  paidLoadOf({
    architecture: architectureSchema.parse({
      version: 1,
      name: 'bank',
      deployments: deployments.map((more, i) => ({
        id: `d${i}`,
        engine: 'openai-chat',
        model: 'm',
        ...more,
      })),
      routes: [
        { name: 'chat', strategy: { fallback: deployments.map((_, i) => ({ deployment: `d${i}` })) } },
      ],
    }),
    requirements,
    directory,
    profile,
  })

describe('paidLoadOf', () => {
  it('counts the load and the rows of the suites, at the lengths of the requirements', () => {
    const load = loadOf(paid)
    expect(load).toMatchObject({ deployment: 'd0', requests: 100 + 3 + 2 })
    expect(load?.usd).toBeCloseTo((105 * (1000 * 2 + 100 * 10)) / 1e6, 12)
  })
  it('names the dearest of several', () => {
    expect(loadOf(paid, { ...paid, price: { input: 3, output: 10 } })?.deployment).toBe('d1')
  })
  it('counts a provider that is reached without an address of ours', () => {
    const provider = { engine: 'ai-sdk', options: { package: 'vendor' }, price: paid.price }
    expect(loadOf(provider)).toMatchObject({ deployment: 'd0', requests: 105 })
    expect(loadOf({ ...provider, address: 'http://127.0.0.1:8000/v1' })).toBeUndefined()
  })
  it.each([
    ['an engine on this machine', { address: 'http://127.0.0.1:8000/v1', price: { input: 2, output: 10 } }],
    ['a built-in engine', {}],
    ['a free one', { address: 'https://api.example.com/v1', price: { input: 0, output: 0 } }],
  ])('costs nothing with %s', (_what, deployment) => {
    expect(loadOf(deployment)).toBeUndefined()
  })
})

describe('agreeToCost', () => {
  const notes: string[] = []
  const stream = { write: (line: string) => notes.push(line) > 0 } as unknown as NodeJS.WritableStream
  const contextOf = (json: boolean, isTTY: boolean) =>
    ({
      text: (en: string) => en,
      terminal: () =>
        createTerminal(
          { language: 'en', json, render: ({ code }) => code },
          { stdout: stream, stderr: Object.assign(stream, { isTTY }), stdin: { isTTY } },
        ),
    }) as unknown as CommandContext
  const context = contextOf(false, false)
  const load = { deployment: 'groq', requests: 105, usd: 0.315 }

  it('states the cost and goes on where it was agreed to beforehand', async () => {
    await agreeToCost(load, { yes: true, context })
    expect(notes.join('')).toContain('105 requests to groq')
    expect(notes.join('')).toContain('$0.315')
  })
  it('goes no further in a pipe', async () => {
    await expect(agreeToCost(load, { yes: false, context })).rejects.toMatchObject({
      code: 'cli.cost-not-agreed',
    })
  })
  it('asks nothing where stdout carries JSON, which a question would spoil', async () => {
    await expect(agreeToCost(load, { yes: false, context: contextOf(true, true) })).rejects.toMatchObject({
      code: 'cli.cost-not-agreed',
    })
  })
  it('says nothing where nothing is paid', async () => {
    notes.length = 0
    await agreeToCost(undefined, { yes: false, context })
    expect(notes).toEqual([])
  })
})
