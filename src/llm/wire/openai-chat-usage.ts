// Token counts of OpenAI's chat completions API and of the servers that speak it.

import type { Usage } from '../../core/index.js'
import { type Fields, objectOf } from './fields.js'

/**
 * `prompt_tokens` includes what was read from the cache. Two servers differ, and are recognised by their own sums:
 * DeepSeek names cached tokens `prompt_cache_hit_tokens`; xAI leaves reasoning out of `completion_tokens`.
 */
export const readUsage = (fields: Fields): Usage => {
  const details = objectOf(fields.prompt_tokens_details)
  const outputDetails = objectOf(fields.completion_tokens_details)
  const prompt = count(fields.prompt_tokens)
  const completion = count(fields.completion_tokens)
  const cacheRead = count(details?.cached_tokens ?? fields.prompt_cache_hit_tokens)
  const cacheWrite = count(details?.cache_write_tokens)
  const reasoning = count(outputDetails?.reasoning_tokens ?? fields.reasoning_tokens)
  const isReasoningApart = reasoning > 0 && count(fields.total_tokens) === prompt + completion + reasoning
  return {
    input: { total: Math.max(prompt, cacheRead + cacheWrite), cacheRead, cacheWrite },
    output: { total: Math.max(isReasoningApart ? completion + reasoning : completion, reasoning), reasoning },
  }
}

export const writeUsage = (usage: Usage): Record<string, unknown> => ({
  prompt_tokens: usage.input.total,
  completion_tokens: usage.output.total,
  total_tokens: usage.input.total + usage.output.total,
  prompt_tokens_details: {
    cached_tokens: usage.input.cacheRead,
    ...(usage.input.cacheWrite > 0 && { cache_write_tokens: usage.input.cacheWrite }),
  },
  completion_tokens_details: { reasoning_tokens: usage.output.reasoning },
})

/** A token count as the contract wants it: a whole number >= 0; anything else is 0. */
export const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value) : 0
