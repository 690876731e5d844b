// Identity numbers that start with a letter: Taiwan national ID (身分證) and resident certificate (居留證) in
// both formats, and the Hong Kong identity card. All have check digits.

import { isDigit, isLetter, isWord, oneOf, upper } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import type { SpanMatch, SpanScanner } from '../span-scanner.js'
import { hongKongIdHolds, taiwanIdHolds, taiwanLetterValue } from './checksums.js'
import { contextsBefore, isNamedOther } from './context-words.js'
import { passport } from './passport.js'

const isJoin = oneOf(' -')

interface Digits {
  readonly digits: readonly number[]
  readonly end: number
}

/** Reads exactly `count` digits, each of which may follow one blank or dash. */
const readDigits = (text: ScanText, from: number, count: number): Digits | undefined => {
  const digits: number[] = []
  let index = from
  while (digits.length < count) {
    if (!isDigit(text.at(index)) && isJoin(text.at(index))) index++
    const code = text.at(index)
    if (!isDigit(code)) return undefined
    digits.push(code - 48)
    index++
  }
  return { digits, end: index }
}

const isEnd = (text: ScanText, index: number) => !isWord(text.at(index))

const letterAt = (text: ScanText, index: number) => String.fromCharCode(upper(text.at(index)))

const taiwanId = (text: ScanText, at: number): SpanMatch | undefined => {
  const read = readDigits(text, at + 1, 9)
  if (!read || !isEnd(text, read.end) || !taiwanIdHolds(letterAt(text, at), read.digits)) return undefined
  const sex = read.digits[0] as number
  if (sex === 1 || sex === 2) return { kind: 'tw-national-id', severity: 'high', end: read.end }
  return sex === 8 || sex === 9
    ? { kind: 'tw-resident-certificate', severity: 'high', end: read.end }
    : undefined
}

/** The format of before 2021: a second letter A-D that counts as the last digit of its value. */
const oldTaiwanCertificate = (text: ScanText, at: number): SpanMatch | undefined => {
  const second = letterAt(text, at + 1)
  if (!'ABCD'.includes(second) || isJoin(text.at(at + 2)) || isNamedOther(text, at)) return undefined
  const read = readDigits(text, at + 2, 8)
  if (!read || !isEnd(text, read.end)) return undefined
  const digits = [taiwanLetterValue(second) % 10, ...read.digits]
  return taiwanIdHolds(letterAt(text, at), digits)
    ? { kind: 'tw-resident-certificate', severity: 'high', end: read.end }
    : undefined
}

const letterA = 65
const brackets = [40, 41] as const

const checkValue = (code: number): number | undefined => {
  if (isDigit(code)) return code - 48
  return upper(code) === letterA ? 10 : undefined
}

const hongKongId = (text: ScanText, at: number, letters: number): SpanMatch | undefined => {
  const read = readDigits(text, at + letters, 6)
  if (!read) return undefined
  const opened = text.at(read.end) === brackets[0]
  const check = checkValue(text.at(read.end + (opened ? 1 : 0)))
  const end = read.end + (opened ? 3 : 1)
  if (check === undefined || (opened && text.at(end - 1) !== brackets[1]) || !isEnd(text, end))
    return undefined
  const prefix = letters === 2 ? letterAt(text, at) + letterAt(text, at + 1) : letterAt(text, at)
  if (!hongKongIdHolds(prefix, read.digits, check)) return undefined
  return opened || contextsBefore(text, at, 24).includes('hong-kong-id')
    ? { kind: 'hk-id', severity: 'high', end }
    : undefined
}

export const letteredIds: SpanScanner = {
  detector: 'personalData',
  starts: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  mayBeIn: ({ digits }) => digits >= 6,
  scan: (text, at) => {
    const next = text.at(at + 1)
    if (isDigit(next) || isJoin(next))
      return taiwanId(text, at) ?? hongKongId(text, at, 1) ?? passport(text, at)
    if (!isLetter(next) || !(isDigit(text.at(at + 2)) || isJoin(text.at(at + 2)))) return undefined
    return oldTaiwanCertificate(text, at) ?? hongKongId(text, at, 2) ?? passport(text, at)
  },
}
