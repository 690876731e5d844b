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

/** A tree of characters in lists: a node is a number, and none is 0, which is the root. */
interface Tree {
  /** The node that follows one by a character. */
  readonly next: (node: number, code: number) => number
  /** By node: the phrases that end there. */
  readonly endings: readonly (readonly Ending[] | undefined)[]
}

/**
 * @param lexicon phrases by concept; `*` at the end of one lets its last word go on
 * @returns a function that finds them all
 */
export const createPhraseIndex = <Concept extends string>(
  lexicon: Readonly<Record<Concept, readonly string[]>>,
): ((view: WordView) => Hits<Concept>) => {
  const concepts = Object.keys(lexicon) as Concept[]
  const numbers = new Map(concepts.map((concept, i) => [concept, i]))
  const phrases = concepts.flatMap((name, concept) =>
    lexicon[name].map((written) => ({
      concept,
      text: createWordView(written.replace(/\*$/, '')).text,
      open: written.endsWith('*'),
    })),
  )
  const tree = createTree(phrases)
  return (view) => {
    const { lists, found } = findAll(tree, view)
    return {
      of: (concept) => lists[numbers.get(concept) as number] ?? none,
      found: found.map((concept) => concepts[concept] as Concept),
    }
  }
}

const none: readonly Hit[] = []

const asciiCodes = 128

interface Phrase {
  readonly concept: number
  readonly text: string
  readonly open: boolean
}

/**
 * What follows by a character of ASCII stands in a table with a column for each that is used; the others, of which
 * there are thousands with few places each, in a map. A tree of objects took eight times the memory.
 */
const createTree = (phrases: readonly Phrase[]): Tree => {
  const columns = columnsOf(phrases)
  const width = Math.max(...columns)
  const { rows, others, endings } = grow(phrases, columns)
  const table = new Int32Array(rows.length * width)
  for (const [node, row] of rows.entries()) table.set(row, node * width)
  return {
    next: (node, code) => {
      if (code >= asciiCodes) return others.get(node * 0x10000 + code) ?? 0
      const column = columns[code] as number
      return column === 0 ? 0 : (table[node * width + column - 1] as number)
    },
    endings,
  }
}

const grow = (phrases: readonly Phrase[], columns: Uint8Array) => {
  /** By node: the nodes that follow, by column. */
  const rows: number[][] = [[]]
  /** By node and code. */
  const others = new Map<number, number>()
  const endings: (Ending[] | undefined)[] = []
  const followed = (node: number, code: number): number => {
    const isOther = code >= asciiCodes
    const row = rows[node] as number[]
    const column = isOther ? 0 : (columns[code] as number) - 1
    const known = isOther ? others.get(node * 0x10000 + code) : row[column]
    if (known) return known
    const grown = rows.push([]) - 1
    if (isOther) others.set(node * 0x10000 + code, grown)
    else {
      // Without holes.
      while (row.length <= column) row.push(0)
      row[column] = grown
    }
    return grown
  }
  for (const [phrase, { concept, text, open }] of phrases.entries()) {
    let node = 0
    for (let i = 0; i < text.length; i++) node = followed(node, text.charCodeAt(i))
    endings[node] = [...(endings[node] ?? []), { concept, phrase, open }]
  }
  return { rows, others, endings: Array.from(endings) }
}

/** By code: which column is its own, counted from 1; 0 for a character of no phrase. */
const columnsOf = (phrases: readonly Phrase[]): Uint8Array => {
  const columns = new Uint8Array(asciiCodes)
  const used = new Set(phrases.flatMap(({ text }) => [...text].map((character) => character.charCodeAt(0))))
  let column = 0
  for (const code of used) if (code < asciiCodes) columns[code] = ++column
  return columns
}

const isEnd = (text: string, index: number) => {
  const code = text.charCodeAt(index)
  return Number.isNaN(code) || !isWordCode(code) || isUnspaced(code) || isUnspaced(text.charCodeAt(index - 1))
}

/** Places by the number of their concept; most concepts are in no text. */
const findAll = ({ next, endings }: Tree, { text, starts }: WordView) => {
  const lists: (Hit[] | undefined)[] = []
  const found: number[] = []
  for (const start of starts) {
    let node = next(0, text.charCodeAt(start))
    for (let end = start + 1; node !== 0; end++) {
      for (const { concept, phrase, open } of endings[node] ?? noEndings) {
        if (!open && !isEnd(text, end)) continue
        const list = lists[concept]
        if (list) keepLongest(list, { start, end, phrase })
        else {
          lists[concept] = [{ start, end, phrase }]
          found.push(concept)
        }
      }
      node = end < text.length ? next(node, text.charCodeAt(end)) : 0
    }
  }
  return { lists, found }
}

const noEndings: readonly Ending[] = []

/** Of phrases of one concept that start at one place, the longest; what lies inside the last one is dropped. */
const keepLongest = (hits: Hit[], hit: Hit): void => {
  const last = hits.at(-1)
  if (last?.start === hit.start) hits[hits.length - 1] = hit
  else if (last === undefined || hit.end > last.end) hits.push(hit)
}
