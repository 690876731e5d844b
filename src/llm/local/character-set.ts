// Sets of code points as a regular expression names them, and how the text of a JSON string spells them.

import { anyOf, literal } from './gbnf.js'

/** Ranges, both ends included. */
export type CharacterSet = readonly (readonly [first: number, last: number])[]

const codeOf = (character: string) => character.codePointAt(0) as number
const single = (code: number): CharacterSet => [[code, code]]

/** @param character one code point */
export const characterSet = (character: string): CharacterSet => single(codeOf(character))

/** What is not in the set. */
export const complementOf = (set: CharacterSet): CharacterSet => {
  const rest: [number, number][] = []
  let from = 0
  for (const [first, last] of set.toSorted((a, b) => a[0] - b[0])) {
    if (first > from) rest.push([from, first - 1])
    from = Math.max(from, last + 1)
  }
  return from <= 0x10ffff ? [...rest, [from, 0x10ffff]] : rest
}

const digits: CharacterSet = [[0x30, 0x39]]
const wordCharacters: CharacterSet = [...digits, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]]
const spaces: CharacterSet = [
  [0x09, 0x0d],
  ...[0x20, 0xa0, 0x1680].flatMap(single),
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  ...[0x202f, 0x205f, 0x3000, 0xfeff].flatMap(single),
]

/** Classes by the letter behind the backslash. */
export const namedSets: ReadonlyMap<string, CharacterSet> = new Map([
  ['d', digits],
  ['D', complementOf(digits)],
  ['w', wordCharacters],
  ['W', complementOf(wordCharacters)],
  ['s', spaces],
  ['S', complementOf(spaces)],
])

/** What a point stands for: everything but the ends of lines. */
export const anyCharacter = complementOf([0x0a, 0x0d, 0x2028, 0x2029].flatMap(single))

/** What stands in a JSON string as it is. */
const plain: CharacterSet = [
  [0x20, 0x21],
  [0x23, 0x5b],
  [0x5d, 0x7e],
  [0x80, 0xd7ff],
  [0xe000, 0x10ffff],
]
/** What is written with a backslash. */
const escaped = ['"', '\\', '\b', '\t', '\n', '\f', '\r']

/**
 * The expression of one character of the set in the text of a JSON string; undefined where there is none. Control
 * characters without an escape of their own are left out.
 */
export const characterExpression = (set: CharacterSet): string | undefined => {
  const ranges = plain.flatMap(([from, to]) =>
    set
      .map(([first, last]) => [Math.max(from, first), Math.min(to, last)] as const)
      .filter(([first, last]) => first <= last),
  )
  const marks = escaped.filter((mark) =>
    set.some(([first, last]) => first <= codeOf(mark) && codeOf(mark) <= last),
  )
  return anyOf([
    ranges.length > 0 ? `[${ranges.map(([first, last]) => rangeText(first, last)).join('')}]` : undefined,
    ...marks.map((mark) => literal(JSON.stringify(mark).slice(1, -1))),
  ])
}

const rangeText = (first: number, last: number) =>
  first === last ? codeText(first) : `${codeText(first)}-${codeText(last)}`

const codeText = (code: number): string => {
  const character = String.fromCodePoint(code)
  if (/[0-9A-Za-z]/.test(character)) return character
  const hex = code.toString(16).toUpperCase()
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`
}
