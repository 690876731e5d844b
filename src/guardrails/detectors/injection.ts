// Finds instruction attacks: adds up what the evidence weighs and says where it stands. A text that a user typed
// must weigh more than one that was retrieved, because a document has no business to instruct.

import type { Source } from '../../llm/index.js'
import type { Finding, Severity, Stage } from '../contract.js'
import { injectionEvidence } from './injection-evidence.js'
import { documentExtent } from './injection-extent.js'
import type { Evidence } from './injection-marks.js'
import type { Stretch } from './injection-match.js'
import type { InjectionFamily } from './injection-rules.js'

/** What the weights must add up to before a policy acts, by who the text speaks for. */
const thresholds: Readonly<Record<'user' | 'document', number>> = { user: 0.6, document: 0.5 }
/** From here on it is recorded. */
const noteworthy = 0.3
/** From here on there is hardly a doubt. */
const certain = 0.8

/** 1 - (1 - a)(1 - b)...: independent hints, each rule once and at its strongest. */
const scoreOf = (evidence: readonly Evidence[]): number => {
  const strongest = new Map<string, number>()
  for (const { rule, weight } of evidence) strongest.set(rule, Math.max(weight, strongest.get(rule) ?? 0))
  let doubt = 1
  for (const weight of strongest.values()) doubt *= 1 - weight
  return 1 - doubt
}

/** Widens stretches; those that overlap become one, and what lies inside a widened one is not widened again. */
const widened = <S extends Stretch>(
  stretches: readonly S[],
  widen: (stretch: S) => Stretch,
): readonly Stretch[] => {
  const out: { start: number; end: number }[] = []
  for (const stretch of [...stretches].sort((a, b) => a.start - b.start)) {
    const last = out.at(-1)
    if (last && stretch.end <= last.end) continue
    const { start, end } = widen(stretch)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else out.push({ start, end })
  }
  return out
}

/** So many of the strongest hints are asked for a better name. */
const maxNames = 32

/**
 * The same hints, those too weak to act on by themselves under the family of the strongest one that begins with the same words:
 * to ask for the system prompt is weakly a hint of sending data away too, and nobody should be told so.
 */
const named = (evidence: readonly Evidence[]): readonly Evidence[] => {
  const strongest = [...evidence].sort((a, b) => b.weight - a.weight).slice(0, maxNames)
  return evidence.map((item) => {
    if (item.weight >= thresholds.document) return item
    const better = strongest.find(({ start }) => start === item.start)
    return better && better.weight > item.weight ? { ...item, family: better.family } : item
  })
}

const findingsOf = (
  evidence: readonly Evidence[],
  extentOf: (item: Evidence) => Stretch,
  severity: Severity,
): readonly Finding[] => {
  const families = Map.groupBy(named(evidence), ({ family }): InjectionFamily => family)
  return [...families].flatMap(([kind, own]) =>
    widened(own, extentOf).map((stretch) => ({ detector: 'injection', kind, ...stretch, severity })),
  )
}

export const findInjection = (input: {
  readonly text: string
  readonly stage: Stage
  readonly source: Source
}): readonly Finding[] => {
  const { text } = input
  const isDocument = input.stage === 'context' || input.source !== 'user'
  const evidence = injectionEvidence(text, isDocument)
  const score = scoreOf(evidence)
  if (score < noteworthy) return []
  const isAttack = score >= thresholds[isDocument ? 'document' : 'user']
  const severity = isAttack ? (score >= certain ? 'high' : 'medium') : 'low'
  return findingsOf(
    evidence,
    (item) => (isDocument ? documentExtent(text, item.family, item) : item),
    severity,
  )
}
