// Replicas for the base, an API for what is above it and for a replica that is away: as one candidate. The gateway
// runs it as a fallback whose first deployment takes so many requests at a time.

import type { HostedModel } from '../../catalog/index.js'
import { hoursPerMonth } from '../../core/index.js'
import type { CostLine } from '../cost/cost-breakdown.js'
import { costMessage } from '../cost/cost-messages.js'
import { bestHybrid, type Hybrid, hybridAt } from '../cost/hybrid.js'
import { hoursOf } from '../cost/replica-plan.js'
import { type ServingOrder, selfHostedCost, servingLines } from '../cost/self-hosted-cost.js'
import type { ServingDetail } from '../cost/serving-detail.js'
import { placesFor, refusedByBase } from './base-places.js'
import type { Evaluated } from './candidates.js'
import type { DesignContext } from './design-context.js'
import { evaluateHosted } from './hosted.js'
import { mostAccelerators } from './owned-limit.js'
import { purchaseOf } from './purchase-of.js'
import type { Candidate, Overflow } from './report.js'
import { missesOnlyMoney } from './repricing.js'
import { systemUsdOf } from './system-cost.js'
import { budgetViolations, targetViolation } from './violations.js'
import { poorerQuality, slowerLatency, weakerBasis, worseTargets } from './worse-of.js'

export interface OverflowPair {
  readonly own: Evaluated
  readonly api: HostedModel
}

/** Misses nothing but money, or has too few owned accelerators for the whole peak: the API takes the rest. */
export const canBeBase = ({ kind, latency, packing, disaggregation, routing, violations }: Candidate) =>
  kind === 'self-hosted' &&
  latency !== null &&
  !packing &&
  !disaggregation &&
  !routing &&
  violations.every(({ constraint }) => constraint.startsWith('budget.') || constraint === 'hosting.owned')

/** Traffic that is a tenth more or less than planned. */
const trafficBand = 1.1

/** @returns null when one of the two alone misses more than money, or no base can be had */
export const evaluateOverflow = (pair: OverflowPair, context: DesignContext): Candidate | null => {
  const own = pair.own.again?.({ ...context, itemised: true })
  const api = evaluateHosted(pair.api, { ...context, itemised: true })
  const serving = own?.bill?.serving
  if (!own || !serving || !canBeBase(own) || !api?.costPerMonthUsd || !missesOnlyMoney(api)) return null
  const { stay } = serving
  if (stay.fullInFlight <= 0) return null
  const question = questionOf(serving, api.costPerMonthUsd, context)
  const found = bestHybrid(question)
  const base = found && baseOf(pair.own, found.baseReplicas / serving.order.load, context)
  const order = found && baseOrder(serving.order, found.baseReplicas)
  const cost = order && selfHostedCost(order)
  if (!found || !base?.latency || !api.latency || !cost) return null
  return joinedOf({ own, api, base, found, question, serving: { order, cost, stay } }, context)
}

interface Joined {
  readonly own: Candidate
  readonly api: Candidate
  /** As full as the targets allow. */
  readonly base: Candidate
  readonly found: Hybrid
  readonly question: Question
  readonly serving: Serving
}

const joinedOf = (
  { own, api, base, found, question, serving }: Joined,
  context: DesignContext,
): Candidate => {
  const { order, cost, stay } = serving
  const { requirements, workload } = context
  const { regions } = requirements.availability
  const perMillion = found.usdPerMonth / (workload.tokensPerMonth.output / 1e6)
  const spare = spareOf(order)
  const targets = worseTargets(base.targets, api.targets)
  const routing = routingOf(found, { api, base, serving, context })
  return {
    ...base,
    id: `${own.id} + ${api.id}`,
    provider: cost.provider,
    replicas: { serving: found.baseReplicas, spare, regions },
    accelerators: acceleratorsOfBase(order),
    costPerMonthUsd: found.usdPerMonth,
    ...purchaseOf([cost], requirements),
    usdPerMillionOutputTokens: perMillion,
    ...(base.latency && api.latency ? { latency: slowerLatency(base.latency, api.latency) } : {}),
    targets,
    ...poorerQuality(own, api),
    basis: weakerBasis(own.basis, api.basis),
    utilisation: utilisationOf(base, found, {
      clock: context.clock,
      plannedShare: routing.basePeakRequestsPerSecond / context.enginePeak,
      spare,
      hours: hoursOf(cost.levels),
    }),
    routing,
    bill: {
      lines: [...servingLines(order, cost), overflowLine(found, question, { routing, order, stay }, context)],
      goodShare: goodShareOf(own, api, routing.apiShare),
      serving,
    },
    violations: [
      ...targets.flatMap(targetViolation),
      ...budgetViolations(requirements, found.usdPerMonth + systemUsdOf(base, context), perMillion),
    ],
  }
}

/**
 * For the only replica of a base the API stands in. Of several the others would be given its requests before the API
 * is, so they keep their spare.
 */
const baseOrder = (order: ServingOrder, replicas: number): ServingOrder => {
  const { availability } = order.requirements
  const survivesReplicaLoss = availability.survivesReplicaLoss && replicas > 1
  return {
    ...order,
    requirements: { ...order.requirements, availability: { ...availability, survivesReplicaLoss } },
    replicas,
    mostReplicas: replicas,
  }
}

const spareOf = ({ requirements }: ServingOrder): number =>
  requirements.availability.survivesReplicaLoss ? 1 : 0

/** With its spares, in all regions. */
const acceleratorsOfBase = (order: ServingOrder): number =>
  (order.replicas + spareOf(order)) * order.acceleratorsPerReplica * order.requirements.availability.regions

