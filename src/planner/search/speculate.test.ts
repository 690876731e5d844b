import { describe, expect, it } from 'vitest'
import type { StepModel } from '../speed/roofline.js'
import { speculate, tokensPerStep } from './speculate.js'

/** 10 ms to read the weights, or 0.2 ms a token to compute; 0.001 ms a cached token and sequence. */
const steps: StepModel = {
  decodeAt: (context) => (batch) => Math.max(10, 0.2 * batch) + 0.001 * context * batch,
  partsAt: () => () => ({ weightsMs: 10, cacheMs: 0, exchangeMs: 0, overheadMs: 0, sequenceMs: 0 }),
  attentionGroups: 1,
  prefillMs: (tokens) => tokens / 100,
  requestOverheadMs: 1,
  interference: 0.5,
}
const ngram = { model: 'm', method: 'ngram', tokens: 3, acceptance: 0.7 } as const

describe('speculative decoding', () => {
  it('yields the geometric sum of the acceptance', () => {
    // 1 + 0.7 + 0.49 + 0.343 = 2.533
    expect(tokensPerStep(ngram)).toBeCloseTo(2.533, 9)
  })

  it('gains at low load and loses at high load: there is no fixed factor', () => {
    const fast = speculate(steps, ngram, 40).decodeAt(1000)
    const plain = steps.decodeAt(1000)
    // One sequence: 10 + 1 = 11 ms a token plain; 10 ms for 4 tokens + 0.999 ms of cache over 2.533: 4.34 ms.
    expect(plain(1)).toBe(11)
    expect(fast(1)).toBeCloseTo((10.004 + 0.999) / 2.533, 2)
    expect(plain(1) / fast(1)).toBeGreaterThan(2)
    // 100 sequences: 20 + 100 = 120 ms plain; 0.2 x 400 = 80, + 99.9 of cache, over 2.533 = 71.2: gain 1.7.
    // 100 without context: 20.1 against (80 + 0.4) / 2.533 = 31.7 ms: slower.
    expect(steps.decodeAt(1)(100) / speculate(steps, ngram, 40).decodeAt(1)(100)).toBeLessThan(1)
  })

  it('takes time for a drafting layer', () => {
    const layer = { ...ngram, method: 'layer' } as const
    // Each of 3 drafts costs a fortieth of an 11 ms step: 0.825 ms more over 2.533.
    const extra =
      speculate(steps, layer, 40).decodeAt(1000)(1) - speculate(steps, ngram, 40).decodeAt(1000)(1)
    expect(extra).toBeCloseTo(0.825 / 2.533, 6)
  })
})
