// What the audit log is told of administrators: keys made, revoked and rotated, ingests begun, and whoever tried without
// the admin token. No secret is told of.

import { toArchitectError } from '../core/index.js'
import type { AuditPort, IngestPort, KeyAdmin } from './ports.js'

/** The same keys and ingests, each change of which is told of when it was made, or was refused. */
export const auditedAdmin = <
  Admin extends { readonly keys: KeyAdmin; readonly ingest?: IngestPort | undefined },
>(
  admin: Admin,
  audit: AuditPort | undefined,
): Admin => {
  if (!audit) return admin
  const told = async <T>(action: string, work: Promise<T>, subjectOf: (result: T) => string, asked = '') => {
    try {
      const result = await work
      audit.append({ type: 'admin', action, subject: subjectOf(result), errorCode: null })
      return result
    } catch (cause) {
      audit.append({ type: 'admin', action, subject: asked, errorCode: toArchitectError(cause).code })
      throw cause
    }
  }
  const { keys, ingest } = admin
  return {
    ...admin,
    keys: {
      list: keys.list,
      create: (key) => told('key.create', keys.create(key), ({ record }) => record.id),
      revoke: (id) => told('key.revoke', keys.revoke(id), () => id, id),
      rotate: (id, options) => told('key.rotate', keys.rotate(id, options), () => id, id),
    },
    ingest: ingest && {
      get: ingest.get,
      start: (base) => told('knowledge.ingest', ingest.start(base), () => base.id, base.id),
    },
  }
}
