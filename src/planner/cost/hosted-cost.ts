// What a month of an API costs: tokens by the hour of the week, because how much of a prompt the provider has in its
// cache depends on how soon the next request comes. Knows no speed.

import { costUsd, type TokenPrice } from '../../catalog/index.js'
import { secondsPerMonth, type Usage } from '../../core/index.js'
import type { Workload } from '../assessment/workload.js'
import { type CostLine, sumOf } from './cost-breakdown.js'
import { costMessage, type TokenKind } from './cost-messages.js'

export interface HostedOrder {
  readonly workload: Pick<
    Workload,
    | 'requestsPerSecond'
    | 'weekCurve'
    | 'repeatedShare'
    | 'sharedPrefixTokens'
    | 'inputTokens'
    | 'outputTokens'
  >
  readonly price: TokenPrice
  /** Hidden tokens before each answer. */
  readonly reasoningTokens: number
  /** Share of the requests that may take a day, and what the provider asks for those; 1 = no discount. */
  readonly deferrableShare: number
  readonly batchPriceShare: number
}

/** Providers cache prompt beginnings of at least this many tokens, for about five minutes. */
const cacheableTokens = 1024
const cacheSeconds = 300
/** Traffic that is a tenth more or less than planned. */
const trafficBand = 1.1

/** Requests a month that reach the API, and the mean tokens of each that its cache holds. */
export const reachingApi = ({ workload }: Pick<HostedOrder, 'workload'>) => {
  const { requestsPerSecond, weekCurve, repeatedShare, sharedPrefixTokens } = workload
  const rates = weekCurve.map((share) => share * requestsPerSecond.peak * (1 - repeatedShare))
  const all = rates.reduce((sum, rate) => sum + rate, 0)
  // The shared beginning is there when another request came within the cache's life: 1 - exp(-rate x 300 s).
  const hits = rates.reduce((sum, rate) => sum + rate * (1 - Math.exp(-rate * cacheSeconds)), 0)
  const cached = sharedPrefixTokens >= cacheableTokens && all > 0 ? (sharedPrefixTokens * hits) / all : 0
  return { requestsPerMonth: (all / rates.length) * secondsPerMonth, cachedTokens: cached }
}

export const hostedLines = (order: HostedOrder): readonly CostLine[] => {
  const { workload, price, reasoningTokens, deferrableShare, batchPriceShare } = order
  const { requestsPerMonth, cachedTokens } = reachingApi(order)
  const input = workload.inputTokens.mean
  const parts: Part[] = [
    { id: 'api-input', tokens: input - cachedTokens, usage: usageOf(input - cachedTokens, 0, 0) },
    { id: 'api-cached', tokens: cachedTokens, usage: usageOf(cachedTokens, cachedTokens, 0) },
    {
      id: 'api-output',
      tokens: workload.outputTokens.mean,
      usage: usageOf(0, 0, workload.outputTokens.mean),
    },
    { id: 'api-reasoning', tokens: reasoningTokens, usage: usageOf(0, 0, reasoningTokens) },
  ]
  const lines = parts
    .filter(({ tokens }) => tokens > 0)
    .map(({ id, tokens, usage }) => {
      const usd = requestsPerMonth * costUsd(usage, price)
      return lineOf(id, usd, {
        kind: id,
        requests: requestsPerMonth,
        tokens,
        usdPerMillion: (costUsd(usage, price) / tokens) * 1e6,
      })
    })
  // What is read from a cache has its own price already, and no second discount.
  const discounted = sumOf(lines.filter(({ id }) => id !== 'api-cached'))
  const saving = -discounted * deferrableShare * (1 - batchPriceShare)
  if (saving === 0) return lines
  return [
    ...lines,
    {
      id: 'api-batch',
      title: costMessage('planner.cost-batch', {}),
      ...banded(saving),
      basis: costMessage('planner.cost-batch-basis', { deferrableShare, batchPriceShare }),
    },
  ]
}

interface Part {
  readonly id: TokenKind
  readonly tokens: number
  readonly usage: Usage
}

export const hostedUsdPerMonth = (order: HostedOrder): number => sumOf(hostedLines(order))

const usageOf = (input: number, cacheRead: number, output: number): Usage => ({
  input: { total: input, cacheRead, cacheWrite: 0 },
  output: { total: output, reasoning: 0 },
})

const banded = (usd: number) => ({
  usdPerMonth: usd,
  lowUsdPerMonth: usd / trafficBand,
  highUsdPerMonth: usd * trafficBand,
})

const lineOf = (
  id: TokenKind,
  usd: number,
  basis: {
    readonly kind: TokenKind
    readonly requests: number
    readonly tokens: number
    readonly usdPerMillion: number
  },
): CostLine => ({
  id,
  title: costMessage('planner.cost-tokens', { kind: id }),
  ...banded(usd),
  basis: costMessage('planner.cost-tokens-basis', basis),
})
