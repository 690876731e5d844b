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

export interface Hits<Concept extends string> {
  /** The places of one concept, in order. */
  readonly of: (concept: Concept) => readonly Hit[]
  /** The concepts that have any, in the order in which they were first met. */
  readonly found: readonly Concept[]
}

interface Ending {
  /** Its number in the lexicon. */
  readonly concept: number
  readonly phrase: number
  /** Whether letters may follow, as in `instruct*`. */
  readonly open: boolean
}

interface Node {
  /** By character; those of ASCII by their code, which is faster than a map. */
  readonly ascii: (Node | undefined)[]
  readonly others: Map<number, Node>
  readonly endings: Ending[]
}

const asciiCodes = 128

const createNode = (): Node => ({ ascii: [], others: new Map(), endings: [] })

const nextOf = (node: Node, code: number): Node | undefined =>
  code < asciiCodes ? node.ascii[code] : node.others.get(code)

const growNode = (node: Node, code: number): Node => {
  const next = nextOf(node, code) ?? createNode()
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
  const root = createNode()
  const concepts = Object.keys(lexicon) as Concept[]
  const numbers = new Map(concepts.map((concept, i) => [concept, i]))
  let phrase = 0
  for (const [concept, name] of concepts.entries())
    for (const written of lexicon[name]) {
      let node = root
      for (const character of createWordView(written.replace(/\*$/, '')).text) {
        node = growNode(node, character.charCodeAt(0))
      }
      node.endings.push({ concept, phrase: phrase++, open: written.endsWith('*') })
    }
  return (view) => {
    const { lists, found } = findAll(root, view)
    return {
      of: (concept) => lists[numbers.get(concept) as number] ?? none,
      found: found.map((concept) => concepts[concept] as Concept),
    }
  }
}

const none: readonly Hit[] = []

const isEnd = (text: string, index: number) => {
  const code = text.charCodeAt(index)
  return Number.isNaN(code) || !isWordCode(code) || isUnspaced(code) || isUnspaced(text.charCodeAt(index - 1))
}

/** Places by the number of their concept; most concepts are in no text. */
const findAll = (root: Node, { text, starts }: WordView) => {
  const lists: (Hit[] | undefined)[] = []
  const found: number[] = []
  for (const start of starts) {
    let node = nextOf(root, text.charCodeAt(start))
    for (let end = start + 1; node; end++) {
      for (const { concept, phrase, open } of node.endings) {
        if (!open && !isEnd(text, end)) continue
        const list = lists[concept]
        if (list) keepLongest(list, { start, end, phrase })
        else {
          lists[concept] = [{ start, end, phrase }]
          found.push(concept)
        }
      }
      node = end < text.length ? nextOf(node, text.charCodeAt(end)) : undefined
    }
  }
  return { lists, found }
}

/** Of phrases of one concept that start at one place, the longest; what lies inside the last one is dropped. */
const keepLongest = (hits: Hit[], hit: Hit): void => {
  const last = hits.at(-1)
  if (last?.start === hit.start) hits[hits.length - 1] = hit
  else if (last === undefined || hit.end > last.end) hits.push(hit)
}
