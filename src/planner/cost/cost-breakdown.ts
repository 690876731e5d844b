// What a design costs in a month, line by line: the shape of the answer and its sums. Knows no price.

import type { Message } from '../../core/index.js'

export interface CostLine {
  /** Stable: `serving`, `idle`, `lead`, `spare`, `api-output`, `gateway`, `rerank`, ... */
  readonly id: string
  readonly title: Message
  /** Negative for a saving. */
  readonly usdPerMonth: number
  readonly lowUsdPerMonth: number
  readonly highUsdPerMonth: number
  /** The arithmetic, with its numbers. */
  readonly basis: Message
}

export interface CostBreakdown {
  readonly lines: readonly CostLine[]
  readonly totalUsdPerMonth: number
  readonly lowUsdPerMonth: number
  readonly highUsdPerMonth: number
  /**
   * Of the whole system, over all answers of the month, those from the cache too. The candidate's
   * `usdPerMillionOutputTokens` is of the model alone: engines or API.
   */
  readonly systemUsdPerMillionOutputTokens: number
  /** Share of the output tokens whose request met every speed target; null when there is no target, or no prediction. */
  readonly goodShare: number | null
  readonly systemUsdPerMillionGoodOutputTokens: number | null
  readonly usdPerRequest: number
  /** What the total leaves out. */
  readonly notCounted: readonly Message[]
}

/** A line without a range of its own. */
export const exactLine = (line: Omit<CostLine, 'lowUsdPerMonth' | 'highUsdPerMonth'>): CostLine => ({
  ...line,
  lowUsdPerMonth: line.usdPerMonth,
  highUsdPerMonth: line.usdPerMonth,
})

export const sumOf = (lines: readonly CostLine[]): number =>
  lines.reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0)

/** Adds the lines up. Lines of no cost are kept: that something costs nothing is worth reading. */
export const breakdownOf = (
  lines: readonly CostLine[],
  options: {
    readonly requestsPerMonth: number
    readonly outputTokensPerMonth: number
    readonly goodShare: number | null
    readonly notCounted: readonly Message[]
  },
): CostBreakdown => {
  const { requestsPerMonth, outputTokensPerMonth, goodShare, notCounted } = options
  const total = sumOf(lines)
  const perMillion = total / (outputTokensPerMonth / 1e6)
  return {
    lines,
    totalUsdPerMonth: total,
    lowUsdPerMonth: lines.reduce((sum, line) => sum + line.lowUsdPerMonth, 0),
    highUsdPerMonth: lines.reduce((sum, line) => sum + line.highUsdPerMonth, 0),
    systemUsdPerMillionOutputTokens: perMillion,
    goodShare,
    systemUsdPerMillionGoodOutputTokens: goodShare ? perMillion / goodShare : null,
    usdPerRequest: total / requestsPerMonth,
    notCounted,
  }
}
