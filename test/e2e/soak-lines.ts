// An invoice and a ledger in one order, so that they can be compared line by line.

import type { LedgerLine } from './ledger-sums.js'

export const byModelAndEnd = (lines: readonly LedgerLine[]): readonly LedgerLine[] =>
  lines.toSorted((a, b) => `${a.model} ${a.end}`.localeCompare(`${b.model} ${b.end}`))