type Serving = NonNullable<ServingDetail['serving']>
type Question = Parameters<typeof bestHybrid>[0]

const questionOf = ({ order, stay }: Serving, apiUsdPerMonth: number, context: DesignContext): Question => {
  const { workload, requirements, enginePeak } = context
  const { regions, minReplicas } = requirements.availability
  const most = mostAccelerators({ supply: order.supply, packing: null }, context)
  return {
    clock: context.clock,
    load: order.load,
    least: Math.max(1, minReplicas),
    requestsPerSecondPeak: enginePeak * regions,
    refusedShareAt: (replicas, load) =>
      refusedByBase({ replicas, requestsPerSecond: load * enginePeak, stay, regions, slowness: 1 }),
    apiUsdPerRequest: apiUsdPerMonth / (workload.requestsPerMonth * (1 - workload.repeatedShare)),
    ownUsdAt: (replicas) => {
      const base = baseOrder(order, replicas)
      return acceleratorsOfBase(base) > most ? null : (selfHostedCost(base)?.usdPerMonth ?? null)
    },
  }
}

/** Requests/s of one region; a hair less than the targets allow, so that rounding adds no replica. */
const basePeakOf = (share: number, { enginePeak }: DesignContext): number =>
  enginePeak * Math.min(1, share * 0.999)

/** The replicas of the base, as full as the targets allow: the share of the peak that they carry. */
const baseOf = ({ again }: Evaluated, share: number, context: DesignContext): Candidate | null => {
  const enginePeak = basePeakOf(share, context)
  return (
    again?.({
      ...context,
      enginePeak,
      targets: context.targets.map((target) =>
        'requestsPerSecond' in target.load
          ? { ...target, load: { requestsPerSecond: Math.min(target.load.requestsPerSecond, enginePeak) } }
          : target,
      ),
      itemised: true,
    }) ?? null
  )
}

const routingOf = (
  found: Hybrid,
  {
    api,
    base,
    serving: { order, stay },
    context,
  }: Pick<Joined, 'api' | 'base' | 'serving'> & { readonly context: DesignContext },
): Overflow => {
  const { workload, requirements } = context
  const requests = workload.requestsPerMonth * (1 - workload.repeatedShare) * found.overflowShare
  const inFlight = found.baseReplicas * requirements.availability.regions * stay.fullInFlight
  return {
    kind: 'overflow',
    api,
    apiShare: found.overflowShare,
    peakApiShare: found.peakOverflowShare,
    apiRequestsPerMonth: requests,
    apiUsdPerRequest: requests > 0 ? found.apiUsdPerMonth / requests : 0,
    ownUsdPerMonth: found.ownUsdPerMonth,
    basePeakRequestsPerSecond: basePeakOf(found.baseReplicas / order.load, context),
    base: { latency: base.latency, targets: base.targets, basis: base.basis },
    inFlight,
    staySeconds: stay.fullSeconds,
    concurrency: placesFor(inFlight),
  }
}

const utilisationOf = (
  { utilisation, replicas }: Candidate,
  { baseReplicas, overflowShare, peakOverflowShare }: Hybrid,
  {
    clock,
    plannedShare,
    spare,
    hours,
  }: {
    readonly clock: DesignContext['clock']
    /** Of the peak, what the replicas are planned to carry. */
    readonly plannedShare: number
    readonly spare: number
    readonly hours: number
  },
): Candidate['utilisation'] => {
  if (!utilisation || !replicas || hours === 0) return utilisation
  // Full replicas that the whole peak would take; of the base it was worked out with its spare.
  const whole =
    (utilisation.peak * (replicas.serving + replicas.spare) * (baseReplicas / replicas.serving)) /
    plannedShare
  return {
    peak: (whole * (1 - peakOverflowShare)) / (baseReplicas + spare),
    average: (whole * clock.mean * (1 - overflowShare) * hoursPerMonth) / hours,
  }
}

/** More or less traffic, and slower or faster steps, meet the same places, so that the API's part moves most. */
const overflowLine = (
  found: Hybrid,
  question: Question,
  { routing, order, stay }: { readonly routing: Overflow } & Pick<Serving, 'order' | 'stay'>,
  { enginePeak, requirements }: DesignContext,
): CostLine => {
  const { regions } = requirements.availability
  const at = (factor: number, slowness: number) =>
    hybridAt(found.baseReplicas, {
      ...question,
      refusedShareAt: (replicas, load) =>
        refusedByBase({ replicas, requestsPerSecond: load * enginePeak * factor, stay, regions, slowness }),
      requestsPerSecondPeak: question.requestsPerSecondPeak * factor,
    })?.apiUsdPerMonth ?? found.apiUsdPerMonth
  return {
    id: 'api-overflow',
    title: costMessage('planner.cost-overflow', { api: routing.api.id }),
    usdPerMonth: found.apiUsdPerMonth,
    lowUsdPerMonth: Math.min(found.apiUsdPerMonth, at(1 / trafficBand, 1 / order.slowness)),
    highUsdPerMonth: Math.max(found.apiUsdPerMonth, at(trafficBand, order.slowness)),
    basis: costMessage('planner.cost-overflow-basis', {
      share: routing.apiShare,
      requests: routing.apiRequestsPerMonth,
      places: routing.concurrency,
      usdPerRequest: routing.apiUsdPerRequest,
      base: found.baseReplicas,
    }),
  }
}

const goodShareOf = (own: Candidate, api: Candidate, apiShare: number): number | null => {
  const [one, other] = [own.bill?.goodShare ?? null, api.bill?.goodShare ?? null]
  return one === null || other === null ? null : one * (1 - apiShare) + other * apiShare
}
