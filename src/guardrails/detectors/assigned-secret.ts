// Secrets that only their name tells: `password = ...`, `api_key: "..."`, `密碼：...`, `Authorization: Bearer ...`,
// `https://user:...@host`. The value must look made, not written: placeholders, words and calls are left alone.

import { isDigit, isLetter, isLower, isUpper, isWord, oneOf } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import { restWhile, type SpanMatch, type SpanScanner } from '../span-scanner.js'
import { isValueMark } from '../text-traits.js'

const isValue = (code: number) => isWord(code) || isValueMark(code)

const names =
  '(?:password|passwd|pwd|passphrase|passcode|secret|secret[ _-]?key|api[ _-]?key|apikey|access[ _-]?key|account[ _-]?key|auth[ _-]?token|access[ _-]?token|refresh[ _-]?token|client[ _-]?secret|token|credentials?|密碼|密码|口令|金鑰|密鑰|密钥|權杖|通行碼|パスワード|contraseña|mot de passe|passwort|kennwort|senha)'
/** Anchored at the end and free of nested repetition; runs on at most 48 characters. */
const assignment = new RegExp(`${names}["'\`]? ?(?:[:=]|：|=>|:=|是|為|为|は| is) ?["'\`「]?$`)
const authorization = /(?:authorization["']?: ?["']?|\b)(?:bearer|basic) $/
const urlPassword = /[a-z][a-z0-9+.-]{1,12}:\/\/[a-z0-9._%-]{1,24}:$/

const minimum = 8
const maximum = 48

const isPadding = oneOf(' "\'`「')
const isLink = oneOf(':=：是為为は')

/** The last two letters of the names that stand before ` is `. */
const nameEnds = new Set(['rd', 'wd', 'se', 'de', 'et', 'ey', 'en', 'al', 'ls', 'rt', 'ña', 'ha'])

const pairAt = (text: ScanText, last: number) =>
  String.fromCharCode(text.at(last - 1) | 32, text.at(last) | 32)

/** Whether a word that ends at an index may be the one between a name and its value, or the kind of an authorization. */
const isLinkWord = (text: ScanText, last: number): boolean => {
  const third = text.at(last - 2) | 32
  const pair = pairAt(text, last)
  if (pair === 'er') return third === 114 // bearer
  if (pair === 'ic') return third === 115 // basic
  if (pair !== 'is' || text.at(last - 2) !== 32) return false
  let name = last - 3
  while (last - name < 5 && isPadding(text.at(name))) name--
  return text.at(name) > 0x7f || nameEnds.has(pairAt(text, name))
}

/** Whether what stands before a place can end an assignment; nearly always not, and cheap to see. */
const followsLink = (text: ScanText, at: number): boolean => {
  let index = at - 1
  while (at - index < 4 && isPadding(text.at(index))) index--
  const code = text.at(index)
  if (isLink(code) || (code === 62 && text.at(index - 1) === 61)) return true
  return index < at - 1 && isLinkWord(text, index)
}

interface Look {
  readonly length: number
  readonly letters: number
  readonly digits: number
  readonly marks: number
  readonly cases: number
  readonly distinct: number
}

const look = (text: ScanText, at: number): Look => {
  const seen = new Set<number>()
  const counts = { letters: 0, digits: 0, marks: 0, upper: 0, lower: 0 }
  let index = at
  while (index - at < maximum && isValue(text.at(index))) {
    const code = text.at(index++)
    seen.add(code)
    if (isLetter(code)) counts.letters++
    else if (isDigit(code)) counts.digits++
    else counts.marks++
    if (isUpper(code)) counts.upper++
    if (isLower(code)) counts.lower++
  }
  const { letters, digits, marks } = counts
  const cases = (counts.upper > 0 ? 1 : 0) + (counts.lower > 0 ? 1 : 0)
  return { length: index - at, letters, digits, marks, cases, distinct: seen.size }
}

const openingBracket = oneOf('([{<')

/** Letters and digits mixed, or letters of both cases with marks, at least five different characters, no call. */
const looksMade = (text: ScanText, at: number, value: Look): boolean =>
  value.length >= minimum &&
  value.distinct >= 5 &&
  value.letters > 0 &&
  (value.digits > 0 || (value.cases === 2 && value.marks > 0)) &&
  !openingBracket(text.at(at + value.length))

/** A password between `user:` and `@` of a web address. */
const passwordOfUrl = (text: ScanText, at: number): SpanMatch | undefined => {
  let index = at
  while (index - at < maximum && isValue(text.at(index)) && text.at(index) !== 64 && text.at(index) !== 47)
    index++
  return text.at(index) === 64 && index > at ? { kind: 'password', severity: 'high', end: index } : undefined
}

const isStop = oneOf('.?!~')

const scan = (text: ScanText, at: number): SpanMatch | undefined => {
  if (!followsLink(text, at)) return undefined
  const before = text.before(at, 48)
  if (urlPassword.test(before)) return passwordOfUrl(text, at)
  if (!assignment.test(before) && !authorization.test(before)) return undefined
  const value = look(text, at)
  if (!looksMade(text, at, value)) return undefined
  let end = at + value.length
  if (value.length >= maximum) return { kind: 'password', severity: 'high', end, rest: restWhile(isValue) }
  while (isStop(text.at(end - 1))) end--
  return { kind: 'password', severity: 'high', end }
}

export const assignedSecret: SpanScanner = {
  detector: 'secrets',
  starts: Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))
    .filter((character) => isValue(character.charCodeAt(0)))
    .join(''),
  mayBeIn: ({ hasMadeWord, hasAt }) => hasMadeWord || hasAt,
  scan,
}
