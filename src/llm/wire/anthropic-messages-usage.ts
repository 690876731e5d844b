// Token counts and finish reasons of Anthropic's Messages API.

import { noUsage, type Usage } from '../../core/index.js'
import { type Fields, objectOf } from './fields.js'
import { count } from './openai-chat-usage.js'

/**
 * `input_tokens` leaves out what was read from the cache or written to it; the contract's total includes both.
 * A stream reports its prompt at the start and may leave it out at the end.
 * @param before what the stream reported earlier
 */
export const readUsage = (fields: Fields, before: Usage = noUsage): Usage => {
  const cacheRead = countOr(fields.cache_read_input_tokens, before.input.cacheRead)
  const cacheWrite = countOr(fields.cache_creation_input_tokens, before.input.cacheWrite)
  const fresh = countOr(
    fields.input_tokens,
    before.input.total - before.input.cacheRead - before.input.cacheWrite,
  )
  const output = countOr(fields.output_tokens, before.output.total)
  const reasoning = countOr(objectOf(fields.output_tokens_details)?.thinking_tokens, before.output.reasoning)
  return {
    input: { total: fresh + cacheRead + cacheWrite, cacheRead, cacheWrite },
    output: { total: Math.max(output, reasoning), reasoning },
  }
}

/** A count of 0 at the end takes nothing back that was told at the start: some servers tell a prompt only there. */
const countOr = (value: unknown, before: number) =>
  typeof value === 'number' ? count(value) || before : before

export const writeUsage = ({ input, output }: Usage): Record<string, unknown> => ({
  input_tokens: input.total - input.cacheRead - input.cacheWrite,
  cache_read_input_tokens: input.cacheRead,
  cache_creation_input_tokens: input.cacheWrite,
  output_tokens: output.total,
  ...(output.reasoning > 0 && { output_tokens_details: { thinking_tokens: output.reasoning } }),
})

/** In the words of the chat dialect, where it has one. */
export const readStopReason = (reason: string): string =>
  new Map([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
  ]).get(reason) ?? reason

/** @param original the reason it came with, which is kept when it still means the same */
export const writeStopReason = (reason: string, original?: string): string => {
  if (original !== undefined && readStopReason(original) === reason) return original
  return (
    new Map([
      ['stop', 'end_turn'],
      ['length', 'max_tokens'],
      ['tool_calls', 'tool_use'],
      ['function_call', 'tool_use'],
      ['content_filter', 'refusal'],
    ]).get(reason) ?? reason
  )
}
