// A small model before the main one, as one candidate: `scale.cascade` of the requirements says which, and what share
// of its answers was measured to be given again. The gateway runs it as a cascade.

import type { Requirements } from '../../spec/index.js'
import type { CascadeGap } from '../cost/cascade.js'
import { type CostLine, exactLine } from '../cost/cost-breakdown.js'
import { costMessage } from '../cost/cost-messages.js'
import { type CascadeFactors, type CascadeParts, evaluateAll } from './candidates.js'
import { createContext, type DesignContext } from './design-context.js'
import { judge } from './estimates.js'
import { ownedAccelerator } from './owned-accelerator.js'
import { beyondOwned } from './owned-limit.js'
import { effectiveParametersB, publishedQualityOf, reachesFloor } from './quality.js'
import { rankCandidates } from './rank-candidates.js'
import type { Candidate, Escalation, Estimate, TargetEstimate, Violation } from './report.js'
import { missesOnlyMoney } from './repricing.js'
import { systemUsdOf } from './system-cost.js'
import { meets } from './target.js'
import { budgetViolations, targetViolation } from './violations.js'
import { poorerQuality, weakerBasis } from './worse-of.js'

/** Where the main model is asked again under a share of the traffic. */
export interface Main {
  readonly candidate: Candidate
  again(context: DesignContext): Candidate | null
}

export interface CascadeFound {
  readonly candidate: Candidate
  /** What has to be known before it may be chosen; empty = it may. */
  readonly gaps: readonly CascadeGap[]
  readonly parts: Omit<CascadeParts, 'withReplicas'>
}

const asPlanned: CascadeFactors = { first: 1, last: 1 }

/** @returns null when the requirements name no cascade, or one of the two models misses more than money in it */
export const evaluateCascade = (
  main: Main,
  context: DesignContext,
  factors: CascadeFactors = asPlanned,
): CascadeFound | null => {
  const asked = context.requirements.scale.cascade
  if (!asked || main.candidate.latency === null) return null
  const { escalatedShare } = asked
  const lastContext = escalatedShare === 0 ? null : atShare(escalatedShare, context)
  const rest = lastContext && main.again({ ...lastContext, replicaFactor: factors.last })
  if (escalatedShare > 0 && (!rest?.latency || !missesOnlyMoney(rest))) return null
  const last = rest ?? main.candidate
  const small = firstModel(last, context, factors.first)
  if (!small?.candidate.latency || small.candidate.costPerMonthUsd === null) return null
  const lastUsd = rest?.costPerMonthUsd ?? 0
  const joined = joinedOf({ first: small.candidate, last, lastUsd, asked }, context)
  return {
    candidate: { ...joined, id: `${small.candidate.id} > ${main.candidate.id}` },
    gaps: cascadeGaps(small.candidate, context),
    parts: { first: small.option, firstContext: small.context, lastContext },
  }
}

interface Joined {
  readonly first: Candidate
  /** The main model under its share of the load, and what that costs. */
  readonly last: Candidate
  readonly lastUsd: number
  readonly asked: NonNullable<Requirements['scale']['cascade']>
}

const joinedOf = ({ first, last, lastUsd, asked }: Joined, context: DesignContext): Candidate => {
  const { requirements, workload } = context
  const { escalatedShare } = asked
  const firstUsdPerMonth = first.costPerMonthUsd ?? 0
  const usd = firstUsdPerMonth + lastUsd
  const targets = last.targets.map((target) => inCascade(target, { first, escalatedShare }, context))
  const perMillion = usd / (workload.tokensPerMonth.output / 1e6)
  const routing: Escalation = {
    kind: 'cascade',
    first,
    firstUsdPerMonth,
    escalatedShare,
    escalateBelow: asked.escalateBelow ?? 0,
    lastTargets: last.targets,
  }
  return {
    ...last,
    accelerators: last.accelerators + first.accelerators,
    costPerMonthUsd: usd,
    usdPerMillionOutputTokens: perMillion,
    latency: latencyOf(first, last, escalatedShare),
    targets,
    ...poorerQuality(first, last),
    basis: weakerBasis(first.basis, last.basis),
    routing,
    ...(last.bill ? { bill: { ...last.bill, lines: linesOf(first, last, escalatedShare) } } : {}),
    violations: [
      ...targets.flatMap(targetViolation),
      ...sharedOwned(first, last, context),
      ...budgetViolations(requirements, usd + systemUsdOf(last, context), perMillion),
    ],
  }
}

/** Both models on accelerators of one kind that are owned: each has room for itself, but there may be too few for both. */
const sharedOwned = (first: Candidate, last: Candidate, context: DesignContext): readonly Violation[] => {
  if (first.provider !== 'owned' || last.provider !== 'owned' || first.accelerator !== last.accelerator)
    return []
  const { requirements, catalogue } = context
  const same = requirements.hosting.owned.flatMap((hardware) => {
    const accelerator = ownedAccelerator(hardware, catalogue)
    return accelerator?.name === first.accelerator ? [{ accelerator, count: hardware.count }] : []
  })
  const [one] = same
  if (!one) return []
  const most = same.reduce((sum, { count }) => sum + count, 0)
  const supply = { accelerator: one.accelerator, most, owned: true }
  return beyondOwned({ supply, packing: last.packing }, first.accelerators + last.accelerators, context)
}

/** So much of the load, all of it read and answered as before. */
const atShare = (share: number, context: DesignContext): DesignContext => {
  const { requirements, catalogue, itemised } = context
  const { scale } = requirements
  const less: Requirements = {
    ...requirements,
    scale: { ...scale, peakRequestsPerSecond: scale.peakRequestsPerSecond * share },
  }
  return { ...createContext(less, catalogue, context), itemised }
}

