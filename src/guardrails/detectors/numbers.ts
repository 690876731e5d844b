// The scanner of everything made of digits. The run is read once; the first rule that recognises it wins, and
// those with a check digit come first.

import { isDigit } from '../characters.js'
import type { ScanText } from '../scan-text.js'
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
  (text, at) => passport(text, at),
  phone,
  companyNumber,
]

const joins = (code: number) => code === 45 || code === 46

const isLone = (text: ScanText, index: number) =>
  isDigit(text.at(index)) && !isDigit(text.at(index - 1)) && !isDigit(text.at(index + 1))

/** Past a dash or a point after a digit the run goes on, as it does from one lone digit to the next. */
const isContinued = (text: ScanText, at: number): boolean =>
  isDigit(text.at(at - 2)) && (joins(text.at(at - 1)) || (isLone(text, at) && isLone(text, at - 2)))

export const numbers: SpanScanner = {
  detector: 'personalData',
  starts: '0123456789+(',
  mayBeIn: ({ digits }) => digits >= 7,
  scan: (text, at): SpanMatch | undefined => {
    // What continues an earlier run was judged where that began.
    const token = isContinued(text, at) ? undefined : readNumber(text, at)
    if (!token) return undefined
    for (const rule of rules) {
      const match = rule(text, at, token)
      if (match) return match
    }
    return undefined
  },
}
