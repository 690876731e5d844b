import { expect, it } from 'vitest'
import type { StepTimes } from '../speed/roofline.js'
import { stepCostOf } from './roofline-cost.js'
import type { Step } from './step-cost.js'

/** 4 ms a pass, 0.1 ms a token, 0.001 ms a stored token; prompts 0.01 ms a token and 1e-6 ms a pair of tokens. */
const steps: StepTimes = {
  decodeAt: (context) => (batch) => 4 + batch * (0.1 + 0.001 * context),
  prefillMs: (tokens, cached = 0) => 0.01 * (tokens - cached) + (1e-6 * (tokens ** 2 - cached ** 2)) / 2,
  requestOverheadMs: 0,
  interference: 0.5,
  attentionGroups: 1,
}
const none: Step = {
  decodeSequences: 0,
  decodeContextTokens: 0,
  tokensPerDecode: 1,
  prefillSequences: 0,
  prefillTokens: 0,
  prefillContextTokens: 0,
  prefillPairs: 0,
}
const { stepMs } = stepCostOf(steps)

it('prices a step that only writes at its mean context', () => {
  // 8 sequences of 500 tokens: 4 + 8 x 0.1 + 0.001 x 4,000.
  expect(stepMs({ ...none, decodeSequences: 8, decodeContextTokens: 4000 })).toBeCloseTo(8.8, 9)
})

it('reads keys and values once for all guesses of a sequence', () => {
  // 32 tokens computed: 4 + 32 x 0.1 + 0.001 x 4,000.
  const step = { ...none, decodeSequences: 8, decodeContextTokens: 4000, tokensPerDecode: 4 }
  expect(stepMs(step)).toBeCloseTo(11.2, 9)
})

it('prices prompts by their tokens and the pairs they compare', () => {
  // Two prompts of 1,000 and 2,000: 500,000 + 2,000,000 pairs; 4.101 + 30 + 2.5.
  const prompts = { ...none, prefillSequences: 2, prefillTokens: 3000, prefillPairs: 2.5e6 }
  expect(stepMs(prompts)).toBeCloseTo(36.601, 9)
  // Half of it holds a decode step up.
  const mixed = { ...prompts, decodeSequences: 8, decodeContextTokens: 4000 }
  expect(stepMs(mixed)).toBeCloseTo(8.8 + 16.25, 9)
})
