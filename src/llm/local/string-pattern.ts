// A schema's `pattern` as a GBNF expression for the text between the quotes of a JSON string. Speaks the regular part
// of JavaScript's regular expressions: no looking around, no references back, `^` and `$` only at the ends.

import { llmError } from '../messages.js'
import {
  anyCharacter,
  type CharacterSet,
  characterExpression,
  characterSet,
  complementOf,
  namedSets,
} from './character-set.js'
import { repetition } from './gbnf.js'

export interface LengthBounds {
  readonly min: number
  readonly max: number | undefined
}

/** An expression and how many elements llama.cpp makes of it when it unrolls it. */
interface Piece {
  readonly text: string
  readonly size: number
  /** Set for a character that occurs at least so often. */
  readonly open?: { readonly unit: string; readonly min: number }
}

const maxSize = 2000

/**
 * A pattern without anchors may match anywhere in the string. `length` is kept where the whole pattern repeats one
 * class of characters, as in `^[a-z]+$`.
 * @param pattern a regular expression that is valid with the flag `u`
 * @throws `llm.schema-not-supported` for what no grammar can say
 */
export const patternExpression = (pattern: string, length: LengthBounds): string => {
  const reader = createReader(pattern)
  const branches = [readBranch(reader, length)]
  while (reader.take('|')) branches.push(readBranch(reader, length))
  if (reader.peek() !== undefined) throw reader.refuse(reader.peek() ?? '')
  return alternatives(branches)
}

const alternatives = (branches: readonly string[]) =>
  branches.length === 1 ? (branches[0] as string) : `(${branches.join(' | ')})`

/** Any character of a JSON string, by the name of its rule. */
const anything = 'char*'

const readBranch = (reader: Reader, length: LengthBounds): string => {
  const isFromStart = reader.take('^')
  const pieces = readPieces(reader)
  const isToEnd = reader.take('$')
  const [only] = pieces
  if (isFromStart && isToEnd && only?.open && pieces.length === 1)
    return `${only.open.unit}${repetition(Math.max(only.open.min, length.min), length.max)}`
  const text = pieces.map((piece) => piece.text)
  const all = [...(isFromStart ? [] : [anything]), ...text, ...(isToEnd ? [] : [anything])]
  return all.length > 0 ? all.join(' ') : '""'
}

const readPieces = (reader: Reader): readonly Piece[] => {
  const pieces: Piece[] = []
  for (let next = reader.peek(); next !== undefined && !'|)$'.includes(next); next = reader.peek())
    pieces.push(readQuantifier(reader, readAtom(reader)))
  if (pieces.reduce((sum, { size }) => sum + size, 0) > maxSize) throw reader.refuse('many repetitions')
  return pieces
}

const readAtom = (reader: Reader): Piece & { readonly isCharacter?: boolean } => {
  if (reader.take('(')) return readGroup(reader)
  const set = readSet(reader)
  const text = characterExpression(set)
  if (text === undefined) throw reader.refuse('a class without characters')
  return { text, size: 1, isCharacter: true }
}

const readGroup = (reader: Reader): Piece => {
  if (reader.take('?') && !reader.take(':')) reader.takeGroupName()
  const branches = [readPieces(reader)]
  while (reader.take('|')) branches.push(readPieces(reader))
  if (!reader.take(')')) throw reader.refuse(reader.peek() ?? '(')
  const texts = branches.map((pieces) => pieces.map(({ text }) => text).join(' ') || '""')
  const size = branches.flat().reduce((sum, piece) => sum + piece.size, 0)
  return { text: `(${texts.join(' | ')})`, size }
}

const readQuantifier = (reader: Reader, atom: Piece & { readonly isCharacter?: boolean }): Piece => {
  const range = reader.takeRange()
  if (!range) return atom
  const { min, max } = range
  const size = Math.max(1, atom.size) * Math.max(1, min, max ?? 0)
  if (size > maxSize) throw reader.refuse('many repetitions')
  const times = max === undefined ? (min === 0 ? '*' : `{${min},}`) : `{${min},${max}}`
  const open = atom.isCharacter && max === undefined ? { open: { unit: atom.text, min } } : {}
  return { text: max === 0 ? '""' : `${atom.text}${times}`, size, ...open }
}

