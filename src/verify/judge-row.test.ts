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
