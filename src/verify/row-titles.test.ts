import { describe, expect, it } from 'vitest'
import { architectureSchema, requirementsSchema } from '../spec/index.js'
import { titleText } from './judge-row.js'
import { describeRows, routeUnderTest } from './row-titles.js'

const target = (id: string, metric: string, suite: string) => ({ id, metric, op: '>=', value: 0.8, suite })
const requirements = requirementsSchema.parse({
  version: 1,
  name: 'bank',
  useCase: { kind: 'chat', description: 'x' },
  performance: {},
  quality: {
    targets: [
      target('right', 'answer-accuracy', 'evals/answers.jsonl'),
      target('kept', 'escalated', 'builtin:banking77/test'),
      target('passed-on', 'escalated', 'evals/other.jsonl'),
    ],
  },
  scale: {
    peakRequestsPerSecond: 1,
    lengths: { inputTokens: { p50: 1, p95: 2 }, outputTokens: { p50: 1, p95: 2 } },
  },
})
const architecture = architectureSchema.parse({
  version: 1,
  name: 'bank',
  deployments: [{ id: 'intents', engine: 'local', model: './m.gguf' }],
  routes: [{ name: 'chat', strategy: { deployment: 'intents' } }],
})
const titles = describeRows(requirements, architecture)
const titleOf = (id: string) => {
  const title = titles.get(id)
  return title && titleText(title)
}

describe('the titles of rows', () => {
  it('name the suite only where two targets have the same metric', () => {
    expect(titleOf('right')).toBe('Right answers')
    expect(titleOf('kept')).toBe('Passed on by the task model (banking77/test)')
    expect(titleOf('passed-on')).toBe('Passed on by the task model (evals/other)')
  })
  it('name the local models', () => {
    expect(titleOf('intents.first-token')).toBe('First token of intents, this machine')
    expect(titleOf('intents.tokens-per-second')).toBe('Tokens/s of intents, this machine')
  })
})

describe('the route under test', () => {
  const routesOf = (...kinds: readonly ('chat' | 'embedding')[]) =>
    architectureSchema.parse({
      version: 1,
      name: 'bank',
      deployments: kinds.map((kind) => ({ id: kind, kind, engine: 'openai-compatible', model: 'm' })),
      routes: kinds.map((kind) => ({ name: kind, strategy: { deployment: kind } })),
    })
  it('is one that chats', () => {
    expect(routeUnderTest(routesOf('embedding', 'chat'))?.name).toBe('chat')
    expect(routeUnderTest(routesOf('embedding'))).toBeUndefined()
  })
})