const readSet = (reader: Reader): CharacterSet => {
  if (reader.take('.')) return anyCharacter
  if (reader.take('[')) return readClass(reader)
  const next = reader.peek() ?? ''
  if ('^*+?{}]'.includes(next)) throw reader.refuse(next)
  return readOne(reader)
}

const readClass = (reader: Reader): CharacterSet => {
  const isNegated = reader.take('^')
  const sets: CharacterSet[] = []
  while (!reader.take(']')) {
    if (reader.peek() === undefined) throw reader.refuse('[')
    const set = readOne(reader, true)
    const isRange = reader.peek() === '-' && reader.peek(1) !== ']'
    if (isRange) reader.take('-')
    const [first = 0] = set[0] ?? []
    const last = isRange ? readOne(reader, true).at(-1)?.[1] : undefined
    sets.push(last === undefined ? set : [[first, last]])
  }
  return isNegated ? complementOf(sets.flat()) : sets.flat()
}

const controls: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['f', '\f'],
  ['v', '\v'],
])

/** A character, or an escape that stands for one or for a class of them. */
const readOne = (reader: Reader, isInClass = false): CharacterSet => {
  const character = reader.next()
  if (character !== '\\') return characterSet(character)
  const letter = reader.next()
  const named = namedSets.get(letter)
  if (named) return named
  if (isInClass && letter === 'b') return characterSet('\b')
  if (letter === 'x' || letter === 'u') return characterSet(String.fromCodePoint(reader.takeCode(letter)))
  const control = controls.get(letter)
  if (control !== undefined) return characterSet(control)
  if (/[0-9A-Za-z]/.test(letter)) throw reader.refuse(`\\${letter}`)
  return characterSet(letter)
}

type Reader = ReturnType<typeof createReader>

const createReader = (pattern: string) => {
  const characters = [...pattern]
  let at = 0
  const refuse = (what: string) =>
    llmError('llm.schema-not-supported', { what: `pattern ${JSON.stringify(pattern)} (${what})` })
  const takeMatch = (expression: RegExp): RegExpExecArray | undefined => {
    const match = expression.exec(characters.slice(at).join(''))
    if (match) at += [...match[0]].length
    return match ?? undefined
  }
  return {
    refuse,
    peek: (ahead = 0) => characters[at + ahead],
    next: () => {
      const character = characters[at++]
      if (character === undefined) throw refuse('it breaks off')
      return character
    },
    take: (character: string) => {
      if (characters[at] !== character) return false
      at++
      return true
    },
    /** Looking ahead or back also begins with a question mark. */
    takeGroupName: () => {
      if (!takeMatch(/^<[\p{L}_$][\p{L}\p{N}_$]*>/u)) throw refuse(`(?${characters[at] ?? ''}`)
    },
    /** What stands behind `\x` or `\u`; two halves of a pair are one character. */
    takeCode: (letter: 'x' | 'u') => {
      const match = takeMatch(
        letter === 'x'
          ? /^([0-9A-Fa-f]{2})/
          : /^(?:\{([0-9A-Fa-f]{1,6})\}|([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})|([0-9A-Fa-f]{4}))/,
      )
      const [code, , low] = match?.slice(1).filter((hex) => hex !== undefined) ?? []
      if (match?.[2] !== undefined && match[3] !== undefined)
        return String.fromCharCode(Number.parseInt(match[2], 16), Number.parseInt(match[3], 16)).codePointAt(
          0,
        ) as number
      if (code === undefined || low !== undefined) throw refuse(`\\${letter}`)
      return Number.parseInt(code, 16)
    },
    takeRange: (): { min: number; max: number | undefined } | undefined => {
      const match = takeMatch(/^(?:([*+?])|\{(\d{1,6})(,(\d{1,6})?)?\})\??/)
      if (!match) return undefined
      const [, sign, from, comma, to] = match
      if (sign !== undefined) return { min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : undefined }
      const min = Number(from)
      return { min, max: comma === undefined ? min : to === undefined ? undefined : Number(to) }
    },
  }
}
