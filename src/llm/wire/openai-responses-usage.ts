// Token counts of OpenAI's Responses API.

import type { Usage } from '../../core/index.js'
import { type Fields, objectOf } from './fields.js'
import { count } from './openai-chat-usage.js'

export const readUsage = (fields: Fields): Usage => {
  const input = objectOf(fields.input_tokens_details)
  const output = objectOf(fields.output_tokens_details)
  const cacheRead = count(input?.cached_tokens)
  const cacheWrite = count(input?.cache_write_tokens)
  const reasoning = count(output?.reasoning_tokens)
  return {
    input: { total: Math.max(count(fields.input_tokens), cacheRead + cacheWrite), cacheRead, cacheWrite },
    output: { total: Math.max(count(fields.output_tokens), reasoning), reasoning },
  }
}

export const writeUsage = ({ input, output }: Usage): Record<string, unknown> => ({
  input_tokens: input.total,
  input_tokens_details: { cached_tokens: input.cacheRead, cache_write_tokens: input.cacheWrite },
  output_tokens: output.total,
  output_tokens_details: { reasoning_tokens: output.reasoning },
  total_tokens: input.total + output.total,
})
