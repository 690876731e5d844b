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
  /** By character; those of ASCII by their code, which is faster than a map. */
  readonly ascii: (Node<Concept> | undefined)[]
  readonly others: Map<number, Node<Concept>>
  readonly endings: Ending<Concept>[]
}

const asciiCodes = 128

const createNode = <Concept>(): Node<Concept> => ({ ascii: [], others: new Map(), endings: [] })

const nextOf = <Concept>(node: Node<Concept>, code: number): Node<Concept> | undefined =>
  code < asciiCodes ? node.ascii[code] : node.others.get(code)

const growNode = <Concept>(node: Node<Concept>, code: number): Node<Concept> => {
  const next = nextOf(node, code) ?? createNode<Concept>()
  if (code >= asciiCodes) node.others.set(code, next)
  else {
    // Without holes, so that a look beyond what is there costs no more than one at it.
    while (node.ascii.length < asciiCodes) node.ascii.push(undefined)
    node.ascii[code] = next
  }
  return next
}

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
        node = growNode(node, character.charCodeAt(0))
      }
      node.endings.push({ concept, phrase: phrase++, open: written.endsWith('*') })
    }
  const none = Object.fromEntries(concepts.map((concept) => [concept, []])) as unknown as Hits<Concept>
  return (view) => findAll(root, none, view)
}

const isEnd = (text: string, index: number) => {
  const code = text.charCodeAt(index)
  return Number.isNaN(code) || !isWordCode(code) || isUnspaced(code) || isUnspaced(text.charCodeAt(index - 1))
}

const findAll = <Concept extends string>(
  root: Node<Concept>,
  none: Hits<Concept>,
  { text, starts }: WordView,
): Hits<Concept> => {
  // Most concepts are in no text: their empty lists are inherited.
  const hits: Partial<Record<Concept, Hit[]>> = Object.create(none)
  for (const start of starts) {
    let node = nextOf(root, text.charCodeAt(start))
    for (let end = start + 1; node; end++) {
      for (const { concept, phrase, open } of node.endings)
        if (open || isEnd(text, end)) keepLongest(listOf(hits, concept), { start, end, phrase })
      node = end < text.length ? nextOf(node, text.charCodeAt(end)) : undefined
    }
  }
  return hits as Hits<Concept>
}

const listOf = <Concept extends string>(hits: Partial<Record<Concept, Hit[]>>, concept: Concept): Hit[] => {
  const own = Object.hasOwn(hits, concept) ? hits[concept] : undefined
  if (own) return own
  const list: Hit[] = []
  hits[concept] = list
  return list
}

/** Of phrases of one concept that start at one place, the longest; what lies inside the last one is dropped. */
const keepLongest = (hits: Hit[], hit: Hit): void => {
  const last = hits.at(-1)
  if (last?.start === hit.start) hits[hits.length - 1] = hit
  else if (last === undefined || hit.end > last.end) hits.push(hit)
}
