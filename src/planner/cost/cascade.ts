// A small model first, the main one where the small one is not sure. Knows no model: only what each costs.

/**
 * What is missing before a cascade may be chosen: the threshold that its share was measured at, a first model whose
 * engine tells token probabilities, or a measurement that both together are good enough.
 */
export type CascadeGap = 'threshold' | 'probabilities' | 'quality'

export interface Cascade {
  readonly usdPerMonth: number
  readonly smallUsdPerMonth: number
  readonly mainUsdPerMonth: number
  /** Share of escalated answers at which the cascade costs as much as the main model alone; 0 = it never pays. */
  readonly breakEvenShare: number
}

/**
 * Every request costs the small model, the escalated ones the main model as well. The main model's own cost need not
 * be proportional: replicas come whole.
 * @param escalatedShare share of the small model's answers that the main model gives again
 * @param mainUsdAt cost a month of the main model at a share of the traffic
 */
export const cascadeCost = (options: {
  readonly smallUsdPerMonth: number
  readonly escalatedShare: number
  readonly mainUsdAt: (trafficShare: number) => number
}): Cascade => {
  const { smallUsdPerMonth, escalatedShare, mainUsdAt } = options
  const main = escalatedShare === 0 ? 0 : mainUsdAt(escalatedShare)
  const alone = mainUsdAt(1)
  const pays = (share: number) => smallUsdPerMonth + (share === 0 ? 0 : mainUsdAt(share)) <= alone
  return {
    usdPerMonth: smallUsdPerMonth + main,
    smallUsdPerMonth,
    mainUsdPerMonth: main,
    breakEvenShare: largestShare(pays),
  }
}

/** Within a hundredth; what more traffic costs is never less. */
const largestShare = (pays: (share: number) => boolean): number => {
  if (!pays(0)) return 0
  if (pays(1)) return 1
  let low = 0
  let high = 1
  while (high - low > 0.01) {
    const middle = (low + high) / 2
    if (pays(middle)) low = middle
    else high = middle
  }
  return low
}
