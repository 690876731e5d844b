// Lengths of the requests of a row; where it states none, those of the benchmark's data set.

import type { MeasuredRow } from './read-measured.js'

export interface Lengths {
  readonly inputTokens: number
  readonly outputTokens: number
}

/**
 * Mean tokens of MLPerf Inference v5.1 data sets, by the model they belong to: OpenOrca (294 in and out, MLCommons
 * "Llama 2 70B: an MLPerf inference benchmark", 2024-03), LongAlpaca and others (9,400 and 684, MLCommons "Llama 3.1
 * 405B", 2025-04), CNN-DailyMail (778 and 73, MLCommons "Small LLM", 2025-09), the reasoning mix of DeepSeek-R1 (800 and
 * 3,880, MLCommons "DeepSeek reasoning", 2025-09), OpenOrca with GSM8K and MBXP (Mixtral; 286 and 145, MLCommons
 * "Mixtral 8x7B", 2024-08).
 */
const dataSets: readonly (readonly [RegExp, Lengths])[] = [
  [/405b/i, { inputTokens: 9400, outputTokens: 684 }],
  [/8x7b/i, { inputTokens: 286, outputTokens: 145 }],
  [/r1/i, { inputTokens: 800, outputTokens: 3880 }],
  [/8b/i, { inputTokens: 778, outputTokens: 73 }],
  [/70b/i, { inputTokens: 294, outputTokens: 294 }],
]
/** Where nothing is known: a chat's. */
const unknown: Lengths = { inputTokens: 512, outputTokens: 256 }

export const lengthsOf = (row: MeasuredRow): Lengths => {
  if (row.engine === 'llama.cpp') return { inputTokens: Number(row.isl), outputTokens: Number(row.osl) }
  const [, ofModel = unknown] = dataSets.find(([pattern]) => pattern.test(row.model)) ?? []
  return {
    inputTokens: Number(row.isl) || ofModel.inputTokens,
    outputTokens: Number(row.osl) || ofModel.outputTokens,
  }
}
