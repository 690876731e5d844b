// Gathers what speaks for an instruction attack in a text: phrases that rules know, marks, and both again inside
// what is encoded or hidden. Long texts are read in overlapping blocks, so that memory does not grow with them.

import { createPhraseIndex } from '../phrase-index.js'
import { createWordView, type WordView } from '../word-view.js'
import { decodedPayloads } from './decoded-payloads.js'
import { injectionLexicon } from './injection-lexicon.js'
import { type Evidence, hiddenTexts, signsIn } from './injection-marks.js'
import { matchRule, type Stretch } from './injection-match.js'
import { type InjectionRule, injectionRules } from './injection-rules.js'

/** What is left of a rule's weight when its phrase is quoted in a text about attacks. */
const quotedShare = 0.3
const maxDepth = 2
const blockLength = 65_536
const overlap = 4096

const createIndex = () => createPhraseIndex(injectionLexicon)
let index: ReturnType<typeof createIndex> | undefined

/** The index of all phrases, built once, in the processes that look for attacks: that takes a tenth of a second. */
export const injectionPhrases = (): ReturnType<typeof createIndex> => {
  index ??= createIndex()
  return index
}

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

/** The numbers of the rules that need an idea, by that idea: one of each rule's, the last. */
const rulesByIdea = Map.groupBy(injectionRules.keys(), (i) => injectionRules[i]?.ideas.at(-1))

const phraseEvidence = (text: string, isDocument: boolean): readonly Evidence[] => {
  const phrasesIn = injectionPhrases()
  const view = createWordView(text)
  const hits = phrasesIn(view)
  const mayQuote = !isDocument && hits.of('about').length > 0
  const evidence: Evidence[] = []
  // Few ideas are in any one text, and of most rules none.
  const candidates = hits.found.flatMap((idea) => rulesByIdea.get(idea) ?? []).sort((a, b) => a - b)
  for (const i of candidates) {
    const rule = injectionRules[i] as InjectionRule
    const applies = rule.only === undefined || (rule.only === 'document') === isDocument
    if (!applies) continue
    for (const found of matchRule(view, rule, hits)) {
      const stretch = originalStretch(view, found)
      const weight = mayQuote && isQuoted(text, stretch) ? rule.weight * quotedShare : rule.weight
      evidence.push({ ...stretch, family: rule.family, rule: `rule ${i}`, weight })
    }
  }
  return evidence
}

const payloadEvidence = (text: string, isDocument: boolean, depth: number): readonly Evidence[] => {
  const hidden = hiddenTexts(text).map((run) => ({ ...run, text: run.spelled }))
  const payloads = [...decodedPayloads(text), ...hidden]
  return payloads.flatMap(({ start, end, text: decoded }) =>
    evidenceIn(decoded, isDocument, depth + 1).map(({ rule, weight }) => ({
      family: 'encoded-instruction' as const,
      rule: `encoded ${rule}`,
      weight,
      start,
      end,
    })),
  )
}

const evidenceIn = (text: string, isDocument: boolean, depth: number): readonly Evidence[] => [
  ...phraseEvidence(text, isDocument),
  ...signsIn(text),
  ...(depth < maxDepth ? payloadEvidence(text, isDocument, depth) : []),
]

/** @param isDocument whether the text was retrieved or returned rather than typed by a user */
export const injectionEvidence = (text: string, isDocument: boolean): readonly Evidence[] => {
  if (text.length <= blockLength) return evidenceIn(text, isDocument, 0)
  const found: Evidence[] = []
  for (let from = 0; from < text.length; from += blockLength - overlap)
    for (const item of evidenceIn(text.slice(from, from + blockLength), isDocument, 0))
      found.push({ ...item, start: item.start + from, end: item.end + from })
  return found
}
