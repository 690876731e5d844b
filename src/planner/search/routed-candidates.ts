// The ways that join two of the others: an API above a base of replicas, a small model before the main one. They are
// candidates only where they save enough to be worth a second supplier, or nothing else is within budget.

import type { CascadeFactors, Evaluated } from './candidates.js'
import { evaluateCascade, type Main } from './cascade-candidate.js'
import type { DesignContext } from './design-context.js'
import { evaluateHosted } from './hosted.js'
import { canBeBase, evaluateOverflow, type OverflowPair } from './overflow-candidate.js'
import { type Candidate, comparableUsd } from './report.js'
import { missesOnlyMoney } from './repricing.js'

/** Two suppliers are worth it from a saving of a twentieth on: prices move by less from month to month. */
const worthwhile = 0.95
/** Of thousands of ways so many of the cheapest, one of each model and accelerator, are joined. */
const tried = 12
/** So many of the best joins are candidates. */
const kept = 3

/** @param evaluated every way that serves alone */
export const routedCandidates = (
  evaluated: readonly Evaluated[],
  context: DesignContext,
): readonly Evaluated[] => {
  const alone = evaluated.map(({ candidate }) => candidate)
  const least = Math.min(
    ...alone.filter(({ violations }) => violations.length === 0).map((one) => usdOf(one)),
  )
  const found = [...overflows(evaluated, context), ...cascades(evaluated, context)]
  return found
    .filter(({ candidate }) => missesOnlyMoney(candidate) && usdOf(candidate) < least * worthwhile)
    .sort((a, b) => usdOf(a.candidate) - usdOf(b.candidate))
    .slice(0, kept)
}

const usdOf = (candidate: Candidate) => comparableUsd(candidate) ?? Number.POSITIVE_INFINITY

const overflows = (evaluated: readonly Evaluated[], context: DesignContext): readonly Evaluated[] => {
  const owns = firstOfEach(
    evaluated.filter(({ candidate, again }) => again !== null && canBeBase(candidate)),
    ({ model, accelerator, provider }) => `${model} ${accelerator} ${provider === 'owned'}`,
  )
  const apis = evaluated.filter(
    ({ candidate }) => candidate.kind === 'hosted-api' && missesOnlyMoney(candidate) && !candidate.routing,
  )
  const [cheapest] = byCost(apis)
  const hosted = context.catalogue.hostedModels.find(
    ({ provider, model }) => `${provider.id}/${model}` === cheapest?.candidate.id,
  )
  if (!hosted) return []
  return owns.flatMap((own): Evaluated[] => {
    const pair: OverflowPair = { own, api: hosted }
    const candidate = evaluateOverflow(pair, context)
    if (!candidate) return []
    const alone = (changed: DesignContext) => own.again?.(changed) ?? candidate
    return [
      {
        candidate,
        option: own.option,
        again: (changed) => evaluateOverflow(pair, changed) ?? alone(changed),
      },
    ]
  })
}

const cascades = (evaluated: readonly Evaluated[], context: DesignContext): readonly Evaluated[] => {
  if (!context.requirements.scale.cascade) return []
  const mains = firstOfEach(
    evaluated.filter(
      ({ candidate }) =>
        candidate.latency !== null &&
        !candidate.packing &&
        !candidate.disaggregation &&
        missesOnlyMoney(candidate),
    ),
    ({ model, provider }) => `${model} ${provider}`,
  )
  return mains.flatMap((evaluation): Evaluated[] => {
    const found = cascadeOf(evaluation, context)
    return found ? [found] : []
  })
}

/** @returns null where it cannot be had, or lacks a measurement */
export const cascadeOf = (
  evaluation: Evaluated,
  context: DesignContext,
  factors?: CascadeFactors,
): Evaluated | null => {
  const main = mainOf(evaluation, context)
  const found = evaluateCascade(main, context, factors)
  if (!found || found.gaps.length > 0) return null
  return {
    candidate: found.candidate,
    option: evaluation.option,
    again: (changed) =>
      evaluateCascade(main, changed, factors)?.candidate ?? main.again(changed) ?? evaluation.candidate,
    cascade: { ...found.parts, withReplicas: (larger) => cascadeOf(evaluation, context, larger) },
  }
}

/** A way to serve as the main model of a cascade. */
export const mainOf = ({ candidate, again }: Evaluated, { catalogue }: DesignContext): Main => {
  const hosted = catalogue.hostedModels.find(
    ({ provider, model }) => `${provider.id}/${model}` === candidate.id,
  )
  return {
    candidate,
    again: (changed) => (again ? again(changed) : hosted ? evaluateHosted(hosted, changed) : null),
  }
}

const byCost = (evaluated: readonly Evaluated[]): readonly Evaluated[] =>
  evaluated
    .map((evaluation) => ({ evaluation, usd: usdOf(evaluation.candidate) }))
    .sort((a, b) => a.usd - b.usd)
    .map(({ evaluation }) => evaluation)

/** The cheapest of each key, the cheapest keys first. */
const firstOfEach = (
  evaluated: readonly Evaluated[],
  keyOf: (candidate: Candidate) => string,
): readonly Evaluated[] => {
  const first = new Map<string, Evaluated>()
  for (const evaluation of byCost(evaluated)) {
    const key = keyOf(evaluation.candidate)
    if (!first.has(key)) first.set(key, evaluation)
    if (first.size === tried) break
  }
  return [...first.values()]
}
