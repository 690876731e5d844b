// What serving on accelerators costs in a month: replicas by the hour from the curve, bought as cheaply as the
// requirements allow, or the power of those that are owned. Knows no model but its weights.

import type { Accelerator, EngineName, PurchaseRate } from '../../catalog/index.js'
import { hoursPerMonth } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import type { Supply } from '../search/rent.js'
import { buyHours, type HourlyPrices, type Purchase } from './buy-hours.js'
import type { CapacityClock } from './capacity-clock.js'
import type { CostLine } from './cost-breakdown.js'
import { costMessage, type HourKind } from './cost-messages.js'
import { powerCost } from './power-cost.js'
import { planReplicas, type ReplicaPlan } from './replica-plan.js'
import { startUpMinutes } from './start-up.js'

export interface ServingOrder {
  readonly requirements: Pick<Requirements, 'availability' | 'hosting' | 'budget'>
  readonly clock: CapacityClock
  readonly supply: Supply
  readonly purchaseRates: readonly PurchaseRate[]
  readonly engine: EngineName
  /** Of a whole replica. */
  readonly weightsGiB: number
  readonly acceleratorsPerReplica: number
  /** Replicas of one region that the peak takes, before rounding up. */
  readonly load: number
  /** Replicas of one region that serve at most. */
  readonly replicas: number
  /** By what factor the middle of the prediction is faster than what was planned on. */
  readonly slowness: number
}

export interface ServingCost {
  readonly provider: string
  readonly usdPerMonth: number
  readonly lines: readonly CostLine[]
  readonly plan: ReplicaPlan
  readonly purchase: Purchase | null
}

/** Traffic that is a tenth more or less than planned. */
const trafficBand = 1.1

/** @returns null when no provider's machine can hold a replica */
export const selfHostedCost = (order: ServingOrder): ServingCost | null => {
  const found = costAt(order, order.load, order.replicas)
  if (!found) return null
  const lower = order.load / order.slowness / trafficBand
  const low = costAt(order, lower, Math.max(1, Math.ceil(lower - 1e-9)))
  const higher = order.load * trafficBand
  const high = costAt(order, higher, Math.ceil(higher - 1e-9))
  return { ...found, lines: linesOf(order, found, { low, high }) }
}

type Found = Omit<ServingCost, 'lines'>

const costAt = (order: ServingOrder, load: number, serving: number): Found | null => {
  const { availability, hosting } = order.requirements
  const plan = planReplicas({
    clock: order.clock,
    load,
    serving,
    spare: availability.survivesReplicaLoss ? 1 : 0,
    least: availability.minReplicas,
    scaleToZero: availability.scaleToZero,
    startMinutes:
      hosting.startMinutes ??
      startUpMinutes({
        engine: order.engine,
        weightsGiB: order.weightsGiB,
        accelerators: order.acceleratorsPerReplica,
      }),
  })
  if (order.supply.owned) return { provider: 'owned', usdPerMonth: power(order, plan).usd, plan, purchase: null }
  const purchase = cheapest(order, plan)
  if (!purchase) return null
  const { regions } = availability
  return { provider: purchase.provider, usdPerMonth: purchase.usdPerMonth * regions, plan, purchase }
}

const cheapest = (order: ServingOrder, { hoursOfEach, startMinutes }: ReplicaPlan): Purchase | null => {
  const { acceleratorsPerReplica } = order
  let best: Purchase | null = null
  for (const prices of pricesFor(order)) {
    const bought = buyHours(prices, { hoursOfEach, acceleratorsPerReplica, startMinutes })
    if (bought && (best === null || bought.usdPerMonth < best.usdPerMonth)) best = bought
  }
  return best
}

