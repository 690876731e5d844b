// What serving on accelerators costs in a month: replicas by the hour from the curve, bought as cheaply as the
// requirements allow, or the power of those that are owned. Knows no model but its weights.

import type { EngineName, PurchaseRate } from '../../catalog/index.js'
import { hoursPerMonth } from '../../core/index.js'
import type { Requirements } from '../../spec/index.js'
import type { Supply } from '../search/rent.js'
import { buyHours, type HourlyPrices, type Purchase } from './buy-hours.js'
import type { CapacityClock } from './capacity-clock.js'
import type { CostLine } from './cost-breakdown.js'
import { costMessage, type HourKind } from './cost-messages.js'
import { powerCost } from './power-cost.js'
import { hoursOf, planReplicas, type ReplicaLevel, type ReplicaNeed, replicaHours } from './replica-plan.js'
import { startUpMinutes } from './start-up.js'

export interface ServingOrder {
  readonly requirements: Pick<Requirements, 'availability' | 'hosting' | 'budget' | 'performance' | 'scale'>
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
  /** Never more serve, however large the load: what is above goes elsewhere. Default: as many as it takes. */
  readonly mostReplicas?: number
  /** By what factor the middle of the prediction is faster than what was planned on. */
  readonly slowness: number
}

export interface ServingCost {
  readonly provider: string
  readonly usdPerMonth: number
  readonly need: ReplicaNeed
  /** Of one region. */
  readonly levels: readonly ReplicaLevel[]
  /** Of one region; null where the accelerators are owned. */
  readonly purchase: Purchase | null
}

/** Traffic that is a tenth more or less than planned. */
const trafficBand = 1.1

/** @returns null when no provider's machine can hold a replica */
export const selfHostedCost = (order: ServingOrder): ServingCost | null => {
  const need = needOf(order)
  const levels = planReplicas(need)
  const found = { need, levels }
  if (order.supply.owned)
    return { ...found, provider: 'owned', usdPerMonth: power(order, found).usd, purchase: null }
  const purchase = buyHours(pricesFor(order), {
    levels,
    acceleratorsPerReplica: order.acceleratorsPerReplica,
    startMinutes: need.startMinutes,
    spotReplicas: spotReplicasOf(order),
  })
  if (!purchase) return null
  const { regions } = order.requirements.availability
  return { ...found, provider: purchase.provider, usdPerMonth: purchase.usdPerMonth * regions, purchase }
}

const needOf = (order: ServingOrder): ReplicaNeed => {
  const { availability, hosting } = order.requirements
  const { engine, weightsGiB, acceleratorsPerReplica } = order
  return {
    clock: order.clock,
    load: order.load,
    serving: order.replicas,
    spare: availability.survivesReplicaLoss ? 1 : 0,
    least: availability.minReplicas,
    scaleToZero: availability.scaleToZero,
    startMinutes:
      hosting.startMinutes ?? startUpMinutes({ engine, weightsGiB, accelerators: acceleratorsPerReplica }),
  }
}

type Planned = Pick<ServingCost, 'need' | 'levels'>

/**
 * Replicas of one region whose loss at one moment breaks no target, since spot machines of a kind go together: those
 * that the spare stands in for, and what answers requests that may take a day. Any number where no speed is promised.
 */
