import { describe, expect, it } from 'vitest'
import { candidateOf } from '../__fixtures__/candidate-of.js'
import { objectivesOf, paretoFront, tightestTarget } from './pareto-front.js'
import type { Candidate, TargetEstimate } from './report.js'

const latencyOf = (e2eMs: number): Candidate['latency'] => ({
  ttftP90Ms: { value: 100, low: 50, high: 200 },
  e2eP90Ms: { value: e2eMs, low: e2eMs / 2, high: e2eMs },
  tpotP90Ms: { value: 10, low: 5, high: 20 },
})
const targetOf = (changes: Partial<TargetEstimate>): TargetEstimate => ({
  id: 'ttft',
  metric: 'ttft',
  percentile: 95,
  op: '<',
  limit: 500,
  unit: 'ms',
  estimate: { value: 200, low: 100, high: 400 },
  met: 'likely',
  ...changes,
})

describe('the Pareto front', () => {
  it('keeps who is better in one thing, and drops who is worse in all', () => {
    const cheap = candidateOf('cheap', { costPerMonthUsd: 1000, latency: latencyOf(2000) })
    const fast = candidateOf('fast', { costPerMonthUsd: 3000, latency: latencyOf(500) })
    const good = candidateOf('good', {
      costPerMonthUsd: 4000,
      latency: latencyOf(2000),
      qualityScore: { value: 80, low: 80, high: 80 },
    })
    const safe = candidateOf('safe', { costPerMonthUsd: 900, latency: latencyOf(2000), basis: 'assumed' })
    const worse = candidateOf('worse', { costPerMonthUsd: 3500, latency: latencyOf(2500) })
    expect(paretoFront([cheap, fast, good, safe, worse])).toEqual(['safe', 'cheap', 'fast', 'good'])
  })

  it('takes costs within 2 % and latencies within 5 % as equal, and keeps the first of equals', () => {
    // ln(1005 / 1000) / ln 1.02 = 0.25 of a step, ln(1010 / 1000) / ln 1.05 = 0.2
    const first = candidateOf('first', { costPerMonthUsd: 1000, latency: latencyOf(1000) })
    const second = candidateOf('second', { costPerMonthUsd: 1002, latency: latencyOf(1001) })
    expect(paretoFront([first, second])).toEqual(['first'])
  })

  it('holds nothing that misses a requirement or has no price', () => {
    const reason = { code: 'planner.over-budget', params: {} }
    const missed = candidateOf('missed', {
      costPerMonthUsd: 1,
      violations: [{ constraint: 'budget.monthlyUsd', relaxable: true, reason }],
    })
    expect(paretoFront([missed, candidateOf('free', { costPerMonthUsd: null })])).toEqual([])
  })

  it('weighs the target whose limit is used most, by its bad end', () => {
    // ttft uses 400 / 500 = 80 % of its limit, the speed 20 / 22 = 91 %: its bad end is 22 tokens/s, 45.5 ms a token.
    const speed = targetOf({
      id: 'speed',
      metric: 'outputTokensPerSecond',
      op: '>',
      limit: 20,
      unit: 'tokens/s',
      estimate: { value: 40, low: 22, high: 60 },
    })
    const candidate = candidateOf('one', { targets: [targetOf({}), speed] })
    expect(tightestTarget([candidate])).toBe('speed')
    expect(objectivesOf(candidate, 'speed')?.latencyMs).toBeCloseTo(1000 / 22, 9)
  })
})
