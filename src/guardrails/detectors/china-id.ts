// Mainland China resident identity numbers: region, date of birth, serial and check character.

import { isWord, upper } from '../characters.js'
import { chinaIdHolds } from './checksums.js'
import type { NumberRule } from './number-rule.js'
import { endsAfter, readsAsOne } from './number-token.js'

const number = (digits: readonly number[]) => Number(digits.join(''))

const isBirthDate = (digits: readonly number[]): boolean => {
  const [year, month, day] = [
    number(digits.slice(0, 4)),
    number(digits.slice(4, 6)),
    number(digits.slice(6, 8)),
  ]
  const date = new Date(Date.UTC(year, month - 1, day))
  return year >= 1880 && year <= 2100 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
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
