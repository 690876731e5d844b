// Where nothing meets the requirements: the way that misses least of them. Where lists of the requirements closed every
// way before it was sized, they are opened, one at a time before all at once, so that what else it misses is known.

import { evaluateAll } from './candidates.js'
import type { DesignContext } from './design-context.js'
import { createContext } from './design-context.js'
import { askedOf } from './relaxations.js'
import type { Candidate, Violation } from './report.js'

/** @returns null where not even open lists let a way be sized */
export const nearestWay = (candidates: readonly Candidate[], context: DesignContext): Candidate | null =>
  leastMissing(candidates.filter(isSized), context) ?? behindLists(candidates, context)

const isSized = ({ latency }: Candidate) => latency !== null

/** The fewest requirements, and of as many the smallest factors by which they are missed. */
const leastMissing = (candidates: readonly Candidate[], context: DesignContext): Candidate | null => {
  let best: { readonly candidate: Candidate; readonly distance: number } | null = null
  for (const candidate of candidates) {
    const count = candidate.violations.length
    const fewest = best?.candidate.violations.length ?? Number.POSITIVE_INFINITY
    if (count > fewest) continue
    const distance = distanceOf(candidate, context)
    if (best === null || count < fewest || distance < best.distance) best = { candidate, distance }
  }
  return best?.candidate ?? null
}

const distanceOf = ({ violations }: Candidate, context: DesignContext): number =>
  violations.reduce((sum, { constraint, actual }) => {
    const { asked } = askedOf(constraint, context)
    return actual === undefined || actual <= 0 || asked <= 0 ? sum : sum + Math.abs(Math.log(actual / asked))
  }, 0)

type List = 'models.allowed' | 'models.licences' | 'models.minParametersB'
const tries: readonly (readonly List[])[] = [
  ['models.allowed'],
  ['models.licences'],
  ['models.minParametersB'],
  ['models.allowed', 'models.licences', 'models.minParametersB'],
]

const behindLists = (closed: readonly Candidate[], context: DesignContext): Candidate | null => {
  const all = tries.at(-1) ?? []
  const single = tries.slice(0, -1).flatMap((lists) => sizedWithout(lists, closed, context))
  return leastMissing(single.length > 0 ? single : sizedWithout(all, closed, context), context)
}

/** What the open lists had closed, with the reason that it was closed for. */
const sizedWithout = (
  lists: readonly List[],
  closed: readonly Candidate[],
  context: DesignContext,
): readonly Candidate[] => {
  const isOpened = ({ constraint }: Violation) => lists.some((list) => list === constraint)
  const reasons = new Map(
    closed
      .filter(({ violations }) => violations.some(isOpened))
      .map(({ model, violations }) => [model, violations.filter(isOpened)]),
  )
  if (reasons.size === 0) return []
  return evaluateAll(openContext(lists, context)).flatMap(({ candidate }) => {
    const missed = reasons.get(candidate.model)
    return missed && isSized(candidate)
      ? [{ ...candidate, violations: [...missed, ...candidate.violations] }]
      : []
  })
}

const openContext = (lists: readonly List[], context: DesignContext): DesignContext => {
  const { requirements, catalogue, floor } = context
  const { allowed, licences } = requirements.models
  const models = {
    ...requirements.models,
    allowed: lists.includes('models.allowed') ? [] : allowed,
    licences: lists.includes('models.licences') ? [] : licences,
  }
  const opened = createContext({ ...requirements, models }, catalogue, context)
  return lists.includes('models.minParametersB')
    ? { ...opened, floor: { ...floor, effectiveParametersB: 0, mmluPro: 0 } }
    : opened
}
