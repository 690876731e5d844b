// Telephone numbers. They have no check digit: the written form tells (an international prefix, an area code in
// brackets, a national grouping), or a word before or after. A word such as "order" before one tells against it.

import { isDigit, isWord } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import type { SpanMatch } from '../span-scanner.js'
import { contextsBefore, phoneWordFollows } from './context-words.js'
import { matchOf, type NumberRule } from './number-rule.js'
import { endsAfter, groupsOf, type NumberToken, separatedBy } from './number-token.js'

const plus = 43
const bracket = 40

interface Candidate {
  readonly text: ScanText
  readonly at: number
  readonly token: NumberToken
  readonly digits: string
}

/** How many digits of the token are the number; 0 when its form is another. */
type Form = (candidate: Candidate) => number

const letterX = 120

/** Whether the number may end there; an extension such as `x123` may follow. */
const ends = ({ text, token }: Candidate, count: number): boolean => {
  const after = token.ends[count - 1]
  if (after === undefined) return false
  const hasExtension = (text.at(after) | 32) === letterX && isDigit(text.at(after + 1))
  return hasExtension || endsAfter(text, token, count)
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

/** E.164: a plus sign, a country code, at most 15 digits in all. */
const international: Form = (candidate) => {
  const { text, at, digits } = candidate
  const isOpened = text.at(at) === bracket && text.at(at + 1) === plus
  if (text.at(at) !== plus && !isOpened) return 0
  const country = countryLengths.find(([code]) => digits.startsWith(code))
  const [minimum, maximum] = country
    ? [country[0].length + country[1], country[0].length + country[2]]
    : [8, 15]
  for (let count = Math.min(maximum, digits.length); count >= minimum; count--)
    if (ends(candidate, count)) return count
  return 0
}

/** The prefix 00 in place of the plus sign, written in groups. */
const internationalByZeros: Form = (candidate) => {
  if (!/^00[1-9]/.test(candidate.digits) || (groupsOf(candidate.token, 11)[0] ?? 0) > 5) return 0
  for (let count = Math.min(17, candidate.digits.length); count >= 11; count--)
    if (ends(candidate, count) && groupsOf(candidate.token, count).length >= 3) return count
  return 0
}

/** Taiwan mobile numbers: 09 and eight digits, or 886 9 and eight digits. */
const taiwanMobile: Form = (candidate) => {
  const prefix = /^(09|8869|88609)/.exec(candidate.digits)?.[0]
  if (prefix === undefined) return 0
  const count = prefix.length + 8
  return ends(candidate, count) && separatedBy(candidate.token, count, ' -.()') ? count : 0
}

/** Taiwan area codes and how many digits follow; the longest code first. Source: National Communications Commission. */
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

const taiwanLandline: Form = (candidate) => {
  const { digits, token } = candidate
  for (const [code, lengths] of taiwanAreas) {
    if (!digits.startsWith(code) || token.separators[code.length] === '') continue
    for (const length of lengths) {
      const count = code.length + length
      const groups = groupsOf(token, count).slice(1)
      if (ends(candidate, count) && groups.length <= 3 && groups.every((size) => size >= 3)) return count
    }
  }
  return 0
}

/** North American numbers in groups of 3, 3 and 4, with or without the country code 1. */
const northAmerican: Form = (candidate) => {
  const { digits, token } = candidate
  const lead = digits.startsWith('1') && token.separators[1] !== '' ? 1 : 0
  const count = lead + 10
  const groups = groupsOf(token, count).slice(lead).join()
  if (!/^[2-9]/.test(digits.slice(lead)) || groups !== '3,3,4' || !ends(candidate, count)) return 0
  const first = token.separators[lead + 3] as string
  const second = token.separators[lead + 6] as string
  return (first === second && first.length === 1) || (first.startsWith(')') && /^[ .-]$/.test(second))
    ? count
    : 0
}

/** National numbers with a trunk zero in at least three groups with one separator, as in most of Europe and Japan. */
const trunkGroups: Form = (candidate) => {
  const { digits, token } = candidate
  if (!/^0[1-9]/.test(digits)) return 0
  for (const count of [11, 10, 9]) {
    const groups = groupsOf(token, count)
    const used = new Set(token.separators.slice(1, count).filter((separator) => separator !== ''))
    const isDate = groups[0] === 2 && groups[1] === 2 && groups[2] === 4
    const hasForm = groups.length >= 3 && used.size === 1 && groups.every((size) => size >= 2 && size <= 5)
    if (hasForm && !isDate && separatedBy(token, count, ' -.') && ends(candidate, count)) return count
  }
  return 0
}

/** Area code, dash, seven or eight digits: mainland China and others. */
const areaDash: Form = (candidate) => {
  const { digits, token } = candidate
  for (const count of [12, 11, 10]) {
    const groups = groupsOf(token, count)
    if (groups.length !== 2 || token.separators[groups[0] ?? 0] !== '-' || !ends(candidate, count)) continue
    const [area = 0, rest = 0] = groups
    if (/^0[1-9]/.test(digits) && area >= 3 && area <= 4 && rest >= 7 && rest <= 8) return count
  }
  return 0
}

/** Mainland China mobile numbers in their usual groups of 3, 4 and 4. */
const chinaMobile: Form = (candidate) =>
  /^1[3-9]/.test(candidate.digits) && groupsOf(candidate.token, 11).join() === '3,4,4' && ends(candidate, 11)
    ? 11
    : 0

/** Two years, as in `2001-2004`. */
const isYears = (token: NumberToken, count: number) =>
  groupsOf(token, count).join() === '4,4' && /^(?:19|20)\d\d(?:19|20)/.test(token.digits.join(''))

const plainSeparator = /^(?:|[ .-]|\)[ -]?)$/

