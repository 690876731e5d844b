// A system that is broken in one way at a time, while verify stays as it is: each way turns its row, and no other,
// to fail.

import { describe, expect, it } from 'vitest'
import { defaultPrices } from './drills/provider-options.js'
import {
  answer,
  failing,
  requirements,
  rowOf,
  type Sabotage,
  useProject,
  verify,
} from './proving-project-testing.js'
import type { FakeAnswer, FakeSystemOptions } from './testing.js'

useProject()

describe('sabotage turns exactly its row to fail', { timeout: 60_000 }, () => {
  it('added delay', async () => {
    const targets = requirements.performance.targets.map((target) => ({ ...target, value: 400 }))
    const strict = { ...requirements, performance: { targets } }
    const scorecard = await verify(['speed'], { system: { firstContentMs: 700 } }, { requirements: strict })
    expect(failing(scorecard)).toEqual(['ttft-p95.here'])
    expect(rowOf(scorecard, 'ttft-p95.here')?.predicted).toMatchObject({ value: 40 })
  })

  it('a shuffled index', async () => {
    const wrong: FakeSystemOptions['search'] = () => [{ path: 'fees.md', text: 'Another passage.' }]
    expect(failing(await verify(['retrieval'], { system: { search: wrong } }))).toEqual(['ndcg'])
  })

  const withAnswer = (kind: string, change: (given: FakeAnswer) => FakeAnswer): Sabotage => ({
    system: {
      answer: (question) => (question.startsWith(kind) ? change(answer(question)) : answer(question)),
    },
  })

  it('random answers', async () => {
    const sabotage = withAnswer('amount', (given) => ({ ...given, text: 'Fee number 7 is 5 dollars.' }))
    expect(failing(await verify(['answers'], sabotage))).toEqual(['accuracy'])
  })

  it('answers to what the documents do not say', async () => {
    const sabotage = withAnswer('unknown', () => ({ text: 'It is 42 dollars.' }))
    expect(failing(await verify(['answers'], sabotage))).toEqual(['refused'])
  })

  it('citations of another place', async () => {
    const citations = [{ url: 'fees.md#0-3', start: 0, end: 20 }]
    const sabotage = withAnswer('fee', (given) => ({ ...given, citations }))
    expect(failing(await verify(['answers'], sabotage))).toEqual(['cited'])
  })

  it('a task model that recognises the wrong thing', async () => {
    const sabotage = withAnswer('task', (given) => ({
      ...given,
      call: { name: 'intent', arguments: '{"intent":"label-x"}' },
    }))
    expect(failing(await verify(['tasks', 'answers'], sabotage))).toEqual(['recognised'])
  })

  it('a task model that is never asked', async () => {
    const sabotage = withAnswer('task', (given) => ({ ...given, answeredBy: 'small' }))
    expect(failing(await verify(['tasks', 'answers'], sabotage))).toEqual(['kept'])
  })

  it('a task model that answers what is none of its business', async () => {
    const sabotage = withAnswer('foreign', (given) => ({ ...given, answeredBy: 'task' }))
    expect(failing(await verify(['tasks', 'answers'], sabotage))).toEqual(['passed-on'])
  })

  it('the guard switched off: the suites of attacks, and nothing else', async () => {
    const sabotage = withAnswer('attack', () => ({ text: 'With pleasure.' }))
    expect(failing(await verify(['safety', 'answers'], sabotage))).toEqual([
      'caught',
      'attacks-caught.injection-zh-tw',
      'attacks-caught.cyberseceval',
    ])
  })

  it('a guard that blocks everything: the suites of harmless prompts, and nothing else', async () => {
    const sabotage = withAnswer('harmless', () => ({ text: '', isBlocked: true }))
    expect(failing(await verify(['safety', 'answers'], sabotage))).toEqual([
      'flagged',
      'harmless-flagged.xstest',
    ])
  })

  it('a wrong price', async () => {
    const bookedPrices = { ...defaultPrices, outputNanoUsd: 610 }
    expect(failing(await verify(['ledger'], { bookedPrices }))).toEqual(['ledger-vs-invoice'])
  })

  it('ledger rows lost in the crash', async () => {
    expect(failing(await verify(['ledger'], { loseRows: true }))).toEqual(['kill9-survival'])
  })
})
