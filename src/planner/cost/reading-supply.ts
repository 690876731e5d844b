// The cheapest way to read tokens with a small model all month long: processor cores or whole accelerators. Knows
// neither what is read nor by which model.

import type { Accelerator } from '../../catalog/index.js'
import { hoursPerMonth } from '../../core/index.js'
import { usdPerCoreHour } from './cpu-price.js'
import { tokensPerSecondOfAccelerator, tokensPerSecondOfCore } from './encoder.js'

/** An accelerator and its lowest price; owned ones cost nothing here. */
export interface Rentable {
  readonly accelerator: Accelerator
  readonly usdPerHour: number
  /** At most so many can be had. */
  readonly most: number
}

export interface ReadingSupply {
  readonly on: 'cores' | 'accelerators'
  /** For people: `vCPU`, `L40S 48 GB`. */
  readonly name: string
  readonly count: number
  readonly usdPerMonth: number
  readonly lowUsdPerMonth: number
  readonly highUsdPerMonth: number
  /** Time that `tokensAtOnce` take on one core or accelerator, ms. */
  readonly readMs: (tokensAtOnce: number) => number
}

/** Cores and accelerators are filled to this share, so that bursts do not queue for long: assumed. */
const filled = 0.7

/**
 * @param options.tokensPerSecondPeak tokens a second at the peak of the load
 * @param options.copies regions, and one more of each where one may fail
 * @param options.efficiency share of an accelerator's 16-bit peak that is reached
 */
export const cheapestReading = (options: {
  readonly parametersB: number
  readonly tokensPerSecondPeak: number
  readonly copies: number
  readonly rentable: readonly Rentable[]
  readonly efficiency: number
}): ReadingSupply => {
  const { parametersB, tokensPerSecondPeak, copies, rentable, efficiency } = options
  const countFor = (tokensPerSecond: number) =>
    Math.max(1, Math.ceil(tokensPerSecondPeak / (tokensPerSecond * filled))) * copies
  const core = tokensPerSecondOfCore(parametersB)
  const cores = countFor(core)
  const ways: ReadingSupply[] = [
    {
      on: 'cores',
      name: 'vCPU',
      count: cores,
      usdPerMonth: cores * usdPerCoreHour.middle * hoursPerMonth,
      lowUsdPerMonth: cores * usdPerCoreHour.low * hoursPerMonth,
      highUsdPerMonth: cores * usdPerCoreHour.high * hoursPerMonth,
      readMs: (tokens) => (tokens / core) * 1000,
    },
    ...rentable.flatMap(({ accelerator, usdPerHour, most }): ReadingSupply[] => {
      const speed = tokensPerSecondOfAccelerator(parametersB, accelerator, efficiency)
      if (speed === null || countFor(speed) > most) return []
      const count = countFor(speed)
      const usd = count * usdPerHour * hoursPerMonth
      return [
        {
          on: 'accelerators',
          name: accelerator.label,
          count,
          usdPerMonth: usd,
          lowUsdPerMonth: usd,
          highUsdPerMonth: usd,
          readMs: (tokens) => (tokens / speed) * 1000,
        },
      ]
    }),
  ]
  return ways.reduce((best, way) => (way.usdPerMonth < best.usdPerMonth ? way : best))
}
