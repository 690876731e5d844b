import { describe, expect, it } from 'vitest'
import { loadCatalogue, requireModel } from '../../catalog/index.js'
import { requirementsOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import { fittedCoefficients } from '../speed/coefficients.js'
import { buildQuality } from './build-quality.js'
import { createContext } from './design-context.js'
import { retentionOf } from './retention.js'
import { whyNot } from './why-not.js'

const catalogue = loadCatalogue()
const llama = requireModel(catalogue, 'Llama-3.1-8B-Instruct')
const deepseek = requireModel(catalogue, 'deepseek-ai/DeepSeek-V3')
const contextOf = (sections: Record<string, unknown>) =>
  createContext(requirementsOf(sections), catalogue, { fitted: fittedCoefficients, loadTestsOf: () => [] })
const designed = (sections: Record<string, unknown>) => {
  const requirements = requirementsOf(sections)
  return design({ requirements, assessment: assess(requirements, catalogue), catalogue }).report
}
const target = { id: 'accuracy', metric: 'answer-accuracy', op: '>=', value: 0.8, suite: 'suite.jsonl' }
const evalOf = (value: number, changes: Record<string, unknown> = {}) => ({
  model: 'Llama-3.1-8B-Instruct',
  suite: 'suite.jsonl',
  value,
  ...changes,
})

describe('the quality of a build', () => {
  it('is the published score less what the precision loses, with the range of what was published', () => {
    // 48.3 x 0.936 = 45.2, between 48.3 x 0.93 = 44.9 and 48.3 x 0.976 = 47.1
    const { qualityScore, quality } = buildQuality(llama, 'int4', contextOf({}))
    expect(quality).toMatchObject({ kind: 'published', value: 48.3 })
    expect(qualityScore?.value).toBeCloseTo(45.2, 1)
    expect(qualityScore?.low).toBeCloseTo(44.9, 1)
    expect(qualityScore?.high).toBeCloseTo(47.1, 1)
  })

  it('loses nothing in the precision that the model was trained and published in', () => {
    expect(deepseek.precision).toBe('fp8')
    expect(buildQuality(deepseek, 'fp8', contextOf({})).qualityScore?.value).toBe(deepseek.quality?.value)
  })

  it('loses more in four bits the smaller the model is, and names a source wherever it loses', () => {
    const of = (parametersB: number) => retentionOf('int4', { parametersB, published: false })
    expect(of(8).value).toBeLessThan(of(70).value)
    for (const precision of ['fp8', 'int8', 'int4', 'nvfp4', 'mxfp4', 'q8_0', 'q4_k_m'] as const) {
      const { value, low, high, source, asOf } = retentionOf(precision, { parametersB: 8, published: false })
      expect(value, precision).toBeLessThan(1)
      expect(low).toBeLessThanOrEqual(value)
      expect(high).toBeGreaterThanOrEqual(value)
      expect(source).not.toBeNull()
      expect(asOf).toMatch(/^20\d\d-\d\d/)
    }
  })

  it('loses a little more with the KV cache in fp8', () => {
    // 48.3 x 0.98 = 47.3
    const { qualityScore } = buildQuality(llama, 'bf16', contextOf({}), true)
    expect(qualityScore?.value).toBeCloseTo(47.3, 1)
  })
})

describe('a quality floor', () => {
  it('closes the builds of a model whose published score it keeps too little of, once for all hardware', () => {
    // The floor of 7 billion is the 48.3 of Llama 3.1 8B itself; int4 leaves at best 47.1 of it.
    const owned = [{ accelerator: 'h100_sxm', count: 8 }]
    const report = designed({
      models: { minParametersB: 7 },
      hosting: { allowed: ['self-hosted'], owned, ownedOnly: true },
    })
    const closed = report.candidates.filter(
      ({ model, precision }) => model === llama.name && precision === 'int4',
    )
    expect(closed).toHaveLength(1)
    expect(closed[0]?.violations[0]).toMatchObject({
      constraint: 'models.minParametersB',
      reason: { code: 'planner.below-floor-quantized' },
    })
    expect(whyNot(report, `${llama.name} int4 vllm l4 tp1`)[0]?.code).toBe('planner.below-floor-quantized')
    expect(report.candidates.some(({ model, engine }) => model === llama.name && engine === 'vllm')).toBe(
      true,
    )
  })
})

describe("one's own evals", () => {
  const models = { allowed: ['Llama-3.1-8B-Instruct'] }
  // One card, which multiplies in fp8 and holds 4 bits, says the same as all that can be rented.
  const hosting = { allowed: ['self-hosted'], owned: [{ accelerator: 'l4', count: 8 }], ownedOnly: true }
  const feasibleIn = (value: number, changes: Record<string, unknown> = {}) => {
    const report = designed({
      hosting,
      models: { ...models, evals: [evalOf(value, changes)] },
      quality: { targets: [target] },
    })
    const feasible = report.candidates.filter(({ violations }) => violations.length === 0)
    return new Set(feasible.map(({ precision }) => precision))
  }

  // Where nothing is good enough, the search looks through every model for what comes nearest.
  it('decide before published scores, build by build', { timeout: 120_000 }, () => {
    // 0.81 x 0.995 = 0.806 in fp8 is enough, 0.81 x 0.936 = 0.758 in int4 is not; 0.86 x 0.936 = 0.805 is.
    const between = feasibleIn(0.81)
    expect(between.has('fp8')).toBe(true)
    expect(between.has('int4')).toBe(false)
    expect(feasibleIn(0.86).has('int4')).toBe(true)
    expect(feasibleIn(0.79).size).toBe(0)
  })

  it('lose nothing in the precision they were made in', () => {
    expect(feasibleIn(0.8, { precision: 'int4' }).has('int4')).toBe(true)
  })

  it('are put on the scale of the published scores by the models that have both', () => {
    // Llama: 48.3 points to 0.6 of the suite, 80.5 a share; Qwen2.5 7B: 56.3 to 0.7, 80.4. Mean 80.46: 0.6 is 48.28.
    const evals = [evalOf(0.6), evalOf(0.7, { model: 'Qwen/Qwen2.5-7B-Instruct' })]
    const { quality, qualityScore } = buildQuality(llama, 'bf16', contextOf({ models: { evals } }))
    expect(quality).toEqual({ kind: 'measured', metric: 'answer-accuracy', suite: 'suite.jsonl', value: 0.6 })
    expect(qualityScore?.value).toBeCloseTo(48.28, 1)
  })
})
