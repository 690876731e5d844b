// Hours bought by the hour, reserved and spot; whole machines; power. Arithmetic written out.

import { describe, expect, it } from 'vitest'
import { loadCatalogue, priceOf } from '../../catalog/index.js'
import { hoursPerMonth } from '../../core/index.js'
import { requirementsOf, scaleOf } from '../__fixtures__/requirements-of.js'
import { buyHours, type HourlyPrices } from './buy-hours.js'
import { powerCost } from './power-cost.js'
import { spotReplicasOf } from './self-hosted-cost.js'

const prices: HourlyPrices = {
  provider: 'A',
  onDemandUsd: 3,
  reservedUsd: null,
  spotUsd: null,
  instanceSize: null,
}
const month = hoursPerMonth
const levels = [
  { replicas: 2, hours: month },
  { replicas: 1, hours: month * 0.8 },
  { replicas: 1, hours: month * 0.3 },
]
const order = {
  levels,
  acceleratorsPerReplica: 2,
  startMinutes: 12,
  spotReplicas: Number.POSITIVE_INFINITY,
}

describe('buying hours', () => {
  it('pays every hour of every accelerator', () => {
    // (2 + 0.8 + 0.3) replicas x 2 accelerators x $3.
    expect(buyHours([prices], order)?.usdPerMonth).toBeCloseTo(3.1 * 2 * 3 * month, 6)
  })

  it('reserves the base, where a whole month reserved costs less than the hours in use', () => {
    // $2 all month against $3 x share: cheaper from two thirds of the time on, so three of four are reserved.
    const bought = buyHours([{ ...prices, reservedUsd: 2 }], order)
    expect(bought?.usdPerMonth).toBeCloseTo(3 * 2 * 2 * month + 0.3 * 2 * 3 * month, 6)
    expect(bought?.acceleratorHours).toEqual({ reserved: 3 * 2 * month, onDemand: 0.3 * 2 * month, spot: 0 })
  })

  it('takes spot machines above the base only, and pays their second start', () => {
    // One interruption a day, 12 minutes of a second machine: 1 + 0.2 / 24 of the hours.
    const again = 1 + 0.2 / 24
    const bought = buyHours([{ ...prices, spotUsd: 1 }], order)
    expect(bought?.usdPerMonth).toBeCloseTo(2 * 2 * 3 * month + 1.1 * 2 * again * 1 * month, 6)
    expect(bought?.acceleratorHours.spot).toBeCloseTo(1.1 * 2 * again * month, 6)
  })

  it('takes no more spot machines than may go at once, the shortest first', () => {
    const again = 1 + 0.2 / 24
    const spotHoursWith = (spotReplicas: number) =>
      buyHours([{ ...prices, spotUsd: 1 }], { ...order, spotReplicas })?.acceleratorHours.spot
    expect(spotHoursWith(0)).toBe(0)
    expect(spotHoursWith(1)).toBeCloseTo(0.3 * 2 * again * month, 6)
    // Of three replicas that run equally long, two.
    const together = { ...order, levels: [{ replicas: 3, hours: month / 2 }], spotReplicas: 2 }
    const bought = buyHours([{ ...prices, spotUsd: 1 }], together)
    expect(bought?.acceleratorHours.spot).toBeCloseTo((2 * 2 * again * month) / 2, 6)
    expect(bought?.acceleratorHours.onDemand).toBeCloseTo((1 * 2 * month) / 2, 6)
  })

  it('loses to the provider only what the spare or time can make good', () => {
    const asked = { metric: 'ttft', id: 'ttft', op: '<', value: 1, unit: 's', load: 'peak' }
    const promise = { ...asked, lengths: 'workload', cache: 'warm' }
    const replicasOf = (sections: Parameters<typeof requirementsOf>[0]) =>
      spotReplicasOf({ requirements: requirementsOf(sections), load: 7.5 })
    const performance = { targets: [promise] }
    expect(replicasOf({ performance })).toBe(1)
    expect(replicasOf({ performance, availability: { survivesReplicaLoss: false } })).toBe(0)
    expect(replicasOf({ performance, scale: scaleOf({ deferrableShare: 0.4 }) })).toBe(1 + 3)
    expect(replicasOf({})).toBe(Number.POSITIVE_INFINITY)
  })

  it('mixes all three', () => {
    // Base reserved at $2; above it spot at $2.50, which is less than $3, but not for 0.8 of the month: 2 < 0.8 x 2.5.
    const bought = buyHours([{ ...prices, reservedUsd: 1.9, spotUsd: 2.5 }], order)
    expect(bought?.acceleratorHours.reserved).toBeCloseTo(3 * 2 * month, 6)
    expect(bought?.acceleratorHours.spot).toBeGreaterThan(0)
    expect(bought?.acceleratorHours.onDemand).toBe(0)
  })

  it('pays machines whole', () => {
    // Machines of eight hold four replicas of two, so one machine runs all month for all four.
    expect(buyHours([{ ...prices, instanceSize: 8 }], order)?.usdPerMonth).toBeCloseTo(8 * 3 * month, 6)
    // Machines of three hold one replica of two, and its third accelerator is paid as well.
    expect(buyHours([{ ...prices, instanceSize: 3 }], order)?.usdPerMonth).toBeCloseTo(3.1 * 3 * 3 * month, 6)
    expect(buyHours([{ ...prices, instanceSize: 1 }], order)).toBeNull()
  })

  it('knows no reserved or spot price that no provider lists', () => {
    const { purchaseRates } = loadCatalogue()
    expect(purchaseRates.length).toBeGreaterThan(8)
    for (const rate of purchaseRates) {
      expect(rate.source.origin.length, rate.provider).toBeGreaterThan(10)
      expect(rate.asOf).toMatch(/^2026-\d\d-\d\d$/)
      for (const other of [rate.reservedUsdPerHour, rate.spotUsdPerHour])
        if (other !== null) expect(other, rate.accelerator).toBeLessThan(rate.onDemandUsdPerHour)
    }
    // Hyperstack's own list of 2026-08-26: H100 PCIe $2.50, reserved from $1.75, spot $2.00.
    expect(
      purchaseRates.find(
        ({ provider, accelerator }) => provider === 'Hyperstack' && accelerator === 'h100_pcie',
      ),
    ).toMatchObject({ onDemandUsdPerHour: 2.5, reservedUsdPerHour: 1.75, spotUsdPerHour: 2 })
  })
})