/** Any seven to fifteen digits in plausible groups; only a word beside them makes them a telephone number. */
const anyForm: Form = (candidate) => {
  const { token, digits } = candidate
  for (let count = Math.min(15, digits.length); count >= 7; count--) {
    const isPlain =
      !isYears(token, count) &&
      token.separators.slice(0, count).every((separator) => plainSeparator.test(separator))
    if (isPlain && ends(candidate, count) && groupsOf(token, count).length <= 6) return count
  }
  return 0
}

const writtenForms = [
  internationalByZeros,
  taiwanMobile,
  taiwanLandline,
  northAmerican,
  trunkGroups,
  areaDash,
  chinaMobile,
]

/** Toll-free and premium numbers belong to companies. */
const isService = (digits: string) => /^(0800|0809|0204|0209|0508|0509|0203)/.test(digits)

const firstCount = (forms: readonly Form[], candidate: Candidate) => {
  for (const form of forms) {
    const count = form(candidate)
    if (count > 0) return count
  }
  return 0
}

/** An extension such as `x123` written directly after the number belongs to it. */
const withExtension = (text: ScanText, match: SpanMatch): SpanMatch => {
  if ((text.at(match.end) | 32) !== letterX || !isDigit(text.at(match.end + 1))) return match
  let end = match.end + 1
  while (end - match.end < 7 && isDigit(text.at(end))) end++
  return { ...match, end }
}

const matchedCount = (candidate: Candidate): number => {
  const { text, at, token, digits } = candidate
  const certain = international(candidate)
  if (certain > 0) return certain
  if (isService(digits)) return 0
  const formed = firstCount(writtenForms, candidate)
  if (formed > 0) return contextsBefore(text, at, 32)[0] === 'other' ? 0 : formed
  const any = anyForm(candidate)
  if (any === 0) return 0
  const isNamed = contextsBefore(text, at, 24)[0] === 'phone'
  return isNamed || phoneWordFollows(text, token.ends[any - 1] as number) ? any : 0
}

export const phone: NumberRule = (text, at, token) => {
  if (token.digits.length < 7) return undefined
  const count = matchedCount({ text, at, token, digits: token.digits.join('') })
  if (count === 0) return undefined
  const match = matchOf('phone', 'medium', token, count)
  const extended = withExtension(text, match)
  return extended.end > match.end && isWord(text.at(extended.end)) ? match : extended
}
