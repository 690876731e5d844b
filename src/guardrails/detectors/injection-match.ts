// Whether the ideas of a rule stand together in a text, and where. Follows sorted places with pointers, so that
// the work is linear in the number of phrases found.

import type { Hit, Hits } from '../phrase-index.js'
import { type WordView, wordLength } from '../word-view.js'
import type { InjectionConcept } from './injection-concepts.js'
import type { InjectionRule } from './injection-rules.js'

/** A stretch of the word view. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

type ConceptHits = Hits<InjectionConcept>

const gapBetween = (view: WordView, before: Hit, after: Hit): number => {
  const words = (view.distances[after.start] ?? 0) - (view.distances[before.end - 1] ?? 0)
  return words / wordLength
}

const isClose = (view: WordView, rule: InjectionRule, before: Hit, after: Hit): boolean => {
  const sentences = (view.sentences[after.start] ?? 0) - (view.sentences[before.start] ?? 0)
  return sentences < (rule.sentences ?? 1) && gapBetween(view, before, after) <= (rule.within ?? 0) + 1
}

const politely = /(?:^| )(?:please|kindly|can you|could you|would you|and|then|also) $/

/** Whether a place begins a sentence, with or without a polite word before it. */
const beginsSentence = (view: WordView, { start }: Hit): boolean => {
  const sentence = view.sentences[start] ?? 0
  const before = (view.sentences[start - 2] ?? -1) < sentence
  return before || politely.test(view.slice(Math.max(0, start - 12), start))
}

/** More places of one rule than this are told as one from there on. */
const maxPlaces = 64

/** The places where the ideas follow one another closely in one order; none begins before the last one ended. */
const chains = (
  view: WordView,
  rule: InjectionRule,
  lists: readonly (readonly Hit[])[],
): readonly Stretch[] => {
  const found: { start: number; end: number }[] = []
  const next = lists.map(() => 0)
  const [starts = []] = lists
  for (const first of starts) {
    if (first.start < (found.at(-1)?.end ?? 0)) continue
    if (rule.imperative && !beginsSentence(view, first)) continue
    let last = first
    let depth = 1
    for (; depth < lists.length; depth++) {
      const list = lists[depth] as readonly Hit[]
      let index = next[depth] as number
      while (index < list.length && (list[index] as Hit).start < last.end) index++
      next[depth] = index
      const candidate = list[index]
      if (!candidate || !isClose(view, rule, last, candidate)) break
      last = candidate
    }
    const previous = found.at(-1)
    if (depth < lists.length) continue
    if (previous && found.length === maxPlaces) previous.end = last.end
    else found.push({ start: first.start, end: last.end })
  }
  return found
}

const orders = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, i) => orders(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]))

const differentPhrases = (hits: readonly Hit[], count: number): Stretch[] => {
  const phrases = new Set<number>()
  for (const hit of hits) {
    phrases.add(hit.phrase)
    if (phrases.size === count) return [{ start: (hits[0] as Hit).start, end: hit.end }]
  }
  return []
}

/** From the first place of any idea to the last first place of one. */
const together = (lists: readonly (readonly Hit[])[]): Stretch => {
  const firsts = lists.map((list) => list[0] as Hit)
  return {
    start: Math.min(...firsts.map((hit) => hit.start)),
    end: Math.max(...firsts.map((hit) => hit.end)),
  }
}

/** Where the rule holds: every place for ideas that stand close, one for ideas anywhere in the text. */
export const matchRule = (view: WordView, rule: InjectionRule, hits: ConceptHits): readonly Stretch[] => {
  const lists = rule.ideas.map((idea) => hits.of(idea))
  if (lists.some((list) => list.length === 0)) return []
  if (rule.different) return differentPhrases(lists[0] as readonly Hit[], rule.different)
  if (rule.within === undefined) return [together(lists)]
  return (rule.ordered ? [lists] : orders(lists)).flatMap((order) => chains(view, rule, order))
}
