// Looks the question up in the route's documents and puts the passages before it: one system message, one part
// per passage, each with its reference. Searching is always by tenant and principal; there is no other way to ask.

import { type Log, toArchitectError } from '../../core/index.js'
import { type ChatRequest, editRequest, type Message, type Part } from '../../llm/index.js'
import type { Passage, SearchStep } from '../../rag/index.js'
import type { KnowledgeBase } from '../../spec/index.js'
import type { Span } from '../../telemetry/index.js'
import { type GatewayCall, type Stage, withOpen } from '../call.js'
import { gatewayError } from '../messages.js'
import type { KnowledgePort } from '../ports.js'
import { questionIndex, questionOf } from '../request-text.js'

const searchTimeoutMs = 10_000

export interface RetrievalDeps {
  readonly knowledge: KnowledgeBase
  readonly search: KnowledgePort
  readonly log: Log
}

export const withRetrieval =
  (deps: RetrievalDeps): Stage =>
  (inner) =>
    withOpen(inner, async (request, call) => {
      const question = questionOf(request)
      if (question === '') return inner.open(request, call)
      return inner.open(addPassages(request, await find(deps, question, call)), call)
    })

const find = async ({ knowledge, search, log }: RetrievalDeps, query: string, call: GatewayCall) => {
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(searchTimeoutMs)])
  const { tenant, principal, span } = call
  try {
    const asked = { knowledge, tenant, principal, query, limit: knowledge.topK, signal }
    if (!span) return await search.search(asked)
    const passages = await search.search({ ...asked, onStep: (step) => tellStep(span, step) })
    span.set({ 'llm_architect.retrieval.passages': passages.length })
    return passages
  } catch (cause) {
    if (call.signal.aborted) throw cause
    const error = toArchitectError(cause)
    if (error.code === 'rag.not-ingested') throw error
    log.error({ err: cause, knowledge: knowledge.id, requestId: call.requestId }, 'the search failed')
    throw gatewayError(
      'gateway.knowledge-unavailable',
      { knowledge: knowledge.id },
      { retryable: true, cause: error },
    )
  }
}

/** What a search waited for, told when it is over. */
const tellStep = (span: Span, { step, durationMs, errorCode }: SearchStep) =>
  span.begin(step, { agoMs: durationMs }).end(errorCode)

const addPassages = (request: ChatRequest, passages: readonly Passage[]): ChatRequest => {
  if (passages.length === 0) return request
  const message: Message = {
    role: 'system',
    parts: passages.flatMap(({ text, reference, context }): Part[] => [
      ...(context === undefined ? [] : [{ type: 'text', text: context, source: 'retrieved' } as const]),
      { type: 'text', text, source: 'retrieved', passage: reference },
    ]),
  }
  return editRequest(request, { messages: request.messages.toSpliced(questionIndex(request), 0, message) })
}
