import { describe, expect, it } from 'vitest'
import { judgeRow, type RowClaim } from './judge-row.js'

const claim: RowClaim = {
  id: 'ttft-p95',
  title: { code: 'verify.row.speed', params: { metric: 'ttft', percentile: 95 } },
  target: { op: '<', value: 200, unit: 'ms' },
  interval: { value: 150, low: 140, high: 160, n: 240 },
  unit: 'ms',
  source: 'load here',
}

describe('a row', () => {
  it('passes or fails only when the whole interval lies on one side of the target', () => {
    expect(judgeRow(claim).verdict).toBe('pass')
    expect(judgeRow({ ...claim, interval: { value: 250, low: 210, high: 300, n: 240 } }).verdict).toBe('fail')
    expect(judgeRow({ ...claim, interval: { value: 150, low: 140, high: 210, n: 240 } }).verdict).toBe(
      'inconclusive',
    )
  })

  it('is inconclusive when the sample is too small for the bound that matters, and says so', () => {
    const row = judgeRow({ ...claim, interval: { value: 150, low: 140, high: null, n: 40 } })
    expect(row.verdict).toBe('inconclusive')
    expect(row.evidence.notes).toContainEqual({ code: 'verify.note.sample-too-small', params: { n: 40 } })
  })

  it('is invalid when a gate failed, even where the figure is on the right side', () => {
    expect(judgeRow({ ...claim, isInvalid: true }).verdict).toBe('invalid')
  })

  it('shows a figure without a verdict when it was taken under other conditions, or there is no target', () => {
    expect(judgeRow({ ...claim, isShownOnly: true })).toMatchObject({
      verdict: 'not-measured',
      measured: { value: 150 },
    })
    expect(judgeRow({ ...claim, target: null }).verdict).toBe('not-measured')
  })

  it('has no figure when nothing was observed', () => {
    const row = judgeRow({ ...claim, interval: { value: Number.NaN, low: null, high: null, n: 0 } })
    expect(row).toMatchObject({ measured: null, verdict: 'not-measured' })
  })

  it('says that its prediction missed, whatever the verdict', () => {
    const missed = (low: number | null, high: number | null, change: Partial<RowClaim> = {}) => {
      const prediction = { id: 'ttft-p95', value: 0.1, unit: 's', low, high }
      const { evidence } = judgeRow({ ...claim, prediction, ...change })
      return evidence.notes.filter(({ code }) => code === 'verify.note.prediction-missed')
    }
    const params = { measured: 150, low: 50, high: 149, unit: 'ms' }
    expect(missed(0.05, 0.149)).toEqual([{ code: 'verify.note.prediction-missed', params }])
    expect(missed(0.151, null)).toHaveLength(1)
    for (const [low, high] of [
      [0.05, 0.15],
      [0.15, 0.2],
      [null, 0.2],
      [null, null],
    ] as const)
      expect(missed(low, high)).toEqual([])
    // It was made for other conditions, or nothing was measured that can be held against it.
    for (const change of [{ isShownOnly: true }, { isInvalid: true }])
      expect(missed(0.05, 0.149, change)).toEqual([])
  })

  it('shows a prediction in the unit of the row', () => {
    const prediction = { id: 'ttft-p95', value: 0.1, unit: 's', low: 0.05, high: null }
    expect(judgeRow({ ...claim, prediction }).predicted).toEqual({
      value: 100,
      unit: 'ms',
      low: 50,
      high: null,
    })
  })
})
