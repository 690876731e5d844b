// The money of a chosen design: its bill, other ways to the same work, the load at which another kind of hosting pays,
// what moves the bill, and how to adapt the model. Composes the rooms of search and cost.

import type { Requirements } from '../spec/index.js'
import { adviseAdaptation } from './cost/adaptation.js'
import { findBreakEven } from './cost/break-even.js'
import { breakdownOf, sumOf } from './cost/cost-breakdown.js'
import { costMessage } from './cost/cost-messages.js'
import type { CostReport } from './cost/cost-report.js'
import { planIngest } from './cost/ingest-plan.js'
import { longDocumentStrategies } from './cost/long-documents.js'
import { marketOf } from './cost/market.js'
import { sensitivityOf } from './cost/sensitivity.js'
import { trialLines } from './cost/system-lines.js'
import { cheapestTraining } from './cost/training-options.js'
import { costAlternatives } from './cost-alternatives.js'
import { inputVariations } from './input-variations.js'
import type { Evaluated } from './search/candidates.js'
import type { DesignContext } from './search/design-context.js'
import { otherKind } from './search/explain.js'
import { type Candidate, comparableUsd } from './search/report.js'
import { createRepricer, missesOnlyMoney, type Priced } from './search/repricing.js'
import { systemLinesOf, wholeUsd } from './search/system-cost.js'

/** @returns null when nothing was chosen, or its bill cannot be itemised */
export const costOfDesign = (options: {
  readonly chosen: Candidate | null
  readonly candidates: readonly Candidate[]
  readonly evaluated: readonly Evaluated[]
  readonly context: DesignContext
}): CostReport | null => {
  const { chosen, candidates, evaluated, context } = options
  if (!chosen) return null
  const repricer = createRepricer(evaluated, context)
  const itemised = repricer.itemised(chosen)
  if (!itemised?.bill) return null
  const priced: Priced = { chosen, candidates, context, repricer }
  const breakdown = billOf(itemised, context)
  const usdAt = (requirements: Requirements) => repricer.usdAt(chosen, requirements)
  const { requirements, fitted, catalogue } = context
  const market = marketOf(requirements, catalogue)
  const ingest = planIngest(requirements, { ...market, efficiency: fitted.coefficients.compute.bf16 })
  const system = sumOf(breakdown.lines.filter(({ id }) => id.endsWith('-embedding') || id === 'rerank'))
  const { inputTokens, sharedPrefixTokens } = requirements.scale.lengths
  const { growthPerYear } = requirements.scale
  return {
    usdPerMonthInAYear: growthPerYear === 1 ? null : usdAt(grown(requirements)),
    breakdown,
    alternatives: costAlternatives(priced, itemised.bill),
    breakEven: breakEvenOf(priced),
    sensitivity: sensitivityOf(wholeUsd(chosen, context) ?? 0, inputVariations(context, chosen, usdAt)),
    adaptation: adviseAdaptation({
      requirements,
      requestsPerMonth: context.workload.requestsPerMonth,
      savingWithout: (tokens) => {
        const shorter = usdAt(
          withLengths(requirements, {
            inputTokens: {
              p50: Math.max(1, inputTokens.p50 - tokens),
              p95: Math.max(1, inputTokens.p95 - tokens),
            },
            sharedPrefixTokens: Math.min(sharedPrefixTokens, Math.max(0, sharedPrefixTokens - tokens)),
          }),
        )
        return shorter === null ? 0 : Math.max(0, (usdAt(requirements) ?? shorter) - shorter)
      },
      ingestUsd: ingest?.ways[0]?.usd ?? 0,
      retrievalUsdPerMonth: system,
      training: cheapestTraining(requirements, modelOf(chosen, context), market.rentable),
    }),
    longDocuments: longDocumentStrategies({
      requirements,
      contextTokens: context.contextTokens,
      priceChosen: (changed) => repriced(repricer.again(chosen, changed)),
      priceAny: (changed) => repriced(repricer.cheapest(changed, candidates)),
    }),
    ingest,
  }
}

