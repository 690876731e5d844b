// The money of a design as people read it, in both languages.

import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../catalog/index.js'
import { createRenderer, type Language, type Message } from '../core/index.js'
import { assess, design, plannerMessages } from '../planner/index.js'
import { parseRequirements } from '../spec/index.js'
import { costText } from './cost-text.js'

const requirements = parseRequirements(`
version: 1
name: shop
useCase:
  kind: rag-qa
  description: Questions about orders.
  knowledge: { source: ./help, documents: 5000000, tokensPerDocument: 30000, ingestDays: 7, rerank: true }
performance: { targets: [] }
scale:
  peakRequestsPerSecond: 40
  growthPerYear: 2
  lengths: { inputTokens: { p50: 2000, p95: 3500 }, outputTokens: { p50: 150, p95: 350 } }
models: { minParametersB: 7 }
`)
const catalogue = loadCatalogue()
const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue })
const render = createRenderer(plannerMessages)
const textIn = (language: Language) =>
  report.cost
    ? costText(report.cost, { language, render: (message: Message) => render(message, language) })
    : ''

describe('the cost text', () => {
  it('has the bill, its total, what a year of growth makes of it, and where documents go', () => {
    const text = textIn('en')
    expect(text).toMatch(/Total +\$[\d,.]+/)
    expect(text).toContain('Reranking')
    expect(text).toContain('In a year')
    expect(text).toContain('5,000,000 documents')
    expect(text).toContain('Read in parts')
    expect(text).not.toMatch(/undefined|NaN|Infinity|planner\./)
  })

  it('says the same in Traditional Chinese', () => {
    const text = textIn('zh-TW')
    expect(text).toContain('合計')
    expect(text).toContain('一年後')
    expect(text).not.toMatch(/undefined|NaN|Infinity|planner\.|What it costs/)
  })
})
