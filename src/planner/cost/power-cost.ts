// What the power of owned accelerators costs. Knows nothing of their purchase, of their hosts or of cooling beyond PUE.

/**
 * Share of its rated power that an accelerator with weights in memory draws while it computes nothing: assumed, between
 * a tenth and a half.
 */
const idlePower = { low: 0.1, middle: 0.3, high: 0.5 }

/**
 * US dollars a month: W / 1000 x hours x PUE x price, at rated power while busy and at a part of it otherwise.
 * @param options.acceleratorHours all hours of the month in which owned accelerators are switched on
 * @param options.busyHours those of them that are full of work
 */
export const powerCost = (options: {
  readonly powerW: number
  readonly acceleratorHours: number
  readonly busyHours: number
  readonly usdPerKwh: number
  readonly powerUsageEffectiveness: number
}): { readonly usd: number; readonly lowUsd: number; readonly highUsd: number } => {
  const { powerW, acceleratorHours, usdPerKwh, powerUsageEffectiveness } = options
  const busy = Math.min(options.busyHours, acceleratorHours)
  const at = (idle: number) =>
    (powerW / 1000) * (busy + (acceleratorHours - busy) * idle) * powerUsageEffectiveness * usdPerKwh
  return { usd: at(idlePower.middle), lowUsd: at(idlePower.low), highUsd: at(idlePower.high) }
}
