// Checks retrieved passages before they enter the prompt. A passage whose policy says block is left out, and the
// question is answered from the others: its reader did not write it, and one poisoned document must not silence
// every question that finds it.

import { type ChatRequest, editRequest, type Message, type Part } from '../../llm/index.js'
import type { Metrics } from '../../telemetry/index.js'
import { type Stage, withOpen } from '../call.js'
import type { GuardPort } from '../ports.js'

export interface ContextGuardDeps {
  readonly guard: GuardPort
  readonly policy: string
  readonly metrics: Metrics
}

export const withContextGuard =
  (deps: ContextGuardDeps): Stage =>
  (inner) =>
    withOpen(inner, (request, call) => inner.open(guardContext(deps, request), call))

const guardContext = (deps: ContextGuardDeps, request: ChatRequest): ChatRequest => {
  let isEdited = false
  const messages = request.messages.flatMap((message): Message[] => {
    if (!message.parts.some(isRetrieved)) return [message]
    const parts = message.parts.flatMap((part) => guardPart(deps, part))
    isEdited ||= parts.some((part, i) => part !== message.parts[i]) || parts.length < message.parts.length
    return parts.length === 0 ? [] : [{ ...message, parts }]
  })
  return isEdited ? editRequest(request, { messages }) : request
}

const isRetrieved = (part: Part) => part.type === 'text' && part.source === 'retrieved'

const guardPart = ({ guard, policy, metrics }: ContextGuardDeps, part: Part): Part[] => {
  if (part.type !== 'text' || part.source !== 'retrieved') return [part]
  const check = (text: string) => guard.check({ policy, stage: 'context', source: 'retrieved', text })
  const verdict = check(part.text)
  metrics.guardVerdict({ policy, stage: 'context', action: verdict.action })
  if (verdict.action === 'block') return []
  // The title goes into the prompt and into citations as well.
  const title = part.passage && check(part.passage.title)
  if (verdict.action === 'allow' && (!title || title.action === 'allow')) return [part]
  const passage = part.passage && title && { ...part.passage, title: title.text }
  return [{ ...part, text: verdict.text, ...(passage && { passage }) }]
}
