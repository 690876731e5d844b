import { describe, expect, it } from 'vitest'
import { languages } from '../core/index.js'
import { judgeRow } from './judge-row.js'
import { verifyMessages } from './messages.js'
import { renderNotes, renderScorecard } from './render-scorecard.js'
import { type Scorecard, scorecardSchema } from './scorecard.js'

const title = { code: 'verify.row.quality', params: { metric: 'answer-accuracy' } }
const scorecard: Scorecard = {
  version: 1,
  requirementsHash: 'sha256:1',
  architectureHash: 'sha256:2',
  environment: { cores: 2 },
  rows: [
    judgeRow({
      id: 'accuracy',
      title,
      target: { op: '>=', value: 0.7, unit: 'share' },
      interval: { value: 0.5, low: 0.4, high: 0.6, n: 40 },
      unit: 'share',
      source: 'evals/answers.jsonl',
      prediction: { id: 'accuracy', value: 0.6, unit: 'share', low: 0.5, high: 0.7 },
      notes: [{ code: 'verify.note.missed', params: { count: 2, n: 40, ids: ['a-01', 'a-02'] } }],
    }),
    judgeRow({
      id: 'speed',
      title,
      target: null,
      interval: { value: 12.3456, low: null, high: 20, n: 9 },
      unit: 'ms',
      source: 'load',
    }),
  ],
}

describe('the scorecard', () => {
  it('keeps to its schema', () => {
    expect(scorecardSchema.parse(JSON.parse(JSON.stringify(scorecard)))).toEqual(scorecard)
  })

  it('shows target, prediction, measurement, interval and verdict', () => {
    expect(renderScorecard(scorecard, 'en').rows).toEqual([
      ['Right answers', '>= 70 %', '60 % (50 - 70)', '50 %', '40 - 60', '40', 'FAIL'],
      ['Right answers', '-', '-', '12.3 ms', '? - 20', '9', 'not measured'],
    ])
  })

  it('is shown in the language of its reader', () => {
    const table = renderScorecard(scorecard, 'zh-TW', new Map([['accuracy', title]]))
    expect(table.rows[0]?.[0]).toBe('回答正確率')
    expect(table.rows[0]?.at(-1)).toBe('未達標')
    expect(table.columns).toHaveLength(table.rows[0]?.length ?? 0)
    const [row] = scorecard.rows
    expect(row && renderNotes(row, 'zh-TW')).toEqual(['40 題中有 2 題未達成：a-01, a-02'])
  })
})

describe('the messages', () => {
  it('are there in both languages', () => {
    for (const rendering of Object.values(verifyMessages)) expect(Object.keys(rendering)).toEqual(languages)
  })
})
