// Payment card numbers: issuer prefix, length, and the Luhn check digit.

import type { ScanText } from '../scan-text.js'
import { luhnHolds } from './checksums.js'
import { contextsBefore } from './context-words.js'
import { matchOf, type NumberRule } from './number-rule.js'
import { endsAfter, type NumberToken, readsAsOne } from './number-token.js'

interface Issuer {
  /** Inclusive range of the first four digits. */
  readonly from: number
  readonly to: number
  readonly lengths: readonly number[]
}

/** Source: ISO/IEC 7812 ranges as the card schemes publish them. */
const issuers: readonly Issuer[] = [
  { from: 4000, to: 4999, lengths: [16, 19] }, // Visa
  { from: 5100, to: 5599, lengths: [16] }, // Mastercard
  { from: 2221, to: 2720, lengths: [16] },
  { from: 3400, to: 3499, lengths: [15] }, // American Express
  { from: 3700, to: 3799, lengths: [15] },
  { from: 3000, to: 3059, lengths: [14] }, // Diners Club
  { from: 3600, to: 3699, lengths: [14] },
  { from: 3800, to: 3999, lengths: [14] },
  { from: 3528, to: 3589, lengths: [16, 17, 18, 19] }, // JCB
  { from: 1800, to: 1800, lengths: [15] },
  { from: 2131, to: 2131, lengths: [15] },
  { from: 6011, to: 6011, lengths: [16, 19] }, // Discover
  { from: 6440, to: 6599, lengths: [16, 19] },
  { from: 6200, to: 6299, lengths: [16, 17, 18, 19] }, // UnionPay
  { from: 8100, to: 8199, lengths: [16, 17, 18, 19] },
  { from: 2200, to: 2204, lengths: [16] }, // Mir
]

const lengths = [19, 18, 17, 16, 15, 14, 13, 12]

const hasIssuer = (digits: readonly number[], count: number) => {
  const [a = 0, b = 0, c = 0, d = 0] = digits
  const prefix = a * 1000 + b * 100 + c * 10 + d
  return issuers.some(({ from, to, lengths }) => prefix >= from && prefix <= to && lengths.includes(count))
}

/** Of a known issuer, or any number with a check digit that a word such as "card" stands before. */
const isCard = (text: ScanText, at: number, token: NumberToken, count: number): boolean => {
  if (token.separators[count] === '' || !luhnHolds(token.digits, count)) return false
  if (!readsAsOne(token, count) || !endsAfter(text, token, count)) return false
  return hasIssuer(token.digits, count) || contextsBefore(text, at, 40)[0] === 'card'
}

export const paymentCard: NumberRule = (text, at, token) => {
  if (token.digits.length < 12 || text.at(at) === 43) return undefined
  const count = lengths.find((length) => length <= token.digits.length && isCard(text, at, token, length))
  return count === undefined ? undefined : matchOf('payment-card', 'high', token, count)
}