/** Hourly list prices, and, where the requirements allow more than the hour, the lists that sell more. */
const pricesFor = ({ supply, purchaseRates, requirements }: ServingOrder): readonly HourlyPrices[] => {
  const { commitment, spot } = requirements.hosting
  const reserve = commitment === 'reserved'
  const byHour = supply.offers.map(({ provider, usdPerHour, instanceSize }) => ({
    provider,
    instanceSize,
    onDemandUsd: usdPerHour,
    reservedUsd: null,
    spotUsd: null,
  }))
  if (!reserve && !spot) return byHour
  const more = purchaseRates
    .filter(({ accelerator }) => accelerator === supply.accelerator.name)
    .map((rate) => ({
      provider: rate.provider,
      instanceSize: rate.instanceSize,
      onDemandUsd: rate.onDemandUsdPerHour,
      reservedUsd: reserve ? rate.reservedUsdPerHour : null,
      spotUsd: spot ? rate.spotUsdPerHour : null,
    }))
  return [...byHour, ...more]
}

const nothing = { usd: 0, lowUsd: 0, highUsd: 0 }

/** All owned accelerators of the design stay switched on. */
const power = ({ requirements, supply, acceleratorsPerReplica }: ServingOrder, plan: ReplicaPlan) => {
  const { electricity } = requirements.budget
  const { powerW } = supply.accelerator
  if (!electricity || powerW === null) return nothing
  const accelerators = plan.hoursOfEach.length * acceleratorsPerReplica * requirements.availability.regions
  return powerCost({
    powerW,
    acceleratorHours: accelerators * hoursPerMonth,
    busyHours: plan.replicaHours.serving * acceleratorsPerReplica * requirements.availability.regions,
    ...electricity,
  })
}

interface Band {
  readonly low: Found | null
  readonly high: Found | null
}

const linesOf = (order: ServingOrder, found: Found, band: Band): readonly CostLine[] =>
  found.purchase === null ? [powerLine(order, found.plan)] : hourLines(order, found, found.purchase, band)

const powerLine = (order: ServingOrder, plan: ReplicaPlan): CostLine => {
  const { usd, lowUsd, highUsd } = power(order, plan)
  const { electricity } = order.requirements.budget
  const { powerW, label } = order.supply.accelerator as Accelerator
  return {
    id: 'power',
    title: costMessage('planner.cost-power', {}),
    usdPerMonth: usd,
    lowUsdPerMonth: lowUsd,
    highUsdPerMonth: highUsd,
    basis: costMessage('planner.cost-power-basis', {
      accelerators:
        plan.hoursOfEach.length * order.acceleratorsPerReplica * order.requirements.availability.regions,
      accelerator: label,
      powerW,
      usdPerKwh: electricity?.usdPerKwh ?? null,
      powerUsageEffectiveness: electricity?.powerUsageEffectiveness ?? null,
    }),
  }
}

/** The bill by what the hours are for; whole machines that are not full make a line of their own. */
const hourLines = (
  order: ServingOrder,
  { plan, usdPerMonth, provider }: Found,
  { acceleratorHours }: Purchase,
  band: Band,
): readonly CostLine[] => {
  const { regions } = order.requirements.availability
  const { reserved, onDemand, spot } = acceleratorHours
  const paid = reserved + onDemand + spot
  const used = plan.hoursOfEach.reduce((sum, hours) => sum + hours, 0) * order.acceleratorsPerReplica
  const parts = [
    ...hourKinds.map((id) => ({ id, hours: plan.replicaHours[id] * order.acceleratorsPerReplica })),
    { id: 'unused' as const, hours: Math.max(0, paid - used) },
  ]
  const price = usdPerMonth / regions / paid
  const lowShare = (band.low?.usdPerMonth ?? usdPerMonth) / usdPerMonth
  const highShare = (band.high?.usdPerMonth ?? usdPerMonth) / usdPerMonth
  return parts
    .filter(({ hours }) => hours > 1e-6)
    .map(({ id, hours }) => {
      const usd = hours * price * regions
      return {
        id,
        title: costMessage('planner.cost-hours', { kind: id }),
        usdPerMonth: usd,
        lowUsdPerMonth: usd * Math.min(1, lowShare),
        highUsdPerMonth: usd * Math.max(1, highShare),
        basis: costMessage('planner.cost-hours-basis', {
          kind: id,
          hours: hours * regions,
          usdPerHour: price,
          provider,
          startMinutes: plan.startMinutes,
          reservedShare: reserved / paid,
          spotShare: spot / paid,
        }),
      }
    })
}

const hourKinds = ['serving', 'idle', 'lead', 'spare'] as const satisfies readonly HourKind[]
