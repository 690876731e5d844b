// When nothing meets the requirements: which one of them, changed alone, would let something do.

import { type Evaluated, evaluateAll } from './candidates.js'
import type { DesignContext } from './design-context.js'
import { designMessage } from './design-messages.js'
import { effectiveParametersB } from './quality.js'
import type { Candidate, Relaxation } from './report.js'
import { wholeUsd } from './system-cost.js'
import { wantsMore } from './target.js'

/** Of the candidates that miss the budget alone, so many of the cheapest are sized again for each target. */
const resizedAgain = 150

export const findRelaxations = (
  evaluated: readonly Evaluated[],
  context: DesignContext,
): readonly Relaxation[] => {
  const found = new Map<string, Found>()
  const keep = (constraint: string, candidate: Candidate, actual: number) => {
    const best = found.get(constraint)
    if (!best || isNearer({ candidate, actual }, best, wantsLarger(constraint, context)))
      found.set(constraint, { candidate, actual })
  }
  for (const { candidate } of evaluated) {
    // What a gate closed was never sized: whether it meets the rest, and at what cost, is not known.
    if (candidate.costPerMonthUsd === null) continue
    const [only, another] = candidate.violations
    if (only?.relaxable && !another && only.actual !== undefined)
      keep(only.constraint, candidate, only.actual)
  }
  for (const { target, candidate, actual } of withoutOneTarget(evaluated, context))
    keep(target, candidate, actual)
  for (const candidate of withoutFloor(context)) {
    const size = sizeOf(candidate, context)
    // Of a size that is large enough it was a build that lost too much: no other size lets it in.
    if (size !== null && size < context.floor.effectiveParametersB)
      keep('models.minParametersB', candidate, size)
  }
  return [...found].map(([constraint, { candidate, actual }]) =>
    relaxation(constraint, candidate, { actual, context }),
  )
}

/** A target on the project's own suite. */
const ownTarget = (constraint: string, { quality }: DesignContext['requirements']) =>
  quality.targets.find(({ id }) => id === constraint)

interface Found {
  readonly candidate: Candidate
  readonly actual: number
}

const wantsLarger = (constraint: string, { targets, requirements }: DesignContext): boolean => {
  const target = targets.find((resolved) => resolved.target.id === constraint)
  return (
    constraint === 'models.minParametersB' ||
    (target !== undefined && wantsMore(target.target.metric)) ||
    ownTarget(constraint, requirements)?.op.startsWith('>') === true
  )
}

/** Nearer to what was asked; of two as near, the cheaper. */
const isNearer = (found: Found, best: Found, larger: boolean): boolean => {
  if (found.actual !== best.actual) return larger ? found.actual > best.actual : found.actual < best.actual
  const cost = ({ candidate }: Found) => candidate.costPerMonthUsd ?? Number.POSITIVE_INFINITY
  return cost(found) < cost(best)
}

/** Candidates over budget, sized for all targets but one: within budget, they show what that one would have to be. */
const withoutOneTarget = (evaluated: readonly Evaluated[], context: DesignContext) => {
  const tooDear = evaluated
    .filter(({ candidate: { violations } }) => violations.length > 0 && violations.every(isMoney))
    .sort((a, b) => (a.candidate.costPerMonthUsd ?? 0) - (b.candidate.costPerMonthUsd ?? 0))
    .slice(0, resizedAgain)
  return context.targets.flatMap(({ target: { id } }) =>
    tooDear.flatMap(({ again }) => {
      const changed = again?.({ ...context, ignored: [id] })
      const missed = changed?.violations ?? []
      const actual = changed?.targets.find((target) => target.id === id)?.estimate.value
      const alone = missed.length === 1 && missed[0]?.constraint === id
      return changed && alone && actual !== undefined ? [{ target: id, candidate: changed, actual }] : []
    }),
  )
}

const isMoney = ({ constraint }: { readonly constraint: string }) => constraint.startsWith('budget.')

/** What would be there if any size of model were good enough. */
const withoutFloor = (context: DesignContext): readonly Candidate[] =>
  evaluateAll({ ...context, floor: { ...context.floor, effectiveParametersB: 0, mmluPro: 0 } })
    .map((evaluation) => evaluation.candidate)
    .filter(({ violations }) => violations.length === 0)

const sizeOf = ({ model }: Candidate, { catalogue }: DesignContext): number | null => {
  const { found } = catalogue.lookUpModel(model)
  return found ? effectiveParametersB(found) : null
}

const relaxation = (
  constraint: string,
  candidate: Candidate,
  { actual, context }: { readonly actual: number; readonly context: DesignContext },
): Relaxation => {
  const { asked, unit } = askedOf(constraint, context)
  // Rounded to the side that the candidate still meets.
  const up = asked < actual
  const nearest = roundTo(actual, up)
  const { id } = candidate
  const message = designMessage('planner.relax', {
    constraint,
    asked,
    nearest,
    unit,
    candidate: id,
    costUsd: candidate.costPerMonthUsd ?? 0,
    wholeUsd: wholeUsd(candidate, context) ?? 0,
  })
  return { constraint, asked, nearest, unit, candidate: id, message }
}

/** Three significant digits, rounded up or down. */
const roundTo = (value: number, up: boolean): number => {
  const scale = 10 ** (Math.floor(Math.log10(Math.abs(value) || 1)) - 2)
  return Number(((up ? Math.ceil(value / scale) : Math.floor(value / scale)) * scale).toPrecision(3))
}

/** What the requirements ask of a constraint with a number. */
export const askedOf = (constraint: string, { targets, requirements, floor }: DesignContext) => {
  const target = targets.find((resolved) => resolved.target.id === constraint)
  if (target) return { asked: target.limit, unit: target.unit }
  const own = ownTarget(constraint, requirements)
  if (own) return { asked: own.value, unit: '' }
  const { budget, hosting } = requirements
  switch (constraint) {
    case 'budget.monthlyUsd':
      return { asked: budget.monthlyUsd ?? 0, unit: 'USD' }
    case 'budget.usdPerMillionOutputTokens':
      return { asked: budget.usdPerMillionOutputTokens ?? 0, unit: 'USD' }
    case 'hosting.owned':
      return { asked: hosting.owned.reduce((sum, { count }) => sum + count, 0), unit: 'accelerators' }
    default:
      return { asked: floor.effectiveParametersB, unit: 'B' }
  }
}
