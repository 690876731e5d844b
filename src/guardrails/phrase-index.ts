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

/**
 * A tree of characters in lists: a node is a number, and none is 0, which is the root. Nodes of one level lie side by side,
 * so that what every text looks at, the first few letters, is a small part of the memory; those where a phrase ends come
 * last, so that their number tells it.
 */
interface Tree {
  /** The node that follows the root by a character. */
  readonly begin: (code: number) => number
  /** The node that follows another one. */
  readonly next: (node: number, code: number) => number
  /** The phrases that end at nodes from this one on, in the order of these. */
  readonly firstEnding: number
  readonly endings: readonly (readonly Ending[])[]
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
    lexicon[name].map((written) => {
      const { slice, length } = createWordView(written.replace(/\*$/, ''))
      return { concept, text: slice(0, length), open: written.endsWith('*') }
    }),
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
 * What follows the root stands in a table by character, what follows another node by a character of ASCII in one with a
 * column for each that is used, and by the others in a map.
 */
const createTree = (phrases: readonly Phrase[]): Tree => {
  const grown = grow(phrases)
  const { order, firstEnding } = orderOf(grown)
  const numbers = new Uint32Array(order.length)
  for (const [number, node] of order.entries()) numbers[node] = number
  const columns = columnsOf(phrases)
  const width = Math.max(...columns)
  const table = new Uint16Array(order.length * width)
  if (order.length > 0x10000) throw new RangeError('A lexicon may have 65,536 nodes')
  const roots = new Uint16Array(0x10000)
  const others = new Map<number, number>()
  for (const [node, { follows }] of grown.entries())
    for (const [code, child] of follows) {
      const [number, following] = [numbers[node] as number, numbers[child] as number]
      if (node === 0) roots[code] = following
      else if (code < asciiCodes) table[number * width + (columns[code] as number) - 1] = following
      else others.set(number * 0x10000 + code, following)
    }
  return {
    begin: (code) => roots[code] as number,
    next: (node, code) => {
      if (code >= asciiCodes) return others.get(node * 0x10000 + code) ?? 0
      const column = columns[code] as number
      return column === 0 ? 0 : (table[node * width + column - 1] as number)
    },
    firstEnding,
    endings: order.slice(firstEnding).map((node) => grown[node]?.endings ?? []),
  }
}

interface Node {
  /** The numbers of the nodes that follow, by character code. */
  readonly follows: Map<number, number>
  readonly endings: Ending[]
}

/** The nodes as the phrases make them, the root first. */
const grow = (phrases: readonly Phrase[]): readonly Node[] => {
  const nodes: Node[] = [{ follows: new Map(), endings: [] }]
  const followed = ({ follows }: Node, code: number): Node => {
    const known = nodes[follows.get(code) ?? -1]
    if (known) return known
    const node = { follows: new Map<number, number>(), endings: [] }
    follows.set(code, nodes.push(node) - 1)
    return node
  }
  for (const [phrase, { concept, text, open }] of phrases.entries()) {
    let node = nodes[0] as Node
    for (let i = 0; i < text.length; i++) node = followed(node, text.charCodeAt(i))
    node.endings.push({ concept, phrase, open })
  }
  return nodes
}

/** The nodes level by level, those without an ending first. */
const orderOf = (nodes: readonly Node[]) => {
  const levels = [0]
  for (const node of levels) levels.push(...(nodes[node] as Node).follows.values())
  const isEnding = (node: number) => (nodes[node] as Node).endings.length > 0
  const inner = levels.filter((node) => !isEnding(node))
  return { order: [...inner, ...levels.filter(isEnding)], firstEnding: inner.length }
}

/** By code: which column is its own, counted from 1; 0 for a character of no phrase. */
const columnsOf = (phrases: readonly Phrase[]): Uint8Array => {
  const columns = new Uint8Array(asciiCodes)
  const used = new Set(phrases.flatMap(({ text }) => [...text].map((character) => character.charCodeAt(0))))
  let column = 0
  for (const code of used) if (code < asciiCodes) columns[code] = ++column
  return columns
}

/** Whether a word ends before a place. */
const isEnd = ({ codes, length }: WordView, place: number) => {
  const code = codes[place] as number
  return place >= length || !isWordCode(code) || isUnspaced(code) || isUnspaced(codes[place - 1] as number)
}

/** Places by the number of their concept; most concepts are in no text. */
const findAll = ({ begin, next, firstEnding, endings }: Tree, view: WordView) => {
  const { codes, length, starts, startCount } = view
  const lists: (Hit[] | undefined)[] = []
  const found: number[] = []
  const take = (node: number, start: number, end: number) => {
    for (const { concept, phrase, open } of endings[node - firstEnding] as readonly Ending[]) {
      if (!open && !isEnd(view, end)) continue
      const list = lists[concept]
      if (list) keepLongest(list, { start, end, phrase })
      else {
        lists[concept] = [{ start, end, phrase }]
        found.push(concept)
      }
    }
  }
  for (let i = 0; i < startCount; i++) {
    const start = starts[i] as number
    let node = begin(codes[start] as number)
    for (let end = start + 1; node !== 0; end++) {
      if (node >= firstEnding) take(node, start, end)
      node = end < length ? next(node, codes[end] as number) : 0
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
