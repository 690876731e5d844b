// The W3C `traceparent` header (Trace Context, level 2, section 3.2). Knows no exporter.

import { randomBytes } from 'node:crypto'

export interface TraceParent {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits, not all zero: the span that calls. */
  readonly spanId: string
  readonly sampled: boolean
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/**
 * Reads a `traceparent` header.
 * @returns undefined when it is missing or not valid, upon which the standard has a new trace started.
 */
export const parseTraceParent = (header: string | undefined): TraceParent | undefined => {
  const match = pattern.exec(header?.trim() ?? '')
  if (!match) return undefined
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = match
  // Version 00 has exactly four fields; a higher one may carry more, which are ignored (section 3.2.4).
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export const formatTraceParent = ({ traceId, spanId, sampled }: TraceParent): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

/** A new span: in the caller's trace when there is one, else in a new, sampled trace. */
export const startSpan = (parent?: TraceParent): TraceParent => ({
  traceId: parent?.traceId ?? nonZeroHex(16),
  spanId: nonZeroHex(8),
  sampled: parent?.sampled ?? true,
})

const nonZeroHex = (bytes: number): string => {
  const id = randomBytes(bytes).toString('hex')
  return /^0+$/.test(id) ? nonZeroHex(bytes) : id
}
