// How much one attempt may use: what is reserved from token limits and budgets before the call.

import type { Usage } from '../../core/index.js'
import type { ChatModel, ChatRequest } from '../../llm/index.js'

/** Output tokens reserved per choice for a request that names no limit of its own. */
export const assumedOutputTokens = 1024

/**
 * The reservation of one attempt: the prompt as this model counts it, and the answer as the request limits it.
 * Without `max_completion_tokens` the answer is taken as 1,024 tokens, or what the context leaves: reserving the
 * whole context would refuse nearly every such request. A longer answer is settled in full, so that a limit can
 * be passed by what such answers use beyond that.
 */
export const reservationOf = (model: ChatModel, request: ChatRequest): Usage => {
  const input = model.countTokens(request).tokens
  const left = Math.max(0, model.facts.contextLength - input)
  const perChoice = request.maxOutputTokens ?? Math.min(assumedOutputTokens, left)
  return {
    input: { total: input, cacheRead: 0, cacheWrite: 0 },
    output: { total: perChoice * (request.choices ?? 1), reasoning: 0 },
  }
}
