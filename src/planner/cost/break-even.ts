// The load at which an API starts to cost more than replicas of one's own, as the curve scales up and down. Knows no
// prices.

export interface BreakEvenPoint {
  readonly requestsPerSecondPeak: number
  readonly selfHostedUsdPerMonth: number
  readonly apiUsdPerMonth: number
}

export interface BreakEven {
  /** Peak of the curve from which on replicas are the cheaper way; null = not within the loads that were tried. */
  readonly requestsPerSecondPeak: number | null
  /** Both costs at loads around it, smallest first. */
  readonly points: readonly BreakEvenPoint[]
}

type CostAt = (requestsPerSecondPeak: number) => number | null

const factors = [1 / 64, 1 / 16, 1 / 4, 1, 4, 16, 64, 256, 1024]

/**
 * Both costs are asked at loads from a 64th of the planned peak to 1,024 times it, the curve keeping its shape, and the
 * crossing is narrowed to 2 %. Replicas come whole, so their cost is a staircase: near the crossing it may cross back.
 */
export const findBreakEven = (peak: number, ownUsdAt: CostAt, apiUsdAt: CostAt): BreakEven => {
  const points = factors.flatMap((factor): BreakEvenPoint[] => {
    const at = peak * factor
    const own = ownUsdAt(at)
    const api = apiUsdAt(at)
    return own === null || api === null
      ? []
      : [{ requestsPerSecondPeak: at, selfHostedUsdPerMonth: own, apiUsdPerMonth: api }]
  })
  const cheaper = points.findIndex((point) => point.selfHostedUsdPerMonth <= point.apiUsdPerMonth)
  const before = points[cheaper - 1]
  const after = points[cheaper]
  if (!before || !after) return { requestsPerSecondPeak: null, points }
  let low = before.requestsPerSecondPeak
  let high = after.requestsPerSecondPeak
  while (high / low > 1.02) {
    const middle = Math.sqrt(low * high)
    const own = ownUsdAt(middle)
    const api = apiUsdAt(middle)
    if (own !== null && api !== null && own <= api) high = middle
    else low = middle
  }
  return { requestsPerSecondPeak: high, points }
}
