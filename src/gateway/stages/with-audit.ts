// Tells the audit log of every request, before its last frame goes on: who asked what, and how it ended.

import type { RequestEntry } from '../../audit/index.js'
import { canonicalJson, toArchitectError } from '../../core/index.js'
import { type ChatStream, type Outcome, originOf, readyOf } from '../../llm/index.js'
import { type Stage, withOpen } from '../call.js'
import type { AuditPort } from '../ports.js'

export const withAudit =
  (audit: AuditPort): Stage =>
  (inner) =>
    withOpen(inner, async (request, call) => {
      const append = (ending: Pick<RequestEntry, 'answeredBy' | 'end' | 'errorCode'>) =>
        audit.append({
          type: 'request',
          requestId: call.requestId,
          tenant: call.tenant,
          keyId: call.keyId,
          route: call.route,
          architectureHash: call.architectureHash,
          content: originOf(request)?.bytes ?? Buffer.from(canonicalJson(request)),
          ...ending,
        })
      try {
        const stream = await inner.open(request, call)
        const onEnd = ({ end, error }: Outcome) =>
          append({ answeredBy: nameOf(stream), end, errorCode: error?.code ?? null })
        const ready = readyOf(stream)
        if (ready) onEnd(ready.outcome)
        // Whoever awaits the outcome later, to yield the last frame, goes on after this.
        else void stream.outcome.then(onEnd)
        return stream
      } catch (cause) {
        append({ answeredBy: 'none', end: 'refused', errorCode: toArchitectError(cause).code })
        throw cause
      }
    })

const nameOf = ({ answeredBy }: ChatStream) =>
  'stage' in answeredBy ? answeredBy.stage : answeredBy.deployment
