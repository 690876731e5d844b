// Finds instruction attacks: reads the text as phrases, asks every rule, and adds up what they weigh. A text
// that a user typed must weigh more than one that was retrieved, because a document has no business to instruct.

import type { Source } from '../../llm/index.js'
import type { Finding, Severity, Stage } from '../contract.js'
import { createPhraseIndex, type Hits } from '../phrase-index.js'
import { createWordView, type WordView } from '../word-view.js'
import { decodedPayloads } from './decoded-payloads.js'
import type { InjectionConcept } from './injection-concepts.js'
import { documentExtent } from './injection-extent.js'
import { injectionLexicon } from './injection-lexicon.js'
import { type Evidence, hiddenText, signsIn } from './injection-marks.js'
import { matchRule, type Stretch } from './injection-match.js'
import { type InjectionFamily, injectionRules } from './injection-rules.js'

/** What the weights must add up to before a policy acts, by who the text speaks for. */
const thresholds: Readonly<Record<'user' | 'document', number>> = { user: 0.6, document: 0.5 }
/** From here on it is recorded. */
const noteworthy = 0.3
/** What is left of a rule's weight when its phrase is quoted in a text about attacks. */
const quotedShare = 0.3
const maxDepth = 2

const findPhrases = createPhraseIndex(injectionLexicon)

const originalStretch = (view: WordView, found: Stretch): Stretch => ({
  start: view.offsets[found.start] ?? 0,
  end: (view.offsets[found.end - 1] ?? 0) + 1,
})

const opening = '「『“"‘《'
const closing = '」』”"’》'

/** Whether a stretch stands between quotation marks of its own. */
const isQuoted = (text: string, { start, end }: Stretch): boolean => {
  for (let i = start - 1; i >= Math.max(0, start - 12); i--) {
    const mark = opening.indexOf(text.charAt(i))
    if (mark !== -1) return text.slice(end, end + 24).includes(closing.charAt(mark))
  }
  return false
}

type ConceptHits = Hits<InjectionConcept>

const phraseEvidence = (text: string, isDocument: boolean): readonly Evidence[] => {
  const view = createWordView(text)
  const hits: ConceptHits = findPhrases(view)
  const mayQuote = !isDocument && hits.about.length > 0
  return injectionRules.flatMap((rule) => {
    const applies = rule.only === undefined || (rule.only === 'document') === isDocument
    const found = applies ? matchRule(view, rule, hits) : undefined
    if (!found) return []
    const stretch = originalStretch(view, found)
    const weight = mayQuote && isQuoted(text, stretch) ? rule.weight * quotedShare : rule.weight
    return [{ ...stretch, family: rule.family, weight }]
  })
}

const evidenceIn = (text: string, isDocument: boolean, depth = 0): readonly Evidence[] => {
  const own = [...phraseEvidence(text, isDocument), ...signsIn(text)]
  if (depth === maxDepth) return own
  const hidden = hiddenText(text)
  const payloads = hidden
    ? [...decodedPayloads(text), { ...hidden, text: hidden.spelled }]
    : decodedPayloads(text)
  const inner = payloads.flatMap(({ start, end, text: decoded }) =>
    evidenceIn(decoded, isDocument, depth + 1).map(({ weight }) => ({
      family: 'encoded-instruction' as const,
      weight,
      start,
      end,
    })),
  )
  return [...own, ...inner]
}

/** One finding for each family, over everything its rules matched. */
const findingsOf = (
  evidence: readonly Evidence[],
  extentOf: (family: InjectionFamily, found: Stretch) => Stretch,
  severity: Severity,
): readonly Finding[] =>
  [...new Set(evidence.map(({ family }) => family))].map((family) => {
    const own = evidence.filter((item) => item.family === family)
    const start = Math.min(...own.map((item) => item.start))
    const end = Math.max(...own.map((item) => item.end))
    return { detector: 'injection', kind: family, ...extentOf(family, { start, end }), severity }
  })

export const findInjection = (input: {
  readonly text: string
  readonly stage: Stage
  readonly source: Source
}): readonly Finding[] => {
  const isDocument = input.stage === 'context' || input.source !== 'user'
  const evidence = evidenceIn(input.text, isDocument)
  const score = 1 - evidence.reduce((rest, { weight }) => rest * (1 - weight), 1)
  if (score < noteworthy) return []
  const isAttack = score >= thresholds[isDocument ? 'document' : 'user']
  const severity = isAttack ? (score >= 0.8 ? 'high' : 'medium') : 'low'
  return findingsOf(
    evidence,
    (family, found) => (isDocument ? documentExtent(input.text, family, found) : found),
    severity,
  )
}
