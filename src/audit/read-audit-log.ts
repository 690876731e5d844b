// The newest entries of an audit log, as far as they are asked for. Verifies nothing.

import { listSegments, readSegment } from './audit-files.js'
import { decodeLine } from './audit-line.js'
import type { PlacedRecord } from './audit-record.js'
import { auditError } from './messages.js'

export interface AuditQuery {
  readonly limit: number
  readonly tenant?: string | undefined
  readonly keyId?: string | undefined
  readonly requestId?: string | undefined
  /** How requests ended. */
  readonly end?: string | undefined
  /** ISO 8601; entries from it on. */
  readonly since?: string | undefined
  /** ISO 8601; entries before it. */
  readonly until?: string | undefined
}

/** In the order in which they were written. @throws audit.nothing-kept */
export const readAuditLog = (directory: string, query: AuditQuery): readonly PlacedRecord[] => {
  const segments = listSegments(directory)
  if (segments.length === 0) throw auditError('audit.nothing-kept', { directory })
  const found: PlacedRecord[] = []
  for (const { path } of segments.toReversed()) {
    for (const line of readSegment(path).lines.toReversed()) {
      const record = decodeLine(line)?.record
      if (record && isAsked(record, query)) found.push(record)
      if (found.length >= query.limit) return found.reverse()
    }
  }
  return found.reverse()
}

const isAsked = (record: PlacedRecord, query: AuditQuery): boolean => {
  const atMs = Date.parse(record.at)
  if (query.since !== undefined && atMs < Date.parse(query.since)) return false
  if (query.until !== undefined && atMs >= Date.parse(query.until)) return false
  const { tenant, keyId, requestId, end } = query
  const wanted = { tenant, keyId, requestId, end }
  const fields: Readonly<Record<string, unknown>> = { ...record }
  return Object.entries(wanted).every(([field, value]) => value === undefined || fields[field] === value)
}
