// Floor 3: the audit log: who asked or changed what and how it ended, in a chain that shows every change to it.

export type { AuditEntry, PlacedRecord, RequestEntry } from './audit-record.js'
export { auditMessages } from './messages.js'
export { type AuditHealth, type AuditLog, openAuditLog } from './open-audit-log.js'
export { type AuditQuery, readAuditLog } from './read-audit-log.js'
export { type AuditReport, verifyAuditLog } from './verify-audit-log.js'