export const spotReplicasOf = ({
  requirements,
  load,
}: Pick<ServingOrder, 'requirements' | 'load'>): number => {
  const { availability, performance, scale } = requirements
  if (performance.targets.length === 0) return Number.POSITIVE_INFINITY
  return (availability.survivesReplicaLoss ? 1 : 0) + Math.floor(scale.deferrableShare * load)
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

/** Accelerators of all regions at the peak. */
const acceleratorsOf = (
  { requirements, acceleratorsPerReplica }: ServingOrder,
  { levels }: Planned,
): number =>
  levels.reduce((sum, { replicas }) => sum + replicas, 0) *
  acceleratorsPerReplica *
  requirements.availability.regions

/** All owned accelerators of the design stay switched on. */
const power = (order: ServingOrder, planned: Planned) => {
  const { electricity } = order.requirements.budget
  const { powerW } = order.supply.accelerator
  if (!electricity || powerW === null) return nothing
  const { regions } = order.requirements.availability
  return powerCost({
    powerW,
    acceleratorHours: acceleratorsOf(order, planned) * hoursPerMonth,
    busyHours: replicaHours(planned.need).serving * order.acceleratorsPerReplica * regions,
    ...electricity,
  })
}

/** The bill by what the hours are for, with the range that load and prediction give it. */
export const servingLines = (order: ServingOrder, cost: ServingCost): readonly CostLine[] => {
  if (cost.purchase === null) return [powerLine(order, cost)]
  const costAt = (load: number) =>
    selfHostedCost({ ...order, load, replicas: replicasAt(load, order) })?.usdPerMonth ?? cost.usdPerMonth
  return hourLines(order, cost, {
    purchase: cost.purchase,
    lowShare: Math.min(1, costAt(order.load / order.slowness / trafficBand) / cost.usdPerMonth),
    highShare: Math.max(1, costAt(order.load * trafficBand) / cost.usdPerMonth),
  })
}

const replicasAt = (load: number, { mostReplicas = Number.POSITIVE_INFINITY }: ServingOrder): number =>
  Math.min(mostReplicas, Math.max(1, Math.ceil(load - 1e-9)))

const powerLine = (order: ServingOrder, cost: ServingCost): CostLine => {
  const { usd, lowUsd, highUsd } = power(order, cost)
  const { electricity } = order.requirements.budget
  const { powerW, label } = order.supply.accelerator
  return {
    id: 'power',
    title: costMessage('planner.cost-power', {}),
    usdPerMonth: usd,
    lowUsdPerMonth: lowUsd,
    highUsdPerMonth: highUsd,
    basis: costMessage('planner.cost-power-basis', {
      accelerators: acceleratorsOf(order, cost),
      accelerator: label,
      powerW,
      usdPerKwh: electricity?.usdPerKwh ?? null,
      powerUsageEffectiveness: electricity?.powerUsageEffectiveness ?? null,
    }),
  }
}

/** Whole machines that are not full make a line of their own. */
const hourLines = (
  order: ServingOrder,
  { need, levels, usdPerMonth, provider }: ServingCost,
  options: { readonly purchase: Purchase; readonly lowShare: number; readonly highShare: number },
): readonly CostLine[] => {
  const { reserved, onDemand, spot } = options.purchase.acceleratorHours
  const paid = reserved + onDemand + spot
  const hours = replicaHours(need)
  const parts = [
    ...hourKinds.map((id) => ({ id, hours: hours[id] * order.acceleratorsPerReplica })),
    { id: 'unused' as const, hours: Math.max(0, paid - hoursOf(levels) * order.acceleratorsPerReplica) },
  ]
  return parts
    .filter((part) => part.hours > 1e-6)
    .map((part) => {
      const usd = (usdPerMonth * part.hours) / paid
      return {
        id: part.id,
        title: costMessage('planner.cost-hours', { kind: part.id }),
        usdPerMonth: usd,
        lowUsdPerMonth: usd * options.lowShare,
        highUsdPerMonth: usd * options.highShare,
        basis: costMessage('planner.cost-hours-basis', {
          kind: part.id,
          hours: part.hours * order.requirements.availability.regions,
          usdPerHour: usdPerMonth / paid / order.requirements.availability.regions,
          provider,
          startMinutes: need.startMinutes,
          reservedShare: reserved / paid,
          spotShare: spot / paid,
        }),
      }
    })
}

const hourKinds = ['serving', 'idle', 'lead', 'spare'] as const satisfies readonly HourKind[]
