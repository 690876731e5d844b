// The scanner of everything made of digits. The run is read once; the first rule that recognises it wins, and
// those with a check digit come first.

import { isDigit } from '../characters.js'
import type { SpanMatch, SpanScanner } from '../span-scanner.js'
import { chinaId } from './china-id.js'
import { companyNumber } from './company-number.js'
import type { NumberRule } from './number-rule.js'
import { readNumber } from './number-token.js'
import { passport } from './passport.js'
import { paymentCard } from './payment-card.js'
import { phone } from './phone.js'
import { socialSecurity } from './social-security.js'

const rules: readonly NumberRule[] = [
  chinaId,
  paymentCard,
  socialSecurity,
  (text, at, token) => (token.digits.length >= 7 ? passport(text, at) : undefined),
  phone,
  companyNumber,
]

const joins = (code: number) => code === 45 || code === 46

export const numbers: SpanScanner = {
  detector: 'personalData',
  starts: '0123456789+(',
  scan: (text, at): SpanMatch | undefined => {
    // Past a dash or a point after a digit the run goes on: it began earlier and was judged there.
    if (joins(text.at(at - 1)) && isDigit(text.at(at - 2))) return undefined
    const token = readNumber(text, at)
    if (!token || token.digits.length < 7) return undefined
    for (const rule of rules) {
      const match = rule(text, at, token)
      if (match) return match
    }
    return undefined
  },
}
