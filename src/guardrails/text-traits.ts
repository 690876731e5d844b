// What can be seen of a whole text at one glance, so that scanners that cannot find anything in a part of it are not asked
// there. Each trait is counted over the visible characters as scanners read them. Knows no scanner.

import { isDigit, isLower, isUpper, oneOf } from './characters.js'
import { foldPair, foldUnit, invisible, isHighSurrogate, isLowSurrogate } from './fold.js'

export interface TextTraits {
  readonly hasAt: boolean
  readonly colons: number
  /** `//`. */
  readonly hasDoubleSlash: boolean
  /** `ww`, in either case. */
  readonly hasDoubleW: boolean
  /** Dashes in a row, at most. */
  readonly dashes: number
  /** Digits of one run, at most; up to three of ` -.()/` may stand between two of them. */
  readonly digits: number
  /** Points that stand right behind a digit. */
  readonly points: number
  /** A word that begins with two letters and a digit. */
  readonly hasCountryCode: boolean
  /** Letters, digits, `-` and `_` in a row, at most. */
  readonly token: number
  /** A capital right behind a small letter. */
  readonly hasInnerCapital: boolean
  /** Eight characters or more without a blank, with letters and digits, or with both cases and a mark. */
  readonly hasMadeWord: boolean
}

/** Visible characters that are described together; within so many from its start, every span shows what gives it away. */
export const traitsBlock = 128

const digitClass = 1
const upperClass = 2
const lowerClass = 4
const tokenMarkClass = 8
const valueMarkClass = 16
const separatorClass = 32
const letterClass = upperClass | lowerClass
const wordClass = digitClass | letterClass
const tokenClass = wordClass | tokenMarkClass
const valueClass = wordClass | valueMarkClass

/** Marks that a password may hold. */
export const isValueMark = oneOf('!@#$%^&*_+-./~=?')
const isTokenMark = oneOf('-_')
const isSeparator = oneOf(' -.()/')

const classes = Uint8Array.from(
  { length: 128 },
  (_, code) =>
    (isDigit(code) ? digitClass : 0) |
    (isUpper(code) ? upperClass : 0) |
    (isLower(code) ? lowerClass : 0) |
    (isTokenMark(code) ? tokenMarkClass : 0) |
    (isValueMark(code) ? valueMarkClass : 0) |
    (isSeparator(code) ? separatorClass : 0),
)

const minimumMade = 8
const maxSeparators = 3

const isMade = (length: number, seen: number) =>
  length >= minimumMade &&
  (seen & letterClass) !== 0 &&
  ((seen & digitClass) !== 0 || ((seen & letterClass) === letterClass && (seen & valueMarkClass) !== 0))

/** Whether a unit may read as something else, or as nothing: not ASCII, and no Chinese character. */
const isFolded = (unit: number) => unit === invisible || (unit >= 0x80 && (unit < 0x3400 || unit > 0x9fff))

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

const noTraits = (): Mutable<TextTraits> => ({
  hasAt: false,
  colons: 0,
  hasDoubleSlash: false,
  hasDoubleW: false,
  dashes: 0,
  digits: 0,
  points: 0,
  hasCountryCode: false,
  token: 0,
  hasInnerCapital: false,
  hasMadeWord: false,
})

/**
 * The traits of each `traitsBlock` visible characters of a text, at least one block. What goes on from one block into the
 * next is counted in both, there with what came before. One loop without closures, since every text passes here.
 */
export const traitsOf = (text: string): readonly TextTraits[] => {
  let traits = noTraits()
  const blocks: TextTraits[] = [traits]
  /** Of the visible characters: the one that is looked at, and where runs of each class begin. */
  let index = 0
  let tokenStart = 0
  let valueStart = 0
  let valueSeen = 0
  let wordStart = 0
  let lastDigit = -1
  let digitRun = 0
  let separators = 0
  let dashRun = 0
  let before = 0
  /** The second half of a pair that reads as two. */
  let half = 0
  for (let i = 0; i < text.length; i++) {
    let code = half || text.charCodeAt(i)
    if (half !== 0) half = 0
    else if (isFolded(code)) {
      const low = text.charCodeAt(i + 1)
      if (isHighSurrogate(code) && isLowSurrogate(low)) {
        const folded = foldPair(code, low)
        if (folded === undefined) half = low
        else {
          code = folded
          i++
        }
      } else code = foldUnit(code)
      if (code === invisible) continue
    }
    if (index === blocks.length * traitsBlock) {
      traits.token = Math.max(traits.token, index - tokenStart)
      traits.hasMadeWord ||= isMade(index - valueStart, valueSeen)
      traits = noTraits()
      blocks.push(traits)
    }
    const kind = code < 0x80 ? (classes[code] as number) : 0
    if (kind === 0 && before >= 0x80) {
      // As in most of a Chinese text: all runs have ended before.
      index++
      tokenStart = index
      valueStart = index
      wordStart = index
      before = code
      continue
    }
    valueSeen |= kind
    if ((kind & letterClass) !== 0) {
      digitRun = 0
      if (kind === upperClass && isLower(before)) traits.hasInnerCapital = true
      if ((code | 32) === 119 && (before | 32) === 119) traits.hasDoubleW = true
    } else if (kind === digitClass) {
      separators = 0
      if (++digitRun > traits.digits) traits.digits = digitRun
      if (index - wordStart === 2 && lastDigit < wordStart) traits.hasCountryCode = true
      lastDigit = index
    } else {
      wordStart = index + 1
      if ((kind & tokenClass) === 0) {
        if (index - tokenStart > traits.token) traits.token = index - tokenStart
        tokenStart = index + 1
      }
      if ((kind & valueClass) === 0) {
        traits.hasMadeWord ||= isMade(index - valueStart, valueSeen)
        valueStart = index + 1
        valueSeen = 0
      }
      if ((kind & separatorClass) === 0 || ++separators > maxSeparators) digitRun = 0
      if (code === 45) {
        dashRun = before === 45 ? dashRun + 1 : 1
        if (dashRun > traits.dashes) traits.dashes = dashRun
      } else if (code === 64) traits.hasAt = true
      else if (code === 58) traits.colons++
      else if (code === 46 && isDigit(before)) traits.points++
      else if (code === 47 && before === 47) traits.hasDoubleSlash = true
    }
    before = code
    index++
  }
  traits.token = Math.max(traits.token, index - tokenStart)
  traits.hasMadeWord ||= isMade(index - valueStart, valueSeen)
  return blocks
}

/** The traits of a block and the one behind it, which holds what a span that begins in the first may need. */
export const joinTraits = (one: TextTraits, next: TextTraits): TextTraits => ({
  hasAt: one.hasAt || next.hasAt,
  colons: one.colons + next.colons,
  hasDoubleSlash: one.hasDoubleSlash || next.hasDoubleSlash,
  hasDoubleW: one.hasDoubleW || next.hasDoubleW,
  dashes: Math.max(one.dashes, next.dashes),
  digits: Math.max(one.digits, next.digits),
  points: one.points + next.points,
  hasCountryCode: one.hasCountryCode || next.hasCountryCode,
  token: Math.max(one.token, next.token),
  hasInnerCapital: one.hasInnerCapital || next.hasInnerCapital,
  hasMadeWord: one.hasMadeWord || next.hasMadeWord,
})
