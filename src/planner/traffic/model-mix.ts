// Which models were called how often, and what that cost: as the source states it, and at the catalogue's prices.

import { type Catalogue, costUsd, priceOf, type TokenPrice } from '../../catalog/index.js'
import { secondsPerMonth } from '../../core/index.js'
import type { ModelUse, Traffic } from './traffic.js'

/** Where a model is looked for when the source names no provider: at those who make models and sell them. */
const makers = ['openai', 'anthropic', 'google', 'mistral', 'deepseek', 'x-ai', 'cohere', 'moonshotai']

export interface Call {
  readonly model: string | null
  readonly provider: string | null
  readonly requests: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly cachedTokens: number | null
  readonly costUsd: number | null
}

interface Sums {
  readonly model: string | null
  readonly provider: string | null
  requests: number
  hasRequests: boolean
  inputTokens: number
  outputTokens: number
  cachedTokens: number | null
  reportedUsd: number | null
  catalogueUsd: number | null
  withoutPrice: number
}

export const createModelMix = (catalogue: Catalogue) => {
  const price = createPriceList(catalogue)
  const models = new Map<string, Sums>()
  return {
    add: (call: Call): void => {
      const key = JSON.stringify([call.provider, call.model])
      const sums = models.get(key) ?? emptySums(call)
      models.set(key, sums)
      addCall(sums, call, price(call))
    },
    uses: (): ModelUse[] => usesOf([...models.values()]),
    cost: (coveredSeconds: number | null): Traffic['cost'] => costOf([...models.values()], coveredSeconds),
  }
}

const emptySums = ({ model, provider }: Call): Sums => ({
  model,
  provider,
  requests: 0,
  hasRequests: false,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: null,
  reportedUsd: null,
  catalogueUsd: null,
  withoutPrice: 0,
})

const plus = (sum: number | null, more: number | null): number | null =>
  more === null ? sum : (sum ?? 0) + more

const addCall = (sums: Sums, call: Call, price: TokenPrice | null): void => {
  const { requests, inputTokens, outputTokens, cachedTokens } = call
  sums.requests += requests ?? 0
  sums.hasRequests ||= requests !== null
  sums.inputTokens += inputTokens ?? 0
  sums.outputTokens += outputTokens ?? 0
  sums.cachedTokens = plus(sums.cachedTokens, cachedTokens)
  sums.reportedUsd = plus(sums.reportedUsd, call.costUsd)
  if (inputTokens === null || outputTokens === null || requests === null) return
  if (price === null) {
    sums.withoutPrice += requests
    return
  }
  const input = { total: inputTokens, cacheRead: Math.min(cachedTokens ?? 0, inputTokens), cacheWrite: 0 }
  const usage = { input, output: { total: outputTokens, reasoning: 0 } }
  sums.catalogueUsd = plus(sums.catalogueUsd, costUsd(usage, price))
}

const usesOf = (all: readonly Sums[]): ModelUse[] => {
  if (all.every(({ model }) => model === null)) return []
  const total = all.reduce((sum, { requests }) => sum + requests, 0)
  return all
    .filter(({ model, hasRequests, requests, reportedUsd }) =>
      model === null && hasRequests ? requests > 0 : hasRequests || reportedUsd !== null,
    )
    .map(({ withoutPrice: _, hasRequests, ...sums }) => ({
      ...sums,
      requests: hasRequests ? sums.requests : null,
      share: hasRequests && total > 0 ? sums.requests / total : null,
    }))
    .sort((a, b) => (b.requests ?? 0) - (a.requests ?? 0))
}

const dayLongSeconds = 23.75 * 3600

const costOf = (all: readonly Sums[], coveredSeconds: number | null): Traffic['cost'] => {
  const sum = (of: 'reportedUsd' | 'catalogueUsd') =>
    all.reduce<number | null>((total, sums) => plus(total, sums[of]), null)
  const reportedUsd = sum('reportedUsd')
  const catalogueUsd = sum('catalogueUsd')
  const usd = reportedUsd ?? catalogueUsd
  return {
    reportedUsd,
    catalogueUsd,
    requestsWithoutPrice: all.reduce((total, { withoutPrice }) => total + withoutPrice, 0),
    perMonthUsd:
      usd !== null && coveredSeconds !== null && coveredSeconds >= dayLongSeconds
        ? (usd / coveredSeconds) * secondsPerMonth
        : null,
  }
}

/** Prices by model and length of the prompt (some have tiers), each asked for once. */
const createPriceList = (catalogue: Catalogue) => {
  const known = new Map<string, TokenPrice | null>()
  return ({ model, provider, inputTokens, requests }: Call): TokenPrice | null => {
    if (model === null || inputTokens === null || !requests) return null
    const tokensEach = Math.round(inputTokens / requests)
    const key = `${provider} ${model} ${tokensEach}`
    let price = known.get(key)
    if (price === undefined) {
      price = findPrice(catalogue, { model, provider, inputTokens: tokensEach })
      known.set(key, price)
    }
    return price
  }
}

const findPrice = (
  catalogue: Catalogue,
  of: { readonly model: string; readonly provider: string | null; readonly inputTokens: number },
): TokenPrice | null => {
  const [prefix, ...rest] = of.model.split('/')
  const named = of.provider === null ? [] : [of.provider]
  const candidates: readonly (readonly [string, string])[] = [
    ...named.flatMap((provider) => [
      [provider, of.model] as const,
      ...(rest.length > 0 ? [[provider, rest.join('/')] as const] : []),
    ]),
    ...(of.provider === null && prefix !== undefined && rest.length > 0
      ? [[prefix, rest.join('/')] as const]
      : []),
    ...(of.provider === null ? makers.map((maker) => [maker, of.model] as const) : []),
  ]
  for (const [provider, model] of candidates) {
    const priced = priceOf(catalogue, { provider, model, inputTokens: of.inputTokens })
    if (priced) return priced.price
  }
  return null
}
