// The speed of a local model, measured on a system that speaks at a known pace.

import { describe, expect, it } from 'vitest'
import { type Architecture, architectureSchema } from '../spec/index.js'
import { writePredictions } from './predictions.js'
import { codes, path, rowOf, useProject, verify } from './proving-project-testing.js'

useProject()

const architecture: Architecture = architectureSchema.parse({
  version: 1,
  name: 'bank',
  deployments: [
    { id: 'intents', engine: 'local', model: './intents.gguf' },
    { id: 'alone', engine: 'local', model: './alone.gguf' },
    { id: 'small', engine: 'extractive', model: 'extractive' },
  ],
  routes: [
    { name: 'support', strategy: { deployment: 'small' }, knowledge: 'handbook' },
    { name: 'own-name', strategy: { deployment: 'intents' } },
    {
      name: 'both',
      strategy: { fallback: [{ deployment: 'alone' }, { deployment: 'small' }] },
    },
  ],
  knowledge: [{ id: 'handbook', source: './handbook' }],
})

const measure = async (system: { readonly firstContentMs: number; readonly gapMs: number }) => {
  const predictionsFile = path('local-predictions.json')
  await writePredictions(predictionsFile, [
    { id: 'intents.first-token', value: 20, unit: 'ms', low: 0, high: 30 },
    { id: 'intents.tokens-per-second', value: 400, unit: 'tokens/s', low: 1, high: 10_000 },
  ])
  const answer = () => ({ text: '<tool_call>{"name": "intent"}</tool_call>' })
  return verify(
    ['speed'],
    { system: { ...system, answer, outputTokens: 9 } },
    { architecture, predictionsFile },
  )
}

describe('a local model with a route of its own', { timeout: 60_000 }, () => {
  it('has its first token and its speed measured beside what was predicted, and no verdict', async () => {
    const scorecard = await measure({ firstContentMs: 1, gapMs: 2 })
    const first = rowOf(scorecard, 'intents.first-token')
    expect(first).toMatchObject({ verdict: 'not-measured', target: null, predicted: { value: 20 } })
    expect(first?.measured).toMatchObject({ unit: 'ms', n: 55 })
    expect(rowOf(scorecard, 'intents.tokens-per-second')?.measured?.value).toBeGreaterThan(0)
    expect(codes(scorecard, 'intents.first-token')).toContain('verify.note.one-at-a-time')
    expect(rowOf(scorecard, 'alone.first-token')).toBeUndefined()
  })

  it('that slows down moves the measurement, not the prediction', async () => {
    const [fast, slow] = [
      await measure({ firstContentMs: 1, gapMs: 1 }),
      await measure({ firstContentMs: 40, gapMs: 8 }),
    ]
    const [firstToken, speed] = ['intents.first-token', 'intents.tokens-per-second']
    expect(rowOf(slow, firstToken)?.measured?.value).toBeGreaterThan(39)
    expect(codes(slow, firstToken)).toContain('verify.note.prediction-missed')
    expect(rowOf(slow, speed)?.measured?.value).toBeLessThan(rowOf(fast, speed)?.measured?.value ?? 0)
    expect(rowOf(slow, firstToken)?.predicted).toEqual(rowOf(fast, firstToken)?.predicted)
  })
})
