// Telephone numbers. They have no check digit: the written form tells, or a word before or after does. A word such
// as "order" before one tells against it. The forms themselves are in phone-forms.ts.

import { isDigit, isWord } from '../characters.js'
import type { ScanText } from '../scan-text.js'
import type { SpanMatch } from '../span-scanner.js'
import { contextsBefore, isNamedOther, phoneWordFollows } from './context-words.js'
import { matchOf, type NumberRule } from './number-rule.js'
import { anyForm, international, isExtension, nationalForms, type PhoneCandidate } from './phone-forms.js'

/** Toll-free and premium numbers of Taiwan belong to companies. */
const isService = (digits: string) => /^(?:0800|0809|0204|0209|0508|0509|0203)/.test(digits)

const nationalCount = (candidate: PhoneCandidate): number => {
  for (const form of nationalForms) {
    const count = form(candidate)
    if (count > 0) return count
  }
  return 0
}

/** How many digits are a telephone number; 0 when they are none. */
const phoneDigits = (candidate: PhoneCandidate): number => {
  const { text, at, token, digits } = candidate
  const certain = international(candidate)
  if (certain > 0) return certain
  if (isService(digits)) return 0
  const formed = nationalCount(candidate)
  if (formed > 0) return isNamedOther(text, at) ? 0 : formed
  const any = anyForm(candidate)
  if (any === 0) return 0
  const isNamed = contextsBefore(text, at, 24)[0] === 'phone'
  return isNamed || phoneWordFollows(text, token.ends[any - 1] as number) ? any : 0
}

/** An extension such as `x123` written directly after the number belongs to it. */
const withExtension = (text: ScanText, match: SpanMatch): SpanMatch => {
  if (!isExtension(text, match.end)) return match
  let end = match.end + 1
  while (end - match.end < 7 && isDigit(text.at(end))) end++
  return isWord(text.at(end)) ? match : { ...match, end }
}

export const phone: NumberRule = (text, at, token) => {
  const count = phoneDigits({ text, at, token, digits: token.digits.join('') })
  return count === 0 ? undefined : withExtension(text, matchOf('phone', 'medium', token, count))
}
