// How a sentence relates to a question, as numbers. What they weigh is fitted elsewhere. Knows no language.

import type { PassageReference } from '../contract.js'
import { createCue } from './extractive-cues.js'
import { type Terms, termsOf } from './extractive-terms.js'
import { introduces, type QuotableUnit, unitsOfPassage } from './extractive-units.js'

export interface RetrievedText {
  readonly text: string
  readonly reference: PassageReference
}

export interface Candidate {
  readonly unit: QuotableUnit
  readonly passage: RetrievedText
  /** All units of the passage, and which of them this is. */
  readonly siblings: readonly QuotableUnit[]
  readonly position: number
  /** By the names in `unitFeatureNames`. */
  readonly features: readonly number[]
}

export const unitFeatureNames = [
  'coverage',
  'contextCoverage',
  'neighbourCoverage',
  'passageCoverage',
  'density',
  'exactInUnit',
  'exactInPassage',
  'fitsKind',
  'missesKind',
  'rank',
  'relativeScore',
  'logLength',
  'isRow',
  'introduces',
] as const

/** A character by itself says less than a pair or a word. */
const characterWeight = 0.35

/** All that can be quoted for a question, with its features, in the order of the passages. */
export const candidatesOf = (question: string, passages: readonly RetrievedText[]): readonly Candidate[] => {
  const asked = termsOf(question)
  const cue = createCue(question)
  const units = passages.map((passage) => matchUnits(asked, passage))
  const weight = weightsOf(
    asked,
    units.flat().map(({ own }) => own),
  )
  const best = Math.max(...passages.map(({ reference }) => reference.score), Number.MIN_VALUE)
  return passages.flatMap((passage, rank) => {
    const inPassage = units[rank] ?? []
    const siblings = inPassage.map(({ unit }) => unit)
    const whole = union(inPassage.flatMap(({ own, context }) => [own, context]))
    return inPassage.map(({ unit, own, context, terms }, position) => {
      const withContext = union([own, context])
      const near = union([withContext, inPassage[position - 1]?.own, inPassage[position + 1]?.own])
      const fit = cue(unit.text)
      const features = [
        share(asked.all, own, weight),
        share(asked.all, withContext, weight),
        share(asked.all, near, weight),
        share(asked.all, whole, weight),
        terms === 0 ? 0 : own.size / terms,
        exactShare(asked, withContext),
        exactShare(asked, whole),
        fit === 1 ? 1 : 0,
        fit === -1 ? 1 : 0,
        1 / (rank + 1),
        passage.reference.score / best,
        Math.log(1 + unit.text.length),
        unit.kind === 'row' ? 1 : 0,
        introduces(unit.text) ? 1 : 0,
      ]
      return { unit, passage, siblings, position, features }
    })
  })
}

interface MatchedUnit {
  readonly unit: QuotableUnit
  /** Terms of the question that the unit holds, and that its context holds. */
  readonly own: ReadonlySet<string>
  readonly context: ReadonlySet<string>
  /** How many terms the unit has. */
  readonly terms: number
}

const matchUnits = (asked: Terms, { text, reference }: RetrievedText): readonly MatchedUnit[] => {
  const contexts = new Map<string, ReadonlySet<string>>()
  const contextOf = (context: string) => {
    const known = contexts.get(context) ?? common(asked.all, termsOf(`${reference.title}\n${context}`).all)
    contexts.set(context, known)
    return known
  }
  return unitsOfPassage(text).map((unit) => {
    const { all } = termsOf(unit.text)
    return { unit, own: common(asked.all, all), context: contextOf(unit.context), terms: all.size }
  })
}

/** Inverse document frequency over the units at hand (BM25's form): what none of them holds weighs most. */
const weightsOf = (asked: Terms, units: readonly ReadonlySet<string>[]): ((term: string) => number) => {
  const weights = new Map<string, number>()
  for (const term of asked.all) {
    const n = units.filter((own) => own.has(term)).length
    const idf = Math.log(1 + (units.length - n + 0.5) / (n + 0.5))
    weights.set(term, term.startsWith('·') ? idf * characterWeight : idf)
  }
  return (term) => weights.get(term) ?? 0
}

/** Of the names and numbers in the question; 1 when it has none. */
const exactShare = ({ exact }: Terms, whole: ReadonlySet<string>) =>
  exact.size === 0 ? 1 : share(exact, whole, () => 1)

/** How much of `part`, by weight, is in `whole`; 0 when `part` weighs nothing. */
const share = (
  part: ReadonlySet<string>,
  whole: ReadonlySet<string>,
  weight: (term: string) => number,
): number => {
  let found = 0
  let total = 0
  for (const term of part) {
    total += weight(term)
    if (whole.has(term)) found += weight(term)
  }
  return total === 0 ? 0 : found / total
}

const common = (few: ReadonlySet<string>, many: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...few].filter((term) => many.has(term)))

const union = (sets: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> => {
  const all = new Set<string>()
  for (const set of sets) for (const term of set ?? []) all.add(term)
  return all
}
