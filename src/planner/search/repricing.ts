// A candidate again under changed requirements: what the cost room asks what-if questions with.

import type { Requirements } from '../../spec/index.js'
import type { Evaluated } from './candidates.js'
import { createContext, type DesignContext } from './design-context.js'
import { evaluateHosted } from './hosted.js'
import { type Candidate, comparableUsd } from './report.js'
import { wholeUsd } from './system-cost.js'

export interface Repricer {
  /** The same model, engine, accelerators and layout, or the same API; null when it cannot be asked again. */
  again(candidate: Candidate, requirements: Requirements): Candidate | null
  /** With the lines of its bill. */
  itemised(candidate: Candidate): Candidate | null
  /** What the whole system costs with the candidate; null when it then misses more than a budget. */
  usdAt(candidate: Candidate, requirements: Requirements): number | null
  /** The cheapest that then misses nothing but a budget, among the first of the list. */
  cheapest(requirements: Requirements, among: readonly Candidate[]): Candidate | null
}

/** A choice, and what it is asked again with. */
export interface Priced {
  readonly chosen: Candidate
  readonly candidates: readonly Candidate[]
  readonly context: DesignContext
  readonly repricer: Repricer
}

/** Of thousands of ways, so many of the best are asked again for one question. */
const askedAgain = 40

export const createRepricer = (evaluated: readonly Evaluated[], context: DesignContext): Repricer => {
  const { catalogue } = context
  const askOf = new Map(evaluated.map(({ candidate, again }) => [candidate, again]))
  const hosted = new Map(
    catalogue.hostedModels.map((model) => [`${model.provider.id}/${model.model}`, model]),
  )
  const under = (candidate: Candidate, changed: DesignContext): Candidate | null => {
    const model = hosted.get(candidate.id)
    if (candidate.kind === 'hosted-api' && !candidate.routing)
      return model ? evaluateHosted(model, changed) : null
    const ask = askOf.get(candidate)
    return ask && reads(candidate, changed) ? ask(changed) : null
  }
  const contextOf = (requirements: Requirements) => createContext(requirements, catalogue, context)
  return {
    again: (candidate, requirements) => under(candidate, contextOf(requirements)),
    itemised: (candidate) => under(candidate, { ...context, itemised: true }),
    usdAt: (candidate, requirements) => {
      const changed = contextOf(requirements)
      const found = under(candidate, changed)
      return found && missesOnlyMoney(found) ? wholeUsd(found, changed) : null
    },
    cheapest: (requirements, among) => {
      const changed = contextOf(requirements)
      const asked = [
        ...among.filter(({ kind }) => kind === 'hosted-api'),
        ...among.filter(({ kind, latency }) => kind === 'self-hosted' && latency).slice(0, askedAgain),
      ]
      return asked
        .flatMap((candidate) => under(candidate, changed) ?? [])
        .filter((candidate) => candidate.costPerMonthUsd !== null && missesOnlyMoney(candidate))
        .reduce<Candidate | null>(
          (best, candidate) => (costOf(candidate) < costOf(best) ? candidate : best),
          null,
        )
    },
  }
}

const costOf = (candidate: Candidate | null) =>
  (candidate && comparableUsd(candidate)) ?? Number.POSITIVE_INFINITY

/** Gates are not asked again, so the length of the context is. */
const reads = ({ model }: Candidate, { catalogue, contextTokens }: DesignContext): boolean =>
  (catalogue.lookUpModel(model).found?.maxContext ?? 0) >= contextTokens

export const missesOnlyMoney = ({ violations }: Candidate): boolean =>
  violations.every(({ constraint }) => constraint.startsWith('budget.'))
