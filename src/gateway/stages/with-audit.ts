// Tells the audit trail of every request: who asked, a digest of what, and how it ended. Holds no text.

import { canonicalJson, contentHash, toArchitectError } from '../../core/index.js'
import { type ChatStream, originOf } from '../../llm/index.js'
import { type Stage, withOpen } from '../call.js'
import type { AuditEntry, AuditPort } from '../ports.js'

export const withAudit =
  (audit: AuditPort): Stage =>
  (inner) =>
    withOpen(inner, async (request, call) => {
      const append = (ending: Pick<AuditEntry, 'answeredBy' | 'end' | 'errorCode'>) =>
        audit.append({
          requestId: call.requestId,
          tenant: call.tenant,
          keyId: call.keyId,
          route: call.route,
          architectureHash: call.architectureHash,
          requestDigest: contentHash(originOf(request)?.bytes ?? canonicalJson(request)),
          ...ending,
        })
      try {
        const stream = await inner.open(request, call)
        void stream.outcome.then(({ end, error }) =>
          append({ answeredBy: nameOf(stream), end, errorCode: error?.code ?? null }),
        )
        return stream
      } catch (cause) {
        append({ answeredBy: 'none', end: 'refused', errorCode: toArchitectError(cause).code })
        throw cause
      }
    })

const nameOf = ({ answeredBy }: ChatStream) =>
  'stage' in answeredBy ? answeredBy.stage : answeredBy.deployment
