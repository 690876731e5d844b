// United States social security numbers. They have no check digit, so the written form or a word must tell.
// Source: Social Security Administration: no area 000, 666 or 900-999, no group 00, no serial 0000.

import { contextsBefore } from './context-words.js'
import { matchOf, type NumberRule } from './number-rule.js'
import { endsAfter, groupCount, groupsOf } from './number-token.js'

export const socialSecurity: NumberRule = (text, at, token) => {
  if (groupCount(token, 9) > 3 || !endsAfter(text, token, 9)) return undefined
  const [area = 0, group = 0, serial = 0] = [
    token.digits.slice(0, 3),
    token.digits.slice(3, 5),
    token.digits.slice(5, 9),
  ].map((digits) => Number(digits.join('')))
  if (area === 0 || area === 666 || area >= 900 || group === 0 || serial === 0) return undefined
  const separator = token.separators[3]
  const grouped = groupsOf(token, 9).join() === '3,2,4' && token.separators[5] === separator
  if (grouped && separator === '-') return matchOf('us-social-security', 'high', token, 9)
  const plain = groupsOf(token, 9).length === 1 || (grouped && separator === ' ')
  return plain && contextsBefore(text, at, 32)[0] === 'social-security'
    ? matchOf('us-social-security', 'high', token, 9)
    : undefined
}
