// Finds the phrases of a lexicon in a word view in one pass, by a tree of characters. Linear in the text: at
// each place it follows at most as many characters as the longest phrase has.

import { createWordView, isUnspaced, isWordCode, type WordView } from './word-view.js'

/** A place where a phrase of a concept stands; offsets into the word view. */
export interface Hit {
  readonly start: number
  readonly end: number
  /** Number of the phrase, so that repetitions can be told from different phrases. */
  readonly phrase: number
}

export type Hits<Concept extends string> = Readonly<Record<Concept, readonly Hit[]>>

interface Ending<Concept> {
  readonly concept: Concept
  readonly phrase: number
  /** Whether letters may follow, as in `instruct*`. */
  readonly open: boolean
}

interface Node<Concept> {
  readonly next: Map<number, Node<Concept>>
  readonly endings: Ending<Concept>[]
}

const createNode = <Concept>(): Node<Concept> => ({ next: new Map(), endings: [] })

/**
 * @param lexicon phrases by concept; `*` at the end of one lets its last word go on
 * @returns a function that finds them all
 */
export const createPhraseIndex = <Concept extends string>(
  lexicon: Readonly<Record<Concept, readonly string[]>>,
): ((view: WordView) => Hits<Concept>) => {
  const root = createNode<Concept>()
  const concepts = Object.keys(lexicon) as Concept[]
  let phrase = 0
  for (const concept of concepts)
    for (const written of lexicon[concept]) {
      let node = root
      for (const character of createWordView(written.replace(/\*$/, '')).text) {
        const code = character.charCodeAt(0)
        const next = node.next.get(code) ?? createNode<Concept>()
        node.next.set(code, next)
        node = next
      }
      node.endings.push({ concept, phrase: phrase++, open: written.endsWith('*') })
    }
  return (view) => findAll(root, concepts, view)
}

const isEnd = (text: string, index: number) => {
  const code = text.charCodeAt(index)
  return Number.isNaN(code) || !isWordCode(code) || isUnspaced(code) || isUnspaced(text.charCodeAt(index - 1))
}

const findAll = <Concept extends string>(
  root: Node<Concept>,
  concepts: readonly Concept[],
  { text, starts }: WordView,
): Hits<Concept> => {
  const hits = Object.fromEntries(concepts.map((concept) => [concept, []])) as unknown as Record<
    Concept,
    Hit[]
  >
  for (const start of starts) {
    let node = root.next.get(text.charCodeAt(start))
    for (let end = start + 1; node; end++) {
      for (const { concept, phrase, open } of node.endings)
        if (open || isEnd(text, end)) keepLongest(hits[concept], { start, end, phrase })
      node = node.next.get(text.charCodeAt(end))
    }
  }
  return hits
}

/** Of phrases of one concept that start at one place, the longest; what lies inside the last one is dropped. */
const keepLongest = (hits: Hit[], hit: Hit): void => {
  const last = hits.at(-1)
  if (last?.start === hit.start) hits[hits.length - 1] = hit
  else if (last === undefined || hit.end > last.end) hits.push(hit)
}
