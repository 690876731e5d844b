// What a usage costs: the one place where tokens become money.

import type { Usage } from '../core/index.js'

/** US dollars per million tokens; the same shape as a price in architecture.yaml. */
export interface TokenPrice {
  readonly input: number
  readonly cachedInput?: number | undefined
  readonly cacheWrite?: number | undefined
  readonly output: number
}

const perMillion = 1e-6

/**
 * US dollars of one usage. Tokens read from and written to the provider's cache are parts of `input.total` and
 * have prices of their own; where a price names none, they cost what other input costs. Reasoning tokens are
 * part of `output.total` and cost what output costs.
 * @param usage whole tokens >= 0
 * @param price US dollars per million tokens
 * @example costUsd({ input: { total: 1e6, cacheRead: 0, cacheWrite: 0 }, output: { total: 0, reasoning: 0 } }, price) === price.input
 */
export const costUsd = (usage: Usage, price: TokenPrice): number => {
  const { total, cacheRead, cacheWrite } = usage.input
  const plain = Math.max(0, total - cacheRead - cacheWrite)
  return (
    perMillion *
    (plain * price.input +
      cacheRead * (price.cachedInput ?? price.input) +
      cacheWrite * (price.cacheWrite ?? price.input) +
      usage.output.total * price.output)
  )
}
