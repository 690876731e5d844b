// The arithmetic of money: hours or tokens, each at its list price.

import { type Catalogue, priceOf } from '../../catalog/index.js'
import { hoursPerMonth } from '../../core/index.js'
import { acceleratorsOf } from '../memory/memory.js'
import { listOffers } from '../search/rent.js'
import type { Candidate } from '../search/report.js'
import type { DesignFacts, Sum } from './design-facts.js'
import { sumMessage } from './sum-messages.js'

export const costSums = (facts: DesignFacts, candidate: Candidate): readonly Sum[] => {
  const { costPerMonthUsd, usdPerMillionOutputTokens } = candidate
  if (costPerMonthUsd === null) return []
  const outputTokens = facts.assessment.workload.tokensPerMonth.output
  return [
    ...(candidate.kind === 'hosted-api'
      ? tokenSums(facts, candidate, costPerMonthUsd)
      : hourSums(facts.catalogue, candidate, costPerMonthUsd)),
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

const hourSums = (catalogue: Catalogue, candidate: Candidate, costUsd: number): readonly Sum[] => {
  if (candidate.provider === 'owned')
    return [
      { figure: 'cost', message: sumMessage('planner.sum-owned', { accelerators: candidate.accelerators }) },
    ]
  const offer = offerOf(catalogue, candidate)
  // Reserved or spot hours have no single price: what they come to is told.
  if (!offer)
    return [
      {
        figure: 'cost',
        message: sumMessage('planner.sum-effective', {
          provider: candidate.provider ?? '',
          accelerators: candidate.accelerators,
          hours: hoursPerMonth,
          costUsd,
          usdPerHour: costUsd / candidate.accelerators / hoursPerMonth,
        }),
      },
    ]
  const { usdPerHour } = offer
  return [
    {
      figure: 'cost',
      message: sumMessage('planner.sum-hours', {
        provider: offer.provider,
        usdPerHour,
        hours: hoursPerMonth,
        accelerators: candidate.accelerators,
        paid: costUsd / usdPerHour / hoursPerMonth,
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
  return [
    {
      figure: 'cost',
      message: sumMessage('planner.sum-tokens-paid', {
        ...millions,
        inputUsd: price.input,
        outputUsd: price.output,
        repeated: workload.repeatedShare,
        // What the provider's own cache of prompt beginnings takes off.
        cachedUsd: Math.max(0, fullUsd - costUsd),
        costUsd,
      }),
    },
  ]
}

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