/**
 * The cheapest way to serve the small model. Its answer is held back until it is known to be good enough, so what the
 * first token waits for is its last one; of an escalated request the main model's time comes on top.
 */
const firstModel = (last: Candidate, context: DesignContext, replicaFactor: number) => {
  const { requirements, catalogue } = context
  const { cascade } = requirements.scale
  if (!cascade) return null
  const { minParametersB: _, ...models } = requirements.models
  const targets = requirements.performance.targets.flatMap((target) => {
    if (target.metric !== 'ttft' && target.metric !== 'e2e') return []
    const known = last.targets.find(({ id }) => id === target.id)
    if (!known) return []
    const spent = countsLast(known, cascade.escalatedShare) ? known.estimate.value : 0
    const value = known.limit - spent
    return value > 0 ? [{ ...target, metric: 'e2e' as const, value, unit: 'ms' as const }] : []
  })
  const small: Requirements = {
    ...requirements,
    performance: { targets },
    models: { ...models, allowed: [cascade.model] },
    budget: {},
  }
  const ofSmall = createContext(small, catalogue, context)
  const found = evaluateAll(ofSmall).filter(({ candidate }) => !candidate.packing)
  const [best] = rankCandidates(found.map(({ candidate }) => candidate))
  if (!best || best.violations.length > 0) return null
  const chosen = found.find(({ candidate }) => candidate === best)
  const option = chosen?.option ?? null
  if (replicaFactor === 1) return { candidate: best, option, context: ofSmall }
  const larger = chosen?.again?.({ ...ofSmall, replicaFactor })
  return larger && larger.violations.length === 0 ? { candidate: larger, option, context: ofSmall } : null
}

/** Whether the slow end of a target is among the escalated requests. */
const countsLast = ({ percentile }: Pick<TargetEstimate, 'percentile'>, escalatedShare: number) =>
  escalatedShare > 1 - percentile / 100

const plus = (a: Estimate, b: Estimate): Estimate => ({
  value: a.value + b.value,
  low: a.low + b.low,
  high: a.high + b.high,
})

/**
 * Both models' times at the target's percentile where escalated requests reach it, which is never too short. Speeds
 * and times per token are those of the main model: what was held back comes at once.
 */
const inCascade = (
  target: TargetEstimate,
  { first, escalatedShare }: { readonly first: Candidate; readonly escalatedShare: number },
  { targets }: DesignContext,
): TargetEstimate => {
  const resolved = targets.find((each) => each.target.id === target.id)
  const own = first.targets.find(({ id }) => id === target.id)
  if (!resolved || !own) return target
  const estimate = countsLast(target, escalatedShare) ? plus(own.estimate, target.estimate) : own.estimate
  return { ...target, estimate, met: judge(resolved, estimate) }
}

const latencyOf = (first: Candidate, last: Candidate, escalatedShare: number): Candidate['latency'] => {
  if (!first.latency || !last.latency) return null
  const held = first.latency.e2eP90Ms
  const reached = countsLast({ percentile: 90 }, escalatedShare)
  return {
    ttftP90Ms: reached ? plus(held, last.latency.ttftP90Ms) : held,
    e2eP90Ms: reached ? plus(held, last.latency.e2eP90Ms) : held,
    tpotP90Ms: last.latency.tpotP90Ms,
  }
}

const linesOf = (first: Candidate, last: Candidate, escalatedShare: number): readonly CostLine[] => [
  exactLine({
    id: 'first-model',
    title: costMessage('planner.cost-first-model', { model: first.id }),
    usdPerMonth: first.costPerMonthUsd ?? 0,
    basis: costMessage('planner.cost-first-model-basis', { escalatedShare }),
  }),
  ...(escalatedShare > 0 ? (last.bill?.lines ?? []) : []),
]

/** Engines and APIs that tell the probability of each token, which the gateway judges an answer by. */
const confident: ReadonlySet<string> = new Set([
  'vllm',
  'sglang',
  'llama.cpp',
  'openai',
  'together',
  'fireworks',
])

/** What keeps a cascade with this first model from being chosen. */
export const cascadeGaps = (first: Candidate, context: DesignContext): readonly CascadeGap[] => {
  const asked = context.requirements.scale.cascade
  if (!asked) return []
  return [
    ...(asked.escalateBelow === undefined ? (['threshold'] as const) : []),
    ...(confident.has(first.engine ?? first.provider ?? '') ? [] : (['probabilities'] as const)),
    ...(isGoodEnough(first, context) ? [] : (['quality'] as const)),
  ]
}

/** Both together as measured on the project's suites; without that the small model must be good enough alone. */
const isGoodEnough = (first: Candidate, { requirements, catalogue, floor }: DesignContext): boolean => {
  const evals = requirements.scale.cascade?.evals ?? []
  const judged = requirements.quality.targets.flatMap((target) => {
    const own = evals.find(({ metric, suite }) => metric === target.metric && suite === target.suite)
    return own ? [meets(target, target.value, own.value)] : []
  })
  if (judged.length > 0) return judged.every(Boolean)
  const base = catalogue.hostedModels.find(
    ({ provider, model }) => provider.id === first.provider && model === first.model,
  )?.base
  const { found } = catalogue.lookUpModel(base ?? first.model)
  if (!found) return false
  return reachesFloor(publishedQualityOf(found), floor, effectiveParametersB(found)) === true
}
