import { describe, expect, it } from 'vitest'
import { architectureSchema, parseRequirements } from '../spec/index.js'
import type { Scorecard, ScorecardRow } from '../verify/index.js'
import { scorecardText } from './scorecard-text.js'

const requirements = parseRequirements(`version: 1
name: shop
useCase: { kind: chat, description: questions }
performance: {}
scale: { peakRequestsPerSecond: 1, lengths: { inputTokens: { p50: 9, p95: 9 }, outputTokens: { p50: 9, p95: 9 } } }
`)
const architecture = architectureSchema.parse({
  version: 1,
  name: 'shop',
  deployments: [{ id: 'small', engine: 'extractive', model: 'extractive' }],
  routes: [{ name: 'support', strategy: { deployment: 'small' } }],
})
const load = { shape: 'poisson', requestsPerSecond: 20, seconds: 12, seed: 7, n: 259 }
const notes = [
  { code: 'verify.note.stand-in-judged', params: { deployment: 'small', standsFor: 'large' } },
  { code: 'verify.note.load', params: load },
  { code: 'verify.note.lengths', params: { inputTokens: 745, outputTokens: 15 } },
]
const row = (id: string, more: readonly { code: string; params: object }[] = []): ScorecardRow => ({
  id,
  title: id,
  target: { op: '<', value: 3, unit: 's' },
  predicted: { value: 1, unit: 's', low: 0.5, high: 2 },
  measured: { value: 2.5, unit: 's', n: 259, low: 2.4, high: 2.6 },
  verdict: 'pass',
  evidence: {
    source: 'load here',
    file: null,
    notes: [...notes, ...more] as ScorecardRow['evidence']['notes'],
  },
})
const textOf = (...rows: readonly ScorecardRow[]) => {
  const scorecard: Scorecard = {
    version: 1,
    requirementsHash: 'a',
    architectureHash: 'b',
    environment: {},
    rows: [...rows],
  }
  return scorecardText({ scorecard, requirements, architecture }, { language: 'en', text: (en) => en })
}

describe('the text of a scorecard', () => {
  it('says of a figure of this machine at what load and lengths it was taken, also where it passed', () => {
    const text = textOf(row('e2e-p95.here'), row('tpot-p95.here'))
    expect(text).toContain('e2e-p95.here, tpot-p95.here: Open loop, poisson, 20 requests/s for 12 s')
    expect(text).toContain('e2e-p95.here, tpot-p95.here: Median lengths: 745 tokens in, 15 out')
    expect(text).toContain('at the load and the lengths of this run')
  })

  it('leaves out the notes of other rows that passed, but for a prediction that missed', () => {
    const params = { measured: 2.5, low: 0.5, high: 2, unit: 's' }
    const text = textOf(row('e2e-p95', [{ code: 'verify.note.prediction-missed', params }]), row('tpot-p95'))
    expect(text).toContain('e2e-p95: The prediction missed: measured 2.5 s, outside 0.5 s to 2 s.')
    expect(text).not.toContain('Open loop')
    expect(text).toMatch(/^e2e-p95 .*\(0\.5 - 2\) ✗/m)
    expect(text).toMatch(/^tpot-p95 .*\(0\.5 - 2\) {2}/m)
  })
})
