// The forms that telephone numbers are written in: international, and national ones that differ from other numbers.
// Each form says how many digits of a run it covers, or 0. Sources: ITU-T E.164, numbering plans of Taiwan (NCC),
// North America (NANPA) and mainland China (MIIT).

import { isDigit } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import {
  endsAfter,
  groupCount,
  groupsOf,
  type NumberToken,
  plainSeparators,
  separatedBy,
} from './number-token.js'

export interface PhoneCandidate {
  readonly text: ScanText
  /** Where the run starts: its first digit, or the `+` or `(` before it. */
  readonly at: number
  readonly token: NumberToken
  readonly digits: string
}

export type PhoneForm = (candidate: PhoneCandidate) => number

const plus = 43
const bracket = 40
const letterX = 120

/** Whether an extension such as `x123` stands at an index. */
export const isExtension = (text: ScanText, index: number): boolean =>
  (text.at(index) | 32) === letterX && isDigit(text.at(index + 1))

const ends = ({ text, token }: PhoneCandidate, count: number): boolean => {
  const after = token.ends[count - 1]
  return after !== undefined && (isExtension(text, after) || endsAfter(text, token, count))
}

/** National numbers after a country code: how many digits they may have, where that is fixed. */
const countryLengths: readonly (readonly [code: string, minimum: number, maximum: number])[] = [
  ['886', 8, 10],
  ['852', 8, 8],
  ['853', 8, 8],
  ['86', 10, 12],
  ['81', 9, 11],
  ['82', 8, 11],
  ['1', 10, 10],
  ['44', 9, 11],
  ['33', 9, 10],
]

const longest = (candidate: PhoneCandidate, minimum: number, maximum: number): number => {
  for (let count = Math.min(maximum, candidate.digits.length); count >= minimum; count--)
    if (ends(candidate, count)) return count
  return 0
}

/** E.164: a plus sign, a country code, at most 15 digits in all. */
export const international: PhoneForm = (candidate) => {
  const { text, at, digits } = candidate
  const isOpened = text.at(at) === bracket && text.at(at + 1) === plus
  if (text.at(at) !== plus && !isOpened) return 0
  const country = countryLengths.find(([code]) => digits.startsWith(code))
  if (!country) return longest(candidate, 8, 15)
  const [code, minimum, maximum] = country
  return longest(candidate, code.length + minimum, code.length + maximum)
}

/** The prefix 00 in place of the plus sign, written in groups. */
const internationalByZeros: PhoneForm = (candidate) => {
  const { digits, token } = candidate
  if (!digits.startsWith('00') || digits[2] === '0' || (groupsOf(token, 11)[0] ?? 0) > 5) return 0
  const count = longest(candidate, 11, 17)
  return groupCount(token, count) >= 3 ? count : 0
}

/** Taiwan mobile numbers: 09 and eight digits, or 886 9 and eight digits. */
const taiwanMobile: PhoneForm = (candidate) => {
  const prefix = ['09', '8869', '88609'].find((digits) => candidate.digits.startsWith(digits))
  const count = (prefix?.length ?? 0) + 8
  const isSeparated = separatedBy(candidate.token, count, [...plainSeparators, ')'])
  return prefix !== undefined && isSeparated && ends(candidate, count) ? count : 0
}

/** Taiwan area codes and how many digits follow; the longest code first. */
const taiwanAreas: readonly (readonly [code: string, lengths: readonly number[]])[] = [
  ['0826', [5]],
  ['0836', [5]],
  ['037', [6]],
  ['049', [7]],
  ['082', [6]],
  ['089', [6]],
  ['02', [8]],
  ['03', [7]],
  ['04', [8, 7]],
  ['05', [7]],
  ['06', [7]],
  ['07', [7]],
  ['08', [7]],
]

