// Load tests from JSON: one object or an array, or one object a line; our own names, or what vLLM's load generator
// saves (`vllm bench serve --save-result`: max_concurrency, completed, total_input_tokens, total_output_tokens,
// mean_ttft_ms, mean_tpot_ms).

import { z } from 'zod'
import type { LoadTest } from '../../planner/index.js'
import type { CommandContext } from '../command-context.js'
import { cliError } from '../messages.js'

const duration = z.number().positive().nullish()

const own = z
  .object({
    concurrency: z.number().positive(),
    inputTokens: z.number().positive(),
    outputTokens: z.number().positive(),
    openLoop: z.boolean().optional(),
    tpotMs: duration,
    ttftMs: duration,
  })
  .refine(({ tpotMs, ttftMs }) => tpotMs || ttftMs, { error: 'tpotMs, ttftMs' })
  .transform(
    ({ concurrency, inputTokens, outputTokens, openLoop, tpotMs, ttftMs }): LoadTest => ({
      load: { concurrency, inputTokens, outputTokens, ...(openLoop ? { openLoop } : {}) },
      tpotMs: tpotMs ?? null,
      ttftMs: ttftMs ?? null,
    }),
  )

const ofVllm = z
  .object({
    max_concurrency: z.number().positive(),
    completed: z.number().positive(),
    total_input_tokens: z.number().positive(),
    total_output_tokens: z.number().positive(),
    mean_tpot_ms: z.number().positive(),
    mean_ttft_ms: z.number().positive(),
  })
  .transform(
    (result): LoadTest => ({
      load: {
        concurrency: result.max_concurrency,
        inputTokens: result.total_input_tokens / result.completed,
        outputTokens: result.total_output_tokens / result.completed,
      },
      tpotMs: result.mean_tpot_ms,
      ttftMs: result.mean_ttft_ms,
    }),
  )

/** @throws `cli.bad-argument` with the number of the first point that cannot be used */
export const readPoints = (content: string, { text }: Pick<CommandContext, 'text'>): readonly LoadTest[] => {
  const points = parsed(content).map((value, i) => {
    const isOfVllm = typeof value === 'object' && value !== null && 'mean_tpot_ms' in value
    const { data, error } = isOfVllm ? ofVllm.safeParse(value) : own.safeParse(value)
    if (data) return data
    throw cliError('cli.bad-argument', {
      detail: text(
        `Point ${i + 1} needs concurrency, inputTokens, outputTokens and tpotMs or ttftMs: ${z.prettifyError(error)}`,
        `第 ${i + 1} 個測點需要 concurrency、inputTokens、outputTokens，以及 tpotMs 或 ttftMs：${z.prettifyError(error)}`,
      ),
    })
  })
  if (points.length > 0) return points
  throw cliError('cli.bad-argument', { detail: text('There is no point.', '沒有任何測點。') })
}

const parsed = (content: string): readonly unknown[] => {
  const whole = parse(content)
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole]
  return content
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parse)
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON as a whole: its lines may be, and what is not is refused as a point.
    return undefined
  }
}