const billOf = (itemised: Candidate, context: DesignContext) => {
  const { requirements, workload } = context
  const serving = itemised.bill?.lines ?? []
  const lines = systemLinesOf(itemised, context)
  const served = workload.requestsPerMonth * (1 - workload.repeatedShare)
  const trials = trialLines(requirements, {
    usdPerRequest: sumOf(serving) / served,
    requestsPerMonth: workload.requestsPerMonth,
  })
  return breakdownOf([...serving, ...lines, ...trials], {
    requestsPerMonth: workload.requestsPerMonth,
    outputTokensPerMonth: workload.tokensPerMonth.output,
    goodShare: itemised.bill?.goodShare ?? null,
    notCounted: notCounted(itemised, context),
  })
}

const notCounted = ({ provider, model, kind }: Candidate, { requirements, catalogue }: DesignContext) => {
  const hosted = catalogue.hostedModels.find(
    (known) => known.provider.id === provider && known.model === model,
  )
  const hidden = kind === 'hosted-api' ? hosted?.reasoning : catalogue.lookUpModel(model).found?.reasoning
  return [
    ...(provider === 'owned' ? [costMessage('planner.not-counted-purchase', {})] : []),
    ...(provider === 'owned' && !requirements.budget.electricity
      ? [costMessage('planner.not-counted-power', {})]
      : []),
    ...(hidden === 'always' && (kind === 'self-hosted' || !requirements.scale.lengths.reasoningTokens)
      ? [costMessage('planner.not-counted-reasoning', { model, kind })]
      : []),
    ...(kind === 'self-hosted' && requirements.scale.deferrableShare > 0
      ? [costMessage('planner.not-counted-deferrable', {})]
      : []),
    costMessage('planner.not-counted-rest', {}),
  ]
}

/** The crossing of the two kinds as the whole curve scales. */
const breakEvenOf = ({ chosen, candidates, context, repricer }: Priced): CostReport['breakEven'] => {
  const other = otherKind(candidates, chosen)
  if (!other) return null
  const [own, api] = chosen.kind === 'self-hosted' ? [chosen, other] : [other, chosen]
  const { requirements, workload } = context
  const at = (peak: number): Requirements => ({
    ...requirements,
    scale: { ...requirements.scale, peakRequestsPerSecond: peak },
  })
  // At another load another accelerator may be the cheapest.
  const owned = oneOfEach([own, ...candidates.filter(({ kind }) => kind === 'self-hosted')])
  return {
    ...findBreakEven(
      workload.requestsPerSecond.peak,
      (peak) => comparable(repricer.cheapest(at(peak), owned)),
      (peak) => comparable(repricer.again(api, at(peak))),
    ),
    selfHosted: own.id,
    api: api.id,
  }
}

const comparable = (candidate: Candidate | null) => candidate && comparableUsd(candidate)

/** The first of each build on each accelerator that misses nothing but a budget: a narrower one may carry more. */
const oneOfEach = (candidates: readonly Candidate[]): readonly Candidate[] => {
  const first = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const key = `${candidate.model} ${candidate.accelerator} ${candidate.precision}`
    if (candidate.costPerMonthUsd !== null && missesOnlyMoney(candidate) && !first.has(key))
      first.set(key, candidate)
  }
  return [...first.values()]
}

const modelOf = ({ model, provider, kind }: Candidate, { catalogue }: DesignContext) => {
  const base =
    kind === 'self-hosted'
      ? model
      : catalogue.hostedModels.find((known) => known.provider.id === provider && known.model === model)?.base
  return base ? (catalogue.lookUpModel(base).found ?? null) : null
}

/** The traffic of a year from now. */
const grown = ({ scale, ...requirements }: Requirements): Requirements => ({
  ...requirements,
  scale: { ...scale, peakRequestsPerSecond: scale.peakRequestsPerSecond * scale.growthPerYear },
})

const withLengths = (
  requirements: Requirements,
  lengths: Partial<Requirements['scale']['lengths']>,
): Requirements => ({
  ...requirements,
  scale: { ...requirements.scale, lengths: { ...requirements.scale.lengths, ...lengths } },
})

const repriced = (candidate: Candidate | null) =>
  candidate?.costPerMonthUsd == null
    ? null
    : {
        candidate: candidate.id,
        usdPerMonth: candidate.costPerMonthUsd,
        e2eP90Ms: candidate.latency?.e2eP90Ms.value ?? null,
      }
