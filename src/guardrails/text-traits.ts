// What can be seen of a whole text at one glance, so that scanners that cannot find anything in it are not asked.
// Each trait is counted over the visible characters as scanners read them. Knows no scanner.

import { isDigit, isLower, isUpper, oneOf } from './characters.js'
import { foldUnit, invisible, isHighSurrogate, isLowSurrogate } from './fold.js'

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
  /** Eight characters or more without a blank, with letters and digits, or with both cases and a mark. */
  readonly hasMadeWord: boolean
}

const digitClass = 1
const upperClass = 2
const lowerClass = 4
const tokenMarkClass = 8
const valueMarkClass = 16
const separatorClass = 32
const letterClass = upperClass | lowerClass
const tokenClass = digitClass | letterClass | tokenMarkClass
const valueClass = digitClass | letterClass | valueMarkClass

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

/** The traits of a text; undefined for one with characters beyond the Basic Multilingual Plane. */
export const traitsOf = (text: string): TextTraits | undefined => {
  let hasAt = false
  let colons = 0
  let hasDoubleSlash = false
  let hasDoubleW = false
  let dashes = 0
  let dashRun = 0
  let digits = 0
  let digitRun = 0
  let separators = 0
  let points = 0
  let hasCountryCode = false
  let wordLength = 0
  let wordLetters = 0
  let token = 0
  let tokenRun = 0
  let hasMadeWord = false
  let valueRun = 0
  let valueSeen = 0
  let before = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    const code = unit < 0x80 && unit !== 0 ? unit : foldUnit(unit)
    if (code === invisible) continue
    if (code >= 0x80 && isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) return undefined
    const kind = code < 0x80 ? (classes[code] as number) : 0
    if ((kind & tokenClass) !== 0) {
      if (++tokenRun > token) token = tokenRun
    } else tokenRun = 0
    if ((kind & valueClass) !== 0) {
      valueRun++
      valueSeen |= kind
    } else if (valueRun > 0) {
      hasMadeWord ||= isMade(valueRun, valueSeen)
      valueRun = 0
      valueSeen = 0
    }
    if ((kind & digitClass) !== 0) {
      separators = 0
      if (++digitRun > digits) digits = digitRun
      if (wordLength === 2 && wordLetters === 2) hasCountryCode = true
    } else if ((kind & separatorClass) === 0 || ++separators > maxSeparators) digitRun = 0
    if ((kind & (digitClass | letterClass)) === 0) {
      wordLength = 0
      wordLetters = 0
      if (code === 64) hasAt = true
      else if (code === 58) colons++
      else if (code === 46 && isDigit(before)) points++
      else if (code === 47 && before === 47) hasDoubleSlash = true
      dashRun = code === 45 ? dashRun + 1 : 0
      if (dashRun > dashes) dashes = dashRun
    } else {
      dashRun = 0
      wordLength++
      if ((kind & letterClass) !== 0) wordLetters++
      if ((code | 32) === 119 && (before | 32) === 119) hasDoubleW = true
    }
    before = code
  }
  hasMadeWord ||= isMade(valueRun, valueSeen)
  return {
    hasAt,
    colons,
    hasDoubleSlash,
    hasDoubleW,
    dashes,
    digits,
    points,
    hasCountryCode,
    token,
    hasMadeWord,
  }
}
