import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../../core/index.js'
import { readUsage as readMessages, writeUsage as writeMessages } from './anthropic-messages-usage.js'
import { readUsage as readGemini, writeUsage as writeGemini } from './gemini-usage.js'
import { readUsage as readChat, writeUsage as writeChat } from './openai-chat-usage.js'
import { readUsage as readResponses, writeUsage as writeResponses } from './openai-responses-usage.js'

describe('usage', () => {
  it.each([
    [
      'OpenAI',
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 64, cache_write_tokens: 8 },
        completion_tokens_details: { reasoning_tokens: 30 },
      },
      [100, 64, 8, 50, 30],
    ],
    [
      'DeepSeek',
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_cache_hit_tokens: 64,
        prompt_cache_miss_tokens: 36,
      },
      [100, 64, 0, 50, 0],
    ],
    [
      'xAI, reasoning apart',
      {
        prompt_tokens: 100,
        completion_tokens: 20,
        total_tokens: 150,
        completion_tokens_details: { reasoning_tokens: 30 },
      },
      [100, 0, 0, 50, 30],
    ],
    [
      'a server that leaves cached tokens out',
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 64 } },
      [64, 64, 0, 5, 0],
    ],
    [
      'nonsense',
      { prompt_tokens: -1, completion_tokens: 'many', prompt_tokens_details: null },
      [0, 0, 0, 0, 0],
    ],
  ] as const)(
    'of chat is read from %s',
    (_server, fields, [total, cacheRead, cacheWrite, output, reasoning]) => {
      expect(readChat(fields)).toEqual({
        input: { total, cacheRead, cacheWrite },
        output: { total: output, reasoning },
      })
    },
  )

  it('of Messages adds what was cached, and keeps the prompt of the start', () => {
    const start = readMessages({
      input_tokens: 20,
      cache_read_input_tokens: 70,
      cache_creation_input_tokens: 10,
      output_tokens: 1,
    })
    expect(start).toEqual({
      input: { total: 100, cacheRead: 70, cacheWrite: 10 },
      output: { total: 1, reasoning: 0 },
    })
    for (const input_tokens of [null, 0])
      expect(readMessages({ output_tokens: 44, input_tokens }, start)).toEqual({
        input: start.input,
        output: { total: 44, reasoning: 0 },
      })
  })

  it.each([
    [
      'the developer API',
      {
        promptTokenCount: 100,
        cachedContentTokenCount: 64,
        toolUsePromptTokenCount: 7,
        candidatesTokenCount: 20,
        thoughtsTokenCount: 30,
        totalTokenCount: 157,
      },
      [107, 64, 50, 30],
    ],
    [
      'a server that counts thoughts among the candidates',
      { promptTokenCount: 100, candidatesTokenCount: 50, thoughtsTokenCount: 30, totalTokenCount: 150 },
      [100, 0, 50, 30],
    ],
    ['the first chunk of a stream', { promptTokenCount: 100, totalTokenCount: 100 }, [100, 0, 0, 0]],
    ['nonsense', { promptTokenCount: '5', candidatesTokenCount: -1, thoughtsTokenCount: null }, [0, 0, 0, 0]],
  ] as const)('of Gemini is read from %s', (_server, fields, [total, cacheRead, output, reasoning]) => {
    expect(readGemini(fields)).toEqual({
      input: { total, cacheRead, cacheWrite: 0 },
      output: { total: output, reasoning },
    })
  })

  it('is the same after it was written and read in any dialect, and its parts never exceed its totals', () => {
    const tokens = fc.nat({ max: 1_000_000 })
    const usage = fc.tuple(tokens, tokens, tokens, tokens, tokens).map(
      ([fresh, cacheRead, cacheWrite, said, reasoning]): Usage => ({
        input: { total: fresh + cacheRead + cacheWrite, cacheRead, cacheWrite },
        output: { total: said + reasoning, reasoning },
      }),
    )
    fc.assert(
      fc.property(usage, (value) => {
        expect(readChat(writeChat(value))).toEqual(value)
        expect(readMessages(writeMessages(value))).toEqual(value)
        expect(readResponses(writeResponses(value))).toEqual(value)
        // Gemini has no count of what was written to a cache.
        expect(readGemini(writeGemini(value))).toEqual({ ...value, input: { ...value.input, cacheWrite: 0 } })
      }),
    )
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('prompt_tokens', 'completion_tokens', 'total_tokens', 'prompt_cache_hit_tokens'),
          fc.jsonValue(),
        ),
        fc.object(),
        (known, details) => {
          const read = readChat({
            ...known,
            prompt_tokens_details: details,
            completion_tokens_details: details,
          })
          expect(read.input.cacheRead + read.input.cacheWrite).toBeLessThanOrEqual(read.input.total)
          expect(read.output.reasoning).toBeLessThanOrEqual(read.output.total)
        },
      ),
    )
  })
})
