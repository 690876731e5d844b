import { describe, expect, it } from 'vitest'
import { readContextAnswer } from './context-answer.js'
import { draftRequirements } from './draft-requirements.js'
import { parseRequirements } from './parse-requirements.js'
import { presets, type UseCaseKind } from './presets.js'

describe('a draft of requirements', () => {
  it.each(Object.keys(presets) as UseCaseKind[])('for %s parses without a problem', (kind) => {
    const requirements = parseRequirements(
      draftRequirements({ name: 'first', kind, peakRequestsPerSecond: 3 }),
    )
    expect(requirements.useCase.kind).toBe(kind)
    expect(requirements.performance.targets.map((t) => t.id)).toEqual(['ttft-p95', 'e2e-p95'])
  })
})

describe('the answer to a get_llm_context query', () => {
  it('becomes a draft, with what it says in numbers', () => {
    const { draft, open } = readContextAnswer(
      JSON.stringify({
        requesting_agent: 'llm-architect',
        payload: {
          use_case: 'customer support over our documents, in Chinese and English',
          performance: 'P95 latency below 200 ms',
          scale: { daily: '50k requests per day' },
          safety: ['PII', 'prompt injection'],
          budget: '$6,000 per month',
          integration: ['LINE', 'Salesforce'],
        },
      }),
    )
    expect(draft).toMatchObject({ kind: 'rag-qa', ttftMs: 200, monthlyUsd: 6000, languages: ['zh-TW', 'en'] })
    // 50,000 a day, three times the mean at peak: 150,000 / 86,400 s = 1.7 requests/s
    expect(draft.peakRequestsPerSecond).toBe(1.7)
    expect(draft.integrations).toEqual([
      { kind: 'system', name: 'LINE' },
      { kind: 'system', name: 'Salesforce' },
    ])
    expect(draft.notes).toContain('safety: PII, prompt injection')
    expect(open).toEqual([])
    expect(parseRequirements(draftRequirements(draft)).budget.monthlyUsd).toBe(6000)
  })

  it('says what is still open', () => {
    expect(readContextAnswer('{"useCase": "something new", "scale": "large"}').open).toEqual([
      'use-case',
      'performance',
      'scale',
      'budget',
    ])
  })

  it.each(['not json', '[]', '{"a": 1}', 'null'])('refuses %s', (text) => {
    expect(() => readContextAnswer(text)).toThrowError(expect.objectContaining({ code: 'spec.bad-context' }))
  })
})
