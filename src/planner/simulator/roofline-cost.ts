// The speed model's answer to the simulator: the one place that knows both.

import type { StepTimes } from '../speed/roofline.js'
import type { Step, StepCost } from './step-cost.js'

/**
 * A step with answers costs its decode step, and the part of its prompts' time by which they hold answers up; one
 * without answers the whole time of its prompts, on top of a pass over the weights.
 */
export const stepCostOf = (steps: StepTimes): StepCost => {
  const passMs = steps.decodeAt(1)(1)
  return {
    stepMs: (step) => {
      const readMs = step.prefillTokens > 0 ? readingMs(steps, step) : 0
      if (step.decodeSequences === 0) return passMs + readMs
      // With speculation every guess is computed, but a sequence's keys and values are read once for all of them.
      const tokens = step.decodeSequences * step.tokensPerDecode
      return steps.decodeAt(step.decodeContextTokens / tokens)(tokens) + steps.interference * readMs
    },
  }
}

/**
 * Several parts of prompts as the one that has as many tokens and compares as many pairs of them. A part of T tokens
 * after c others compares T x (c + T / 2) pairs, so c = pairs / T - T / 2: below 0 where T are several short prompts.
 */
const readingMs = (steps: StepTimes, { prefillTokens, prefillPairs }: Step): number => {
  const before = prefillPairs / prefillTokens - prefillTokens / 2
  return steps.prefillMs(before + prefillTokens, before)
}

/** Groups read prompts of their own, and step together: one of them, as if all had as many sequences. */
export const ofOneGroup = (steps: StepTimes): StepTimes => ({
  ...steps,
  decodeAt: (context) => {
    const all = steps.decodeAt(context)
    return (batch) => all(batch * steps.attentionGroups)
  },
  attentionGroups: 1,
})
