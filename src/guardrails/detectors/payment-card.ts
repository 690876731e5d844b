// Payment card numbers: issuer prefix, length, and the Luhn check digit.

import type { ScanText } from '../scan-text.js'
import { luhnHolds } from './checksums.js'
import { contextsBefore } from './context-words.js'
import { matchOf, type NumberRule } from './number-rule.js'
import { endsAfter, type NumberToken, readsAsOne } from './number-token.js'

interface Issuer {
  /** Inclusive range of the first digits. */
  readonly from: string
  readonly to: string
  readonly lengths: readonly number[]
}

/** Source: ISO/IEC 7812 ranges as the card schemes publish them. */
const issuers: readonly Issuer[] = [
  { from: '4', to: '4', lengths: [16, 19] }, // Visa
  { from: '51', to: '55', lengths: [16] }, // Mastercard
  { from: '2221', to: '2720', lengths: [16] },
  { from: '34', to: '34', lengths: [15] }, // American Express
  { from: '37', to: '37', lengths: [15] },
  { from: '300', to: '305', lengths: [14] }, // Diners Club
  { from: '36', to: '36', lengths: [14] },
  { from: '38', to: '39', lengths: [14] },
  { from: '3528', to: '3589', lengths: [16, 17, 18, 19] }, // JCB
  { from: '1800', to: '1800', lengths: [15] },
  { from: '2131', to: '2131', lengths: [15] },
  { from: '6011', to: '6011', lengths: [16, 19] }, // Discover
  { from: '644', to: '659', lengths: [16, 19] },
  { from: '62', to: '62', lengths: [16, 17, 18, 19] }, // UnionPay
  { from: '81', to: '81', lengths: [16, 17, 18, 19] },
  { from: '2200', to: '2204', lengths: [16] }, // Mir
]

const lengths = [19, 18, 17, 16, 15, 14, 13, 12]

const hasIssuer = (digits: readonly number[]) =>
  issuers.some(({ from, to, lengths: allowed }) => {
    const prefix = digits.slice(0, to.length).join('')
    return allowed.includes(digits.length) && prefix >= from && prefix <= to
  })

/** Of a known issuer, or any number with a check digit that a word such as "card" stands before. */
const isCard = (text: ScanText, at: number, token: NumberToken, count: number): boolean => {
  if (!endsAfter(text, token, count) || !readsAsOne(token, count)) return false
  const digits = token.digits.slice(0, count)
  return luhnHolds(digits) && (hasIssuer(digits) || contextsBefore(text, at, 40)[0] === 'card')
}

export const paymentCard: NumberRule = (text, at, token) => {
  if (token.digits.length < 12 || text.at(at) === 43) return undefined
  const count = lengths.find((length) => length <= token.digits.length && isCard(text, at, token, length))
  return count === undefined ? undefined : matchOf('payment-card', 'high', token, count)
}
