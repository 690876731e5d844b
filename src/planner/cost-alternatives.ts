// Other ways to buy or to route the work of a chosen design, each with what it would cost: reserved and spot machines,
// a small model in front, and what the answer cache saves. An API above a base is a candidate, not told again here.

import type { Requirements } from '../spec/index.js'
import { cascadeCost } from './cost/cascade.js'
import { costMessage } from './cost/cost-messages.js'
import type { CostAlternative } from './cost/cost-report.js'
import { type ServingOrder, selfHostedCost } from './cost/self-hosted-cost.js'
import type { ServingDetail } from './cost/serving-detail.js'
import { evaluateAll } from './search/candidates.js'
import { cascadeGaps } from './search/cascade-candidate.js'
import { createContext } from './search/design-context.js'
import { rankCandidates } from './search/rank-candidates.js'
import type { Priced } from './search/repricing.js'
import { systemUsdOf, wholeUsd } from './search/system-cost.js'

export const costAlternatives = (priced: Priced, bill: ServingDetail): readonly CostAlternative[] => [
  ...(bill.serving?.cost.purchase ? purchases(priced, bill, bill.serving.order) : []),
  ...(priced.chosen.routing ? [] : cascade(priced)),
  ...cache(priced),
]

/** Differences below a two-hundredth are not worth a line. */
const noticeable = 0.005

const lessOf = ({ chosen, context }: Priced, usd: number) => {
  const now = wholeUsd(chosen, context) ?? 0
  return now > 0 ? 1 - usd / now : 0
}

/** Reserved and spot machines, where the requirements do not allow them yet and they cost less. */
const purchases = (priced: Priced, bill: ServingDetail, order: ServingOrder): readonly CostAlternative[] => {
  const { hosting } = order.requirements
  const ways = [
    {
      kind: 'reserved' as const,
      open: hosting.commitment === 'none',
      change: { commitment: 'reserved' as const },
    },
    { kind: 'spot' as const, open: !hosting.spot, change: { spot: true } },
  ]
  return ways.flatMap(({ kind, open, change }): CostAlternative[] => {
    const requirements = { ...order.requirements, hosting: { ...hosting, ...change } }
    const cost = open ? selfHostedCost({ ...order, requirements }) : null
    const now = bill.serving?.cost.usdPerMonth ?? 0
    if (!cost?.purchase || cost.usdPerMonth >= now * (1 - noticeable)) return []
    const { reserved, onDemand, spot } = cost.purchase.acceleratorHours
    const share = (kind === 'reserved' ? reserved : spot) / (reserved + onDemand + spot)
    if (share === 0) return []
    // What the API above a base costs stays.
    const beside = bill.serving ? (priced.chosen.costPerMonthUsd ?? 0) - bill.serving.cost.usdPerMonth : 0
    const usd = cost.usdPerMonth + beside + systemUsdOf(priced.chosen, priced.context)
    const said = { provider: cost.provider, usd, less: lessOf(priced, usd) }
    return [
      {
        kind,
        usdPerMonth: usd,
        message:
          kind === 'reserved'
            ? costMessage('planner.alternative-reserved', { ...said, reservedShare: share })
            : costMessage('planner.alternative-spot', { ...said, spotShare: share }),
      },
    ]
  })
}

const cascade = (priced: Priced): readonly CostAlternative[] => {
  const { chosen, context, repricer } = priced
  const { requirements, catalogue } = context
  const asked = requirements.scale.cascade
  if (!asked) return []
  const { minParametersB: _, ...models } = requirements.models
  const small = rankCandidates(
    evaluateAll(
      createContext({ ...requirements, models: { ...models, allowed: [asked.model] } }, catalogue, context),
    ).map(({ candidate }) => candidate),
  ).find(({ costPerMonthUsd }) => costPerMonthUsd !== null)
  if (!small) return []
  const found = cascadeCost({
    smallUsdPerMonth: small.costPerMonthUsd ?? 0,
    escalatedShare: asked.escalatedShare,
    mainUsdAt: (share) => repricer.again(chosen, atShare(requirements, share))?.costPerMonthUsd ?? 0,
  })
  const usd = found.usdPerMonth + systemUsdOf(chosen, context)
  const gaps = lessOf(priced, usd) > noticeable ? cascadeGaps(small, context) : []
  return [
    {
      kind: 'cascade',
      usdPerMonth: usd,
      ...(gaps.length > 0 ? { waitsFor: gaps } : {}),
      message: costMessage('planner.alternative-cascade', {
        waitsFor: gaps,
        small: small.id,
        escalatedShare: asked.escalatedShare,
        usd,
        less: lessOf(priced, usd),
        breakEvenShare: found.breakEvenShare,
      }),
    },
  ]
}

const atShare = (requirements: Requirements, share: number): Requirements => ({
  ...requirements,
  scale: {
    ...requirements.scale,
    peakRequestsPerSecond: requirements.scale.peakRequestsPerSecond * share,
  },
})

const cache = (priced: Priced): readonly CostAlternative[] => {
  const { chosen, context, repricer } = priced
  const { requirements, workload } = context
  if (workload.repeatedShare === 0) return []
  const usd = repricer.usdAt(chosen, {
    ...requirements,
    scale: { ...requirements.scale, repeatedShare: 0, semanticRepeatedShare: 0 },
  })
  if (usd === null || -lessOf(priced, usd) < noticeable) return []
  return [
    {
      kind: 'cache',
      usdPerMonth: usd,
      message: costMessage('planner.alternative-cache', {
        usd,
        more: -lessOf(priced, usd),
        repeatedShare: workload.repeatedShare,
      }),
    },
  ]
}
