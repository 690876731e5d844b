// The cheapest way to buy the hours of machines at one provider: reserved for the base, by the hour above it, and what
// may be taken back at short notice where that is allowed. Knows no traffic.

import { hoursPerMonth } from '../../core/index.js'
import type { ReplicaLevel } from './replica-plan.js'

/** US dollars per accelerator and hour; null = the provider does not sell it so, or it is not wanted. */
export interface HourlyPrices {
  readonly provider: string
  readonly onDemandUsd: number
  readonly reservedUsd: number | null
  readonly spotUsd: number | null
  /** Accelerators of one machine; null = any number. */
  readonly instanceSize: number | null
}

/** Accelerator-hours a month. */
export interface Purchase {
  readonly provider: string
  readonly usdPerMonth: number
  readonly acceleratorHours: { readonly reserved: number; readonly onDemand: number; readonly spot: number }
  /** US dollars per accelerator and hour of each way. */
  readonly usdPerHour: { readonly reserved: number; readonly onDemand: number; readonly spot: number }
}

/**
 * A spot machine is taken back once in a day (assumed, between once in three hours,
 * https://digiterialabs.com/ai/insights/cloud-gpu-pricing-q1-2026, and a fifth of the machines a month, AWS Spot
 * Instance Advisor of 2026-02-24 at https://www.thundercompute.com/blog/cloud-gpu-spot-instance-availability). The
 * replica that stands in is paid while it starts.
 */
const hoursBetweenInterruptions = 24

interface Order {
  /** Replicas by how long they run, longest first. */
  readonly levels: readonly ReplicaLevel[]
  readonly acceleratorsPerReplica: number
  /** Of a replica. */
  readonly startMinutes: number
  /** At most so many may be taken back at once. */
  readonly spotReplicas: number
}

/** @returns at the cheapest of the lists; null when no machine of any of them can hold a replica */
export const buyHours = (lists: readonly HourlyPrices[], order: Order): Purchase | null => {
  const parts = splitAt(order.levels, order.spotReplicas)
  let best: Purchase | null = null
  for (const prices of lists) {
    const bought = buyAt(prices, parts, order)
    if (bought && (best === null || bought.usdPerMonth < best.usdPerMonth)) best = bought
  }
  return best
}

const buyAt = (
  prices: HourlyPrices,
  parts: readonly Part[],
  { acceleratorsPerReplica, startMinutes }: Order,
): Purchase | null => {
  const size = prices.instanceSize ?? acceleratorsPerReplica
  if (size < acceleratorsPerReplica) return null
  const { onDemandUsd, reservedUsd, spotUsd } = prices
  const perMachine = Math.floor(size / acceleratorsPerReplica)
  const again = 1 + startMinutes / 60 / hoursBetweenInterruptions
  const bought = { reserved: 0, onDemand: 0, spot: 0 }
  let usdPerMonth = 0
  // A machine runs as long as the first replica on it.
  let room = 0
  for (const { replicas, hours, maySpot } of parts) {
    const machines = Math.ceil(Math.max(0, replicas - room) / perMachine)
    room += machines * perMachine - replicas
    if (machines === 0) continue
    const count = machines * size
    const sold = maySpot || spotUsd === null ? prices : { ...prices, spotUsd: null }
    const best = cheapestWay(sold, { hours: hours * count, whole: hoursPerMonth * count, again })
    bought[best.way] += best.hours
    usdPerMonth += best.usd
  }
  return {
    provider: prices.provider,
    usdPerMonth,
    acceleratorHours: bought,
    usdPerHour: { reserved: reservedUsd ?? 0, onDemand: onDemandUsd, spot: spotUsd ?? 0 },
  }
}

/** Replicas of one level that are bought in one way. */
interface Part extends ReplicaLevel {
  readonly maySpot: boolean
}

/** Of the replicas those that run shortest may be spot, `most` of them; a level of both kinds becomes two. */
const splitAt = (levels: readonly ReplicaLevel[], most: number): readonly Part[] => {
  const parts: Part[] = []
  let above = levels.reduce((sum, { replicas }) => sum + replicas, 0)
  for (const { replicas, hours } of levels) {
    above -= replicas
    const spot = Math.min(replicas, Math.max(0, most - above))
    if (replicas > spot) parts.push({ replicas: replicas - spot, hours, maySpot: false })
    if (spot > 0) parts.push({ replicas: spot, hours, maySpot: true })
  }
  return parts
}

interface Way {
  readonly way: keyof Purchase['acceleratorHours']
  readonly hours: number
  readonly usd: number
}

const cheapestWay = (
  { onDemandUsd, reservedUsd, spotUsd }: HourlyPrices,
  { hours, whole, again }: { readonly hours: number; readonly whole: number; readonly again: number },
): Way => {
  let best: Way = { way: 'onDemand', hours, usd: hours * onDemandUsd }
  if (reservedUsd !== null && whole * reservedUsd < best.usd)
    best = { way: 'reserved', hours: whole, usd: whole * reservedUsd }
  // What always runs is the base, which no provider may take back.
  if (spotUsd !== null && hours < whole && hours * again * spotUsd < best.usd)
    best = { way: 'spot', hours: hours * again, usd: hours * again * spotUsd }
  return best
}
