// The scanners of secrets, in the order in which they may claim a place.

import type { SpanScanner } from '../span-scanner.js'
import { assignedSecret } from './assigned-secret.js'
import { privateKey } from './private-key.js'
import { jsonWebToken, providerKeys } from './provider-keys.js'

export const secrets: readonly SpanScanner[] = [privateKey, providerKeys, jsonWebToken, assignedSecret]