describe('what the catalogue knows of API prices', () => {
  it('has discounts of known providers, each with its source', () => {
    const { batchDiscounts, hostedProviders } = loadCatalogue()
    expect(batchDiscounts.length).toBeGreaterThan(2)
    for (const { provider, priceShare, source } of batchDiscounts) {
      expect(hostedProviders.map(({ id }) => id)).toContain(provider)
      expect(priceShare).toBeGreaterThan(0)
      expect(priceShare).toBeLessThan(1)
      expect(source.date).toMatch(/^20\d\d-\d\d-\d\d$/)
    }
  })

  it('prices embeddings, which write nothing, only when asked for what reads', () => {
    const query = { provider: 'openai', model: 'text-embedding-3-small' }
    expect(priceOf(loadCatalogue(), query)).toBeNull()
    expect(priceOf(loadCatalogue(), { ...query, readsOnly: true })?.price).toEqual({ input: 0.02, output: 0 })
  })
})

describe('power of owned accelerators', () => {
  it('is watts x hours x PUE x price, less while idle', () => {
    // 2 x 700 W: 500 accelerator-hours busy, 961 idle at 30 %: 0.7 kW x (500 + 288.3) x 1.5 x $0.2 = $165.5.
    const options = {
      powerW: 700,
      acceleratorHours: 2 * month,
      busyHours: 500,
      usdPerKwh: 0.2,
      powerUsageEffectiveness: 1.5,
    }
    const { usd, lowUsd, highUsd } = powerCost(options)
    expect(usd).toBeCloseTo(0.7 * (500 + (2 * month - 500) * 0.3) * 1.5 * 0.2, 6)
    expect(lowUsd).toBeLessThan(usd)
    expect(highUsd).toBeLessThan(0.7 * 2 * month * 1.5 * 0.2)
  })
})
