// The form of a rule about numbers: a run of digits was read, and the rule says whether it is one of its kind.

import type { ScanText } from '../scan-text.js'
import type { SpanMatch } from '../span-scanner.js'
import type { NumberToken } from './number-token.js'

/** @param at where the run starts: its first digit, or the `+` or `(` before it */
export type NumberRule = (text: ScanText, at: number, token: NumberToken) => SpanMatch | undefined

/** A match of the first `count` digits. */
export const matchOf = (
  kind: string,
  severity: SpanMatch['severity'],
  token: NumberToken,
  count: number,
): SpanMatch => ({ kind, severity, end: token.ends[count - 1] as number })
