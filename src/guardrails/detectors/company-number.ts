// Taiwan's unified business number (統一編號). It names a company and no person, so it is only recorded.

import { businessNumberHolds } from './checksums.js'
import { contextsBefore } from './context-words.js'
import { matchOf, type NumberRule } from './number-rule.js'
import { endsAfter, separatedBy } from './number-token.js'

export const companyNumber: NumberRule = (text, at, token) =>
  endsAfter(text, token, 8) &&
  separatedBy(token, 8, [' ', '-']) &&
  businessNumberHolds(token.digits.slice(0, 8)) &&
  contextsBefore(text, at, 16).includes('company')
    ? matchOf('tw-company-number', 'low', token, 8)
    : undefined
