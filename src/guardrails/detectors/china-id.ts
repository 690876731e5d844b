// Mainland China resident identity numbers: region, date of birth, serial and check character.

import { isWord, upper } from '../characters.js'
import { chinaIdHolds } from './checksums.js'
import type { NumberRule } from './number-rule.js'
import { endsAfter, readsAsOne } from './number-token.js'

const daysIn = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate()

const isBirthDate = (digits: readonly number[]): boolean => {
  const two = (at: number) => (digits[at] ?? 0) * 10 + (digits[at + 1] ?? 0)
  const year = two(0) * 100 + two(2)
  const month = two(4)
  const isMonth = year >= 1880 && year <= 2100 && month >= 1 && month <= 12
  return isMonth && two(6) >= 1 && two(6) <= daysIn(year, month)
}

const letterX = 88

export const chinaId: NumberRule = (text, at, token) => {
  const { digits } = token
  if (digits.length < 17 || text.at(at) === 43 || !readsAsOne(token, 17)) return undefined
  if ((digits[0] as number) < 1 || (digits[0] as number) > 8 || !isBirthDate(digits.slice(6, 14)))
    return undefined
  const afterDigits = token.ends[16] as number
  const kind = 'cn-resident-id'
  if (upper(text.at(afterDigits)) === letterX)
    return chinaIdHolds(digits, 10) && !isWord(text.at(afterDigits + 1))
      ? { kind, severity: 'high', end: afterDigits + 1 }
      : undefined
  const holds = digits.length > 17 && readsAsOne(token, 18) && endsAfter(text, token, 18)
  return holds && chinaIdHolds(digits, digits[17] as number)
    ? { kind, severity: 'high', end: token.ends[17] as number }
    : undefined
}
