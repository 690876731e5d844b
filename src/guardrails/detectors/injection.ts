// Finds instruction attacks: reads the text as phrases, asks every rule, and adds up what they weigh. A text
// that a user typed must weigh more than one that was retrieved, because a document has no business to instruct.

import type { Source } from '../../llm/index.js'
import type { Finding, Severity, Stage } from '../contract.js'
import { createPhraseIndex } from '../phrase-index.js'
import { createWordView, type WordView } from '../word-view.js'
import { injectionLexicon } from './injection-lexicon.js'
import { matchRule, type Stretch } from './injection-match.js'
import { type InjectionFamily, injectionRules } from './injection-rules.js'

/** What the weights must add up to before a policy acts, by who the text speaks for. */
const thresholds: Readonly<Record<'user' | 'document', number>> = { user: 0.6, document: 0.5 }
/** From here on it is recorded. */
const noteworthy = 0.3

const findPhrases = createPhraseIndex(injectionLexicon)

interface Evidence extends Stretch {
  readonly family: InjectionFamily
  readonly weight: number
}

const originalStretch = (view: WordView, found: Stretch): Stretch => ({
  start: view.offsets[found.start] ?? 0,
  end: (view.offsets[found.end - 1] ?? 0) + 1,
})

const evidenceOf = (text: string, isDocument: boolean): readonly Evidence[] => {
  const view = createWordView(text)
  const hits = findPhrases(view)
  return injectionRules.flatMap((rule) => {
    const found = rule.only === undefined || isDocument ? matchRule(view, rule, hits) : undefined
    return found ? [{ ...originalStretch(view, found), family: rule.family, weight: rule.weight }] : []
  })
}

/** One finding for each family, over everything its rules matched. */
const findingsOf = (evidence: readonly Evidence[], severity: Severity): readonly Finding[] =>
  [...new Set(evidence.map(({ family }) => family))].map((family) => {
    const own = evidence.filter((item) => item.family === family)
    return {
      detector: 'injection',
      kind: family,
      start: Math.min(...own.map(({ start }) => start)),
      end: Math.max(...own.map(({ end }) => end)),
      severity,
    }
  })

export const findInjection = (input: {
  readonly text: string
  readonly stage: Stage
  readonly source: Source
}): readonly Finding[] => {
  const isDocument = input.stage === 'context' || input.source !== 'user'
  const evidence = evidenceOf(input.text, isDocument)
  const score = 1 - evidence.reduce((rest, { weight }) => rest * (1 - weight), 1)
  if (score < noteworthy) return []
  const isAttack = score >= thresholds[isDocument ? 'document' : 'user']
  return findingsOf(evidence, isAttack ? (score >= 0.8 ? 'high' : 'medium') : 'low')
}
