// Checks everything a client sent before anything else sees it: a redaction edits the request, a block refuses it.
// Files, images and audio are not read.

import { guardrailsError, type Verdict } from '../../guardrails/index.js'
import { type ChatRequest, editRequest } from '../../llm/index.js'
import type { Metrics } from '../../telemetry/index.js'
import { type Stage, withOpen } from '../call.js'
import { type CheckSourced, guardParts } from '../guard-parts.js'
import type { GuardPort } from '../ports.js'

export interface InputGuardDeps {
  readonly guard: GuardPort
  readonly policy: string
  readonly metrics: Metrics
}

export const withInputGuard =
  (deps: InputGuardDeps): Stage =>
  (inner) =>
    withOpen(inner, async (request, call) => inner.open(guardRequest(deps, request), call))

/** The request as its policy lets it go on. @throws guardrails.blocked */
export const guardRequest = (
  { guard, policy, metrics }: InputGuardDeps,
  request: ChatRequest,
): ChatRequest => {
  let strictest: Verdict['action'] = 'allow'
  const check: CheckSourced = (text, source) => {
    const verdict = guard.check({ policy, stage: 'input', source, text })
    if (verdict.action === 'block') {
      metrics.guardVerdict({ policy, stage: 'input', action: 'block' })
      throw guardrailsError('guardrails.blocked', { stage: 'input', kinds: kindsOf(verdict) })
    }
    if (verdict.action === 'redact') strictest = 'redact'
    return verdict
  }
  const messages = request.messages.map((message) => {
    const parts = guardParts(message.parts, check)
    return parts === message.parts ? message : { ...message, parts }
  })
  metrics.guardVerdict({ policy, stage: 'input', action: strictest })
  const isEdited = messages.some((message, i) => message !== request.messages[i])
  return isEdited ? editRequest(request, { messages }) : request
}

const kindsOf = ({ findings }: Verdict) => [
  ...new Set(findings.filter(({ severity }) => severity !== 'low').map(({ kind }) => kind)),
]
