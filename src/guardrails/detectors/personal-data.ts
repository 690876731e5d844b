// The scanners of personal data, in the order in which they may claim a place.

import type { SpanScanner } from '../span-scanner.js'
import { email } from './email.js'
import { iban } from './iban.js'
import { ipAddress } from './ip-address.js'
import { letteredIds } from './lettered-ids.js'
import { numbers } from './numbers.js'
import { webAddress } from './web-address.js'

export const personalData: readonly SpanScanner[] = [email, iban, letteredIds, ipAddress, numbers, webAddress]
