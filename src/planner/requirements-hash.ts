// The hash that ties a design and a scorecard to the requirements they are for.

import { canonicalJson, contentHash } from '../core/index.js'
import type { Requirements } from '../spec/index.js'

/** SHA-256 of the requirements with their defaults filled in, whatever the layout of the file. */
export const requirementsHash = (requirements: Requirements): string =>
  contentHash(canonicalJson(requirements))
