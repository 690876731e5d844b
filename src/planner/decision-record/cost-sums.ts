// The arithmetic of money: hours or tokens, each at its list price.

import { type Catalogue, priceOf } from '../../catalog/index.js'
import { hoursPerMonth } from '../../core/index.js'
import { acceleratorsOf } from '../memory/memory.js'
import { listOffers } from '../search/rent.js'
import { type Candidate, isMixed, purchaseWays } from '../search/report.js'
import type { DesignFacts, Sum } from './design-facts.js'
import { sumMessage } from './sum-messages.js'

export const costSums = (facts: DesignFacts, candidate: Candidate): readonly Sum[] => {
  const { costPerMonthUsd, usdPerMillionOutputTokens } = candidate
  if (costPerMonthUsd === null) return []
  const outputTokens = facts.assessment.workload.tokensPerMonth.output
  return [
    ...wayToCost(facts, candidate, costPerMonthUsd),
    ...(usdPerMillionOutputTokens === null
      ? []
      : [
          {
            figure: 'per-million',
            message: sumMessage('planner.sum-per-million', {
              costUsd: costPerMonthUsd,
              millions: outputTokens / 1e6,
              usd: usdPerMillionOutputTokens,
            }),
          },
        ]),
    ...breakEven(facts),
  ]
}

/** Of two ways that are joined each has its sum, and both have one. */
const wayToCost = (facts: DesignFacts, candidate: Candidate, costUsd: number): readonly Sum[] => {
  const { routing } = candidate
  if (!routing)
    return candidate.kind === 'hosted-api'
      ? tokenSums(facts, candidate, costUsd)
      : hourSums(candidate, costUsd)
  if (routing.kind === 'overflow') {
    const { ownUsdPerMonth: ownUsd, apiShare, apiRequestsPerMonth, apiUsdPerRequest, api } = routing
    const { concurrency: places, peakApiShare: peakShare } = routing
    return [
      ...hourSums(candidate, ownUsd),
      {
        figure: 'cost-overflow',
        message: sumMessage('planner.sum-overflow', {
          api: api.id,
          requests: apiRequestsPerMonth,
          share: apiShare,
          peakShare,
          places,
          usdPerRequest: apiUsdPerRequest,
          base: candidate.replicas?.serving ?? 0,
          usd: costUsd - ownUsd,
        }),
      },
      {
        figure: 'cost-both',
        message: sumMessage('planner.sum-both', { oneUsd: ownUsd, otherUsd: costUsd - ownUsd, costUsd }),
      },
    ]
  }
  const { first, firstUsdPerMonth: oneUsd, escalatedShare } = routing
  return [
    {
      figure: 'cost-first',
      message: sumMessage('planner.sum-first', { first: first.id, usd: oneUsd }),
    },
    {
      figure: 'cost-escalated',
      message: sumMessage('planner.sum-escalated', { escalatedShare, usd: costUsd - oneUsd }),
    },
    {
      figure: 'cost-both',
      message: sumMessage('planner.sum-both', { oneUsd, otherUsd: costUsd - oneUsd, costUsd }),
    },
  ]
}

const hourSums = (candidate: Candidate, costUsd: number): readonly Sum[] => {
  const { provider, accelerators, purchase } = candidate
  if (provider === 'owned' || !purchase)
    return [{ figure: 'cost', message: sumMessage('planner.sum-owned', { accelerators }) }]
  if (isMixed(purchase)) {
    const parts = purchaseWays
      .filter((way) => purchase.acceleratorHours[way] > 0)
      .map((way) => ({ way, hours: purchase.acceleratorHours[way], usdPerHour: purchase.usdPerHour[way] }))
    return [
      {
        figure: 'cost',
        message: sumMessage('planner.sum-purchase', { parts, provider: provider ?? '', costUsd }),
      },
    ]
  }
  return [
    {
      figure: 'cost',
      message: sumMessage('planner.sum-hours', {
        provider: provider ?? '',
        usdPerHour: purchase.usdPerHour.onDemand,
        hours: hoursPerMonth,
        accelerators,
        paid: purchase.acceleratorHours.onDemand / hoursPerMonth,
        costUsd,
      }),
    },
  ]
}

/** The offer that the candidate is priced by: the cheapest of its provider that holds a replica. */
export const offerOf = (catalogue: Catalogue, { accelerator, provider, layout }: Candidate) =>
  listOffers(catalogue, accelerator ?? '')
    .filter((offer) => offer.provider === provider)
    .filter(({ instanceSize }) => instanceSize === null || !layout || instanceSize >= acceleratorsOf(layout))
    .sort((a, b) => a.usdPerHour - b.usdPerHour)[0]

const tokenSums = (facts: DesignFacts, candidate: Candidate, costUsd: number): readonly Sum[] => {
  const { catalogue, assessment } = facts
  const { workload } = assessment
  const priced = priceOf(catalogue, {
    provider: candidate.provider ?? '',
    model: candidate.model,
    inputTokens: workload.inputTokens.mean,
  })
  if (!priced) return []
  const share = 1 - workload.repeatedShare
  const { price } = priced
  const millions = {
    input: (workload.tokensPerMonth.input * share) / 1e6,
    output: (workload.tokensPerMonth.output * share) / 1e6,
  }
  const fullUsd = millions.input * price.input + millions.output * price.output
  const reasoningUsd = lineUsd(facts, candidate, 'api-reasoning')
  const laterUsd = -lineUsd(facts, candidate, 'api-batch')
  return [
    {
      figure: 'cost',
      message: sumMessage('planner.sum-tokens-paid', {
        ...millions,
        inputUsd: price.input,
        outputUsd: price.output,
        repeated: workload.repeatedShare,
        reasoningUsd,
        laterUsd,
        // What the provider's own cache of prompt beginnings takes off.
        cachedUsd: Math.max(0, fullUsd + reasoningUsd - laterUsd - costUsd),
        costUsd,
      }),
    },
  ]
}

/** A line of the choice's bill; of another candidate there is none. */
const lineUsd = ({ report }: DesignFacts, candidate: Candidate, id: string): number =>
  candidate === report.chosen
    ? (report.cost?.breakdown.lines.find((line) => line.id === id)?.usdPerMonth ?? 0)
    : 0

const breakEven = ({ report, assessment: { workload } }: DesignFacts): readonly Sum[] => {
  const { breakEvenRequestsPerSecond, chosen } = report
  if (breakEvenRequestsPerSecond === null || !chosen) return []
  return [
    {
      figure: 'break-even',
      message: sumMessage('planner.sum-break-even', {
        kind: chosen.kind,
        peak: workload.requestsPerSecond.peak,
        requestsPerSecond: breakEvenRequestsPerSecond,
      }),
    },
  ]
}
