// APIs: tokens, the provider's cache by the hour, hidden reasoning and batches. Arithmetic written out.

import { describe, expect, it } from 'vitest'
import { secondsPerMonth } from '../../core/index.js'
import { requirementsOf, scaleOf } from '../__fixtures__/requirements-of.js'
import { deriveWorkload } from '../assessment/workload.js'
import { type HostedOrder, hostedLines, hostedUsdPerMonth, reachingApi } from './hosted-cost.js'

const fixed = (tokens: number) => ({ p50: tokens, p95: tokens })
const orderOf = (scale: Record<string, unknown> = {}, changes: Partial<HostedOrder> = {}): HostedOrder => ({
  workload: deriveWorkload(
    requirementsOf({
      scale: scaleOf({
        peakRequestsPerSecond: 1,
        lengths: { inputTokens: fixed(3000), outputTokens: fixed(100), sharedPrefixTokens: 2000 },
        ...scale,
      }),
    }),
  ),
  price: { input: 2, cachedInput: 0.5, output: 8 },
  reasoningTokens: 0,
  deferrableShare: 0,
  batchPriceShare: 1,
  ...changes,
})
const requests = secondsPerMonth

describe('an API for a month', () => {
  it('reads the shared beginning from the cache while requests come often', () => {
    // One request a second: 1 - exp(-300) = 1, so 1,000 fresh and 2,000 cached tokens.
    const usd = requests * ((1000 * 2 + 2000 * 0.5 + 100 * 8) / 1e6)
    expect(hostedUsdPerMonth(orderOf())).toBeCloseTo(usd, 4)
  })

  it('loses the cache in the quiet hours, not over the mean of the day', () => {
    // 23 hours at a thousandth of a request a second, one at 1: in the quiet ones 1 - exp(-0.3) = 26 % are hits.
    const dailyCurve = [1, ...Array.from({ length: 23 }, () => 0.001)]
    const { cachedTokens } = reachingApi(orderOf({ dailyCurve }))
    const hits = (1 * 1 + 23 * 0.001 * (1 - Math.exp(-0.3))) / (1 + 23 * 0.001)
    expect(cachedTokens).toBeCloseTo(2000 * hits, 6)
  })

  it('caches no beginning that is too short for the provider', () => {
    const lengths = { inputTokens: fixed(3000), outputTokens: fixed(100), sharedPrefixTokens: 1000 }
    expect(reachingApi(orderOf({ lengths })).cachedTokens).toBe(0)
  })

  it('is not asked what the caches answer, exact first and then by meaning', () => {
    // 0.8 x 0.9 of the requests are left.
    const { requestsPerMonth } = reachingApi(orderOf({ repeatedShare: 0.2, semanticRepeatedShare: 0.1 }))
    expect(requestsPerMonth).toBeCloseTo(requests * 0.72, 3)
  })

  it('pays hidden reasoning as output', () => {
    const lines = hostedLines(orderOf({}, { reasoningTokens: 400 }))
    expect(lines.find(({ id }) => id === 'api-reasoning')?.usdPerMonth).toBeCloseTo(
      (requests * 400 * 8) / 1e6,
      4,
    )
  })

  it('halves what may wait a day, but not tokens from the cache', () => {
    // Fresh input and output: requests x (1,000 x 2 + 100 x 8) / 1e6; a third of them at half the price.
    const lines = hostedLines(orderOf({}, { deferrableShare: 1 / 3, batchPriceShare: 0.5 }))
    const saving = -(requests * (1000 * 2 + 100 * 8) * (1 / 3) * 0.5) / 1e6
    expect(lines.find(({ id }) => id === 'api-batch')?.usdPerMonth).toBeCloseTo(saving, 4)
  })

  it('counts the days of the week', () => {
    // Five days of seven.
    const weeklyCurve = [1, 1, 1, 1, 1, 0, 0]
    expect(reachingApi(orderOf({ weeklyCurve })).requestsPerMonth).toBeCloseTo((requests * 5) / 7, 3)
  })
})
