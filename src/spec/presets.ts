// Starting points for requirements.yaml, one per use case: believable lengths and targets, to be changed.

import type { useCaseKinds } from './requirements.js'

export type UseCaseKind = (typeof useCaseKinds)[number]

export interface Preset {
  readonly description: string
  readonly inputTokens: { readonly p50: number; readonly p95: number }
  readonly outputTokens: { readonly p50: number; readonly p95: number }
  readonly sharedPrefixTokens: number
  /** Targets in ms: first token, last token. */
  readonly ttftMs: number
  readonly e2eMs: number
  readonly groundedAnswers: boolean
}

/** Lengths are round figures in the range of public traces (Azure LLM inference 2023: conversation p50 1,020 in and 129 out, code 1,469 and 13). */
export const presets: Readonly<Record<UseCaseKind, Preset>> = {
  'rag-qa': {
    description: 'Answers questions from our documents, with citations',
    inputTokens: { p50: 1500, p95: 3000 },
    outputTokens: { p50: 150, p95: 400 },
    sharedPrefixTokens: 400,
    ttftMs: 500,
    e2eMs: 5000,
    groundedAnswers: true,
  },
  chat: {
    description: 'Talks with people over several turns',
    inputTokens: { p50: 1000, p95: 4000 },
    outputTokens: { p50: 200, p95: 600 },
    sharedPrefixTokens: 300,
    ttftMs: 500,
    e2eMs: 8000,
    groundedAnswers: false,
  },
  extraction: {
    description: 'Turns documents into structured records',
    inputTokens: { p50: 3000, p95: 12_000 },
    outputTokens: { p50: 300, p95: 900 },
    sharedPrefixTokens: 800,
    ttftMs: 2000,
    e2eMs: 15_000,
    groundedAnswers: false,
  },
  coding: {
    description: 'Writes and changes code in an editor',
    inputTokens: { p50: 1500, p95: 7300 },
    outputTokens: { p50: 60, p95: 400 },
    sharedPrefixTokens: 600,
    ttftMs: 400,
    e2eMs: 4000,
    groundedAnswers: false,
  },
  agent: {
    description: 'Carries out tasks with tools over many steps',
    inputTokens: { p50: 6000, p95: 30_000 },
    outputTokens: { p50: 250, p95: 900 },
    sharedPrefixTokens: 3000,
    ttftMs: 1000,
    e2eMs: 12_000,
    groundedAnswers: false,
  },
  classification: {
    description: 'Sorts short texts into known classes',
    inputTokens: { p50: 250, p95: 600 },
    outputTokens: { p50: 5, p95: 12 },
    sharedPrefixTokens: 150,
    ttftMs: 200,
    e2eMs: 400,
    groundedAnswers: false,
  },
}
