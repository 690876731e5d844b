import { describe, expect, it } from 'vitest'
import { modelOf, requestOf } from './__fixtures__/case-request.js'
import { assumedAcceptance } from './assumed-acceptance.js'
import { fitModel } from './fit-model.js'
import { tokensPerStep } from './speculation.js'

describe('an acceptance that nobody measured', () => {
  it.each([
    // Spec-Bench: PLD drafts 10 tokens, Medusa has 4 heads; Vicuna 7B, 13B and 33B.
    ['ngram', 10, [1.73, 1.68, 1.55]],
    ['medusa', 4, [2.32, 2.39, 2.33]],
    // vllm-project/vllm issue 20780.
    ['eagle', 3, [2.29]],
    ['eagle', 5, [2.43]],
    ['eagle', 7, [2.47]],
    ['eagle3', 2, [2.36]],
    ['eagle3', 3, [2.79]],
    ['eagle3', 5, [3.32]],
    ['eagle3', 7, [3.54]],
    // vllm-project/vllm pull request 48892; DeepSeek-V3's report.
    ['mtp', 1, [1.83, 1.85, 1.9]],
    ['deepseek_mtp', 8, [4.5]],
  ])('of %s:%d yields as many tokens a step as were published', (method, tokens, measured) => {
    const predicted = tokensPerStep(tokens, assumedAcceptance({ method }).value)
    for (const each of measured) expect(Math.abs(predicted / each - 1)).toBeLessThan(0.1)
  })

  it('is within the range of what was published, and has a source', () => {
    for (const method of [
      'ngram',
      'suffix',
      'eagle',
      'eagle3',
      'mtp',
      'nextn',
      'draft_model',
      'medusa',
      'mlp_speculator',
    ]) {
      const { value, low, high, source } = assumedAcceptance({ method })
      expect([low < value, value < high, source.length > 10], method).toEqual([true, true, true])
    }
  })

  const answer = (method: string, acceptance: number | null) => {
    const load = {
      inputTokens: 1000,
      outputTokens: 200,
      concurrency: 4,
      requestsPerSecond: null,
      prefixTokens: 0,
      prefixes: 1,
    }
    const speculation = { method, tokens: 5, acceptance }
    const { predicted, warnings } = fitModel(
      requestOf(modelOf('meta-llama/Llama-3.1-8B-Instruct'), { speculation, load, maxModelLen: 8192 }),
    )
    const said = warnings.find(({ code }) => code === 'fit.acceptance-assumed')?.params
    const { value, low, high } = predicted?.tpotMs ?? { value: 0, low: 0, high: 0 }
    return { said, value, width: high / low }
  }

  it('is named with its range and source where it is not given, and only there', () => {
    expect(answer('ngram', null).said).toMatchObject({ method: 'ngram', value: 0.4, low: 0.1, high: 0.75 })
    expect(answer('ngram', null).said?.['source']).toContain('Spec-Bench')
    expect(answer('ngram', 0.4).said).toBeUndefined()
  })

  it('gives the figure of that acceptance, with a wider range', () => {
    const [assumed, given] = [answer('ngram', null), answer('ngram', 0.4)]
    expect(assumed.value).toBeCloseTo(given.value, 9)
    // Between 1.11 and 3.29 tokens a step in place of 1.66.
    expect(assumed.width).toBeGreaterThan(1.2 * given.width)
    expect(assumed.value).toBeGreaterThan(answer('eagle3', null).value)
  })
})
