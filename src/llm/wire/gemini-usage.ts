// Token counts and finish reasons of Gemini's API.

import type { Usage } from '../../core/index.js'
import type { Fields } from './fields.js'
import { count } from './openai-chat-usage.js'

/**
 * `promptTokenCount` includes what was read from the cache; what tools of the API put into the prompt is counted
 * apart, and so are thoughts. A server that counts thoughts among the candidates is recognised by its sum.
 */
export const readUsage = (fields: Fields): Usage => {
  const prompt = count(fields.promptTokenCount) + count(fields.toolUsePromptTokenCount)
  const cacheRead = count(fields.cachedContentTokenCount)
  const candidates = count(fields.candidatesTokenCount)
  const reasoning = count(fields.thoughtsTokenCount)
  const areThoughtsInside = reasoning > 0 && count(fields.totalTokenCount) === prompt + candidates
  return {
    input: { total: Math.max(prompt, cacheRead), cacheRead, cacheWrite: 0 },
    output: {
      total: areThoughtsInside ? Math.max(candidates, reasoning) : candidates + reasoning,
      reasoning,
    },
  }
}

/** The API has no count of what was written to a cache; the prompt includes it. */
export const writeUsage = ({ input, output }: Usage): Record<string, unknown> => ({
  promptTokenCount: input.total,
  candidatesTokenCount: output.total - output.reasoning,
  totalTokenCount: input.total + output.total,
  ...(input.cacheRead > 0 && { cachedContentTokenCount: input.cacheRead }),
  ...(output.reasoning > 0 && { thoughtsTokenCount: output.reasoning }),
})

const filtered = [
  'SAFETY',
  'RECITATION',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
  'MODEL_ARMOR',
]

const reasons: ReadonlyMap<string, string> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ...filtered.map((reason) => [reason, 'content_filter'] as const),
])

/** In the words of the chat dialect, where it has one. @param hasCalls whether the candidate called a function */
export const readFinishReason = (reason: string, hasCalls: boolean): string =>
  reason === 'STOP' && hasCalls ? 'tool_calls' : (reasons.get(reason) ?? reason)

/** @param original the reason it came with, which is kept when it still means the same */
export const writeFinishReason = (reason: string, original?: string): string => {
  if (original !== undefined && [true, false].some((called) => readFinishReason(original, called) === reason))
    return original
  return (
    new Map([
      ['stop', 'STOP'],
      ['tool_calls', 'STOP'],
      ['function_call', 'STOP'],
      ['length', 'MAX_TOKENS'],
      ['content_filter', 'SAFETY'],
    ]).get(reason) ?? 'OTHER'
  )
}
