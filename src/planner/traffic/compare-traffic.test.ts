// Requirements beside traffic: what agrees, what contradicts, what was not measured.

import { describe, expect, it } from 'vitest'
import { createRenderer } from '../../core/index.js'
import { requirementsOf, scaleOf } from '../__fixtures__/requirements-of.js'
import { jsonLines, readText } from './__fixtures__/read-text.js'
import { compareTraffic, planningPeak } from './compare-traffic.js'
import { trafficMessages } from './traffic-messages.js'

/** Two requests a second for two minutes, of 1,000 tokens in and 100 out. */
const traffic = readText(
  jsonLines(
    Array.from({ length: 241 }, (_, i) => ({
      timestamp: i * 500,
      input_length: 1000,
      output_length: 100,
      hash_ids: [0, i],
    })),
  ),
)

const stated = (scale: Record<string, unknown> = {}) =>
  requirementsOf({
    scale: scaleOf({
      peakRequestsPerSecond: 3,
      lengths: {
        inputTokens: { p50: 1100, p95: 1200 },
        outputTokens: { p50: 100, p95: 120 },
        sharedPrefixTokens: 512,
      },
      ...scale,
    }),
  })

const kinds = (scale: Record<string, unknown> = {}) =>
  Object.fromEntries(compareTraffic(stated(scale), traffic).map(({ path, kind }) => [path, kind]))

describe('compareTraffic', () => {
  it('agrees within its tolerances, and says what was not measured', () => {
    expect(planningPeak(traffic)).toEqual({ windowSeconds: 60, requestsPerSecond: 2 })
    expect(kinds()).toEqual({
      'scale.peakRequestsPerSecond': 'agrees',
      'scale.dailyCurve': 'not-measured',
      'scale.lengths.inputTokens.p50': 'agrees',
      'scale.lengths.inputTokens.p95': 'agrees',
      'scale.lengths.outputTokens.p50': 'agrees',
      'scale.lengths.outputTokens.p95': 'agrees',
      'scale.lengths.sharedPrefixTokens': 'agrees',
      'scale.repeatedShare': 'agrees',
    })
  })

  it('a peak above what is stated contradicts; far below, it is a remark', () => {
    expect(kinds({ peakRequestsPerSecond: 1.9 })['scale.peakRequestsPerSecond']).toBe('contradiction')
    expect(kinds({ peakRequestsPerSecond: 4.1 })['scale.peakRequestsPerSecond']).toBe('tension')
  })

  it('the busiest day is no peak, and contradicts only when it is above the stated one', () => {
    const daily = (requests: number) =>
      readText(
        jsonLines([
          { date: '2026-01-01', api_requests: requests, prompt_tokens: 1, completion_tokens: 1, spend: 1 },
        ]),
      )
    const kindOf = (requests: number) => compareTraffic(stated(), daily(requests))[0]?.kind
    expect(planningPeak(daily(86_400))).toBeNull()
    expect([kindOf(86_400), kindOf(4 * 86_400)]).toEqual(['not-measured', 'contradiction'])
  })

  it.each([
    [790, 'contradiction'],
    [810, 'agrees'],
    [1330, 'agrees'],
    [1340, 'contradiction'],
  ])('a stated length of %i against 1,000 measured: %s', (p50, kind) => {
    const lengths = { inputTokens: { p50, p95: 1340 }, outputTokens: { p50: 100, p95: 120 } }
    expect(kinds({ lengths })['scale.lengths.inputTokens.p50']).toBe(kind)
  })

  it('a shared beginning where none is stated is told without a percentage of nothing', () => {
    const lengths = { inputTokens: { p50: 1000, p95: 1000 }, outputTokens: { p50: 100, p95: 120 } }
    const rows = compareTraffic(stated({ lengths }), traffic)
    const message = rows.find(({ path }) => path === 'scale.lengths.sharedPrefixTokens')?.message
    const render = createRenderer(trafficMessages)
    expect(message && [render(message, 'en'), render(message, 'zh-TW')]).toEqual([
      '512 tokens were measured where 0 are stated.',
      '實測為 512 個詞元，需求所述為 0。',
    ])
  })

  it('a repeated share that is not there contradicts', () => {
    expect(kinds({ repeatedShare: 0.3 })['scale.repeatedShare']).toBe('contradiction')
  })

  it('a percentile of a histogram contradicts only outside its bucket', () => {
    const bounds = { p50: [500, 2000], p90: [500, 2000], p95: [500, 2000], p99: [500, 2000] } as const
    const rough = traffic.inputTokens
      ? { ...traffic, inputTokens: { ...traffic.inputTokens, bounds } }
      : traffic
    const kindOf = (p50: number) => {
      const lengths = { inputTokens: { p50, p95: 2000 }, outputTokens: { p50: 100, p95: 120 } }
      return compareTraffic(stated({ lengths }), rough).find(({ path }) => path.endsWith('inputTokens.p50'))
        ?.kind
    }
    expect([kindOf(390), kindOf(600), kindOf(1900)]).toEqual(['contradiction', 'agrees', 'agrees'])
  })
})
