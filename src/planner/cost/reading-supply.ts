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
  /** Time that `tokensAtOnce` take, on as many cores or accelerators as share one request, ms. */
  readonly readMs: (tokensAtOnce: number) => number
  /** Whether a request is read within the time it may take. */
  readonly inTime: boolean
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
  /** What one request brings, in how many independent parts, and the time it may take; default: nothing limits it. */
  readonly request?: { readonly tokens: number; readonly parts: number; readonly withinMs: number | null }
}): ReadingSupply => {
  const { parametersB, tokensPerSecondPeak, copies, rentable, efficiency, request } = options
  const inTime = (tokensPerSecond: number) =>
    request?.withinMs ? Math.ceil((request.tokens * 1000) / (tokensPerSecond * request.withinMs)) : 1
  const atOnce = (tokensPerSecond: number) => Math.min(inTime(tokensPerSecond), request?.parts ?? 1)
  const countFor = (tokensPerSecond: number) =>
    Math.max(atOnce(tokensPerSecond), Math.ceil(tokensPerSecondPeak / (tokensPerSecond * filled))) * copies
  const isInTime = (tokensPerSecond: number) => inTime(tokensPerSecond) <= (request?.parts ?? 1)
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
      readMs: (tokens) => (tokens / core / atOnce(core)) * 1000,
      inTime: isInTime(core),
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
          readMs: (tokens) => (tokens / speed / atOnce(speed)) * 1000,
          inTime: isInTime(speed),
        },
      ]
    }),
  ]
  // Of those in time the cheapest; without one, the cheapest of all, which then misses the target by its number.
  const good = ways.some(({ inTime }) => inTime) ? ways.filter((way) => way.inTime) : ways
  return good.reduce((best, way) => (way.usdPerMonth < best.usdPerMonth ? way : best))
}
