// A step model under speculative decoding with a measured acceptance. Knows no usual gain: it comes out of the step
// times, above 1 where a step waits for memory and below 1 where it computes.

import type { StepModel } from '../speed/roofline.js'
import type { Speculation } from './serving-option.js'

/**
 * Tokens that one step yields when each of `drafted` tokens is accepted with probability `acceptance` if those before
 * it were: the geometric sum (1 - a^(n+1)) / (1 - a) (Leviathan et al. 2023, arXiv:2211.17192, equation 1).
 */
export const tokensPerStep = ({ tokens, acceptance }: Pick<Speculation, 'tokens' | 'acceptance'>): number =>
  (1 - acceptance ** (tokens + 1)) / (1 - acceptance)

/**
 * Time per token of a batch: drafting, then one step that verifies n + 1 tokens of each sequence. Weights and
 * products are those of b(n + 1) tokens; the KV cache is read once a sequence, which is what a step at the full
 * context adds over one without. A drafting layer costs one layer's share of a step for each token it drafts.
 * @param layers of the model
 */
export const speculate = (steps: StepModel, speculation: Speculation, layers: number): StepModel => {
  const gain = tokensPerStep(speculation)
  const { tokens } = speculation
  const draftShare = speculation.method === 'layer' ? tokens / layers : 0
  const empty = steps.decodeAt(1)
  return {
    ...steps,
    decodeAt: (context) => {
      const full = steps.decodeAt(context)
      return (batch) => {
        const cacheMs = full(batch) - empty(batch)
        const verifyMs = empty(batch * (tokens + 1)) + cacheMs
        return (verifyMs + draftShare * full(batch)) / gain
      }
    },
  }
}