const taiwanLandline: PhoneForm = (candidate) => {
  const { digits, token } = candidate
  if (!digits.startsWith('0')) return 0
  for (const [code, lengths] of taiwanAreas) {
    if (!digits.startsWith(code) || token.separators[code.length] === '') continue
    for (const length of lengths) {
      const count = code.length + length
      if (groupCount(token, count) > 4 || !ends(candidate, count)) continue
      if (groupsOf(token, count).every((size, i) => i === 0 || size >= 3)) return count
    }
  }
  return 0
}

/** North American numbers in groups of 3, 3 and 4, with or without the country code 1. */
const northAmerican: PhoneForm = (candidate) => {
  const { digits, token } = candidate
  const lead = digits.startsWith('1') && token.separators[1] !== '' ? 1 : 0
  const count = lead + 10
  if (groupCount(token, count) !== (lead === 1 ? 4 : 3) || digits.charAt(lead) < '2') return 0
  const hasGroups = groupsOf(token, count).slice(lead).join() === '3,3,4'
  const first = token.separators[lead + 3]
  const second = token.separators[lead + 6]
  const isRegular =
    first === ')' ? second !== ')' && second !== 'mixed' : first === second && first !== 'mixed'
  return hasGroups && isRegular && ends(candidate, count) ? count : 0
}

/** National numbers with a trunk zero in at least three groups with one separator, as in most of Europe and Japan. */
const trunkGroups: PhoneForm = (candidate) => {
  const { digits, token } = candidate
  if (!digits.startsWith('0') || digits[1] === '0') return 0
  for (const count of [11, 10, 9]) {
    if (count > digits.length || groupCount(token, count) < 3 || groupCount(token, count) > 5) continue
    const groups = groupsOf(token, count)
    const used = token.separators.slice(1, count).filter((separator) => separator !== '')
    const isDate = groups[0] === 2 && groups[1] === 2 && groups[2] === 4
    const isRegular = used.every((separator) => separator === used[0] && plainSeparators.includes(separator))
    const hasForm = groups.every((size) => size >= 2 && size <= 5)
    if (isRegular && hasForm && !isDate && ends(candidate, count)) return count
  }
  return 0
}

/** Area code, dash, seven or eight digits: mainland China and others. */
const areaDash: PhoneForm = (candidate) => {
  const { digits, token } = candidate
  if (!digits.startsWith('0') || digits[1] === '0') return 0
  for (const count of [12, 11, 10]) {
    if (groupCount(token, count) !== 2) continue
    const [area = 0, rest = 0] = groupsOf(token, count)
    const hasForm = token.separators[area] === '-' && area >= 3 && area <= 4 && rest >= 7 && rest <= 8
    if (hasForm && ends(candidate, count)) return count
  }
  return 0
}

/** Mainland China mobile numbers in their usual groups of 3, 4 and 4. */
const chinaMobile: PhoneForm = (candidate) => {
  const { digits, token } = candidate
  const hasForm = digits.startsWith('1') && digits.charAt(1) >= '3' && groupCount(token, 11) === 3
  return hasForm && groupsOf(token, 11).join() === '3,4,4' && ends(candidate, 11) ? 11 : 0
}

export const nationalForms: readonly PhoneForm[] = [
  internationalByZeros,
  taiwanMobile,
  taiwanLandline,
  northAmerican,
  trunkGroups,
  areaDash,
  chinaMobile,
]

/** Two years, as in `2001-2004`. */
const isYears = ({ token, digits }: PhoneCandidate, count: number) =>
  count === 8 && groupsOf(token, count).join() === '4,4' && /^(?:19|20)\d\d(?:19|20)/.test(digits)

/** Any seven to fifteen digits in at most six groups; only a word beside them makes them a telephone number. */
export const anyForm: PhoneForm = (candidate) => {
  const { token, digits } = candidate
  for (let count = Math.min(15, digits.length); count >= 7; count--) {
    const isPlain = groupCount(token, count) <= 6 && separatedBy(token, count, [...plainSeparators, ')'])
    if (isPlain && ends(candidate, count) && !isYears(candidate, count)) return count
  }
  return 0
}
