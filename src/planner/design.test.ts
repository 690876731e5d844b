import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../catalog/index.js'
import { requirementsOf, scaleOf, targetOf } from './__fixtures__/requirements-of.js'
import { assess } from './assessment/assess.js'
import { design } from './design.js'
import type { Candidate } from './search/report.js'

const catalogue = loadCatalogue()
const designed = (sections: Record<string, unknown>) => {
  const requirements = requirementsOf(sections)
  return design({ requirements, assessment: assess(requirements, catalogue), catalogue })
}
const onlyLlama = { models: { allowed: ['Llama-3.1-8B-Instruct'] }, hosting: { allowed: ['self-hosted'] } }
const reasonsOf = (candidates: readonly Candidate[], model: string) =>
  candidates
    .filter((candidate) => candidate.model === model)
    .flatMap(({ violations }) => violations.map(({ reason }) => reason.code))

describe('design', () => {
  it('chooses the cheapest candidate that meets everything', () => {
    const { report } = designed({ ...onlyLlama, performance: { targets: [targetOf('ttft', 500)] } })
    const feasible = report.candidates.filter(
      ({ violations, build }) => violations.length === 0 && build !== 'to-make',
    )
    const least = Math.min(
      ...feasible.map(({ costPerMonthUsd }) => costPerMonthUsd ?? Number.POSITIVE_INFINITY),
    )
    expect(report.chosen?.costPerMonthUsd).toBeLessThanOrEqual(least * 1.02)
    expect(report.candidates[0]).toBe(report.chosen)
  })

  it('prefers weights that can be downloaded to cheaper ones that have to be made', () => {
    const { report } = designed(onlyLlama)
    expect(report.chosen?.build).not.toBe('to-make')
    const made = report.candidates.find(
      ({ build, violations }) => build === 'to-make' && violations.length === 0,
    )
    expect(made).toBeDefined()
  })

  it('does not call a way as it is whose weights have to be made', () => {
    const { report } = designed({
      ...onlyLlama,
      performance: { targets: [targetOf('tpot', 7)] },
      budget: { monthlyUsd: 1500 },
      availability: { survivesReplicaLoss: false },
    })
    expect(report.chosen?.build).toBe('to-make')
    const codes = report.reasons.map(({ code }) => code)
    expect(codes).toContain('planner.chosen-to-make')
    expect(codes).not.toContain('planner.chosen-cheapest')
  })

  it('gives each candidate that is ruled out its reason', () => {
    const { report } = designed({
      models: { licences: ['Apache-2.0'], minContextTokens: 30_000 },
      performance: { targets: [targetOf('ttft', 1000)] },
    })
    const { candidates } = report
    expect(reasonsOf(candidates, 'meta-llama/Meta-Llama-3.1-8B')).toEqual(['planner.licence'])
    expect(reasonsOf(candidates, 'microsoft/phi-4')).toEqual(['planner.licence', 'planner.context-too-short'])
    expect(reasonsOf(candidates, 'openai/gpt-oss-20b')).toContain('planner.always-reasons')
    expect(reasonsOf(candidates, 'Qwen/Qwen3-0.6B')).toContain('planner.below-floor')
    expect(reasonsOf(candidates, 'gpt-4.1-nano')).toContain('planner.quality-unknown')
    expect(reasonsOf(candidates, 'deepseek-ai/DeepSeek-V4-Pro')).toEqual(['planner.licence'])
  })

  it('rules out precisions without hardware, and models without room', () => {
    const { report } = designed({
      models: { allowed: ['Llama-3.1-405B'] },
      hosting: { allowed: ['self-hosted'] },
    })
    const codes = new Set(
      report.candidates.flatMap(({ violations }) => violations.map(({ reason }) => reason.code)),
    )
    expect(codes).toContain('planner.no-unit')
    expect(codes).toContain('planner.weights-do-not-fit')
  })

  it('keeps data where it must stay: only APIs that say that they do', () => {
    const { report } = designed({ hosting: { allowed: ['hosted-api'], dataResidency: ['EU'] } })
    const feasible = report.candidates.filter(({ violations }) => violations.length === 0)
    expect(feasible.length).toBeGreaterThan(0)
    for (const { provider } of feasible) expect(['mistral', 'ovhcloud']).toContain(provider)
  })

  it('uses only what is owned, and says how much more it would need', () => {
    const hosting = { allowed: ['self-hosted'], ownedOnly: true, owned: [{ accelerator: 'l4', count: 1 }] }
    const { report } = designed({ hosting, models: { allowed: ['Llama-3.1-8B'] } })
    expect(report.chosen).toBeNull()
    const needed = report.relaxations.find(({ constraint }) => constraint === 'hosting.owned')?.nearest ?? 0
    expect(needed).toBeGreaterThan(1)
    const enough = { ...hosting, owned: [{ accelerator: 'l4', count: needed }] }
    const { chosen } = designed({ hosting: enough, models: { allowed: ['Llama-3.1-8B'] } }).report
    expect(chosen).toMatchObject({ provider: 'owned', accelerators: needed, costPerMonthUsd: 0 })
  })

  it('has a spare in each region when a replica may fail', () => {
    const { report } = designed({ ...onlyLlama, availability: { regions: 2 } })
    expect(report.chosen?.replicas).toMatchObject({ spare: 1, regions: 2 })
    const single = designed({ ...onlyLlama, availability: { survivesReplicaLoss: false } })
    expect(single.report.chosen).toMatchObject({ accelerators: 1 })
  })

  it('pays for every replica that a load without pauses needs, also when cold caches decide how many', () => {
    const cold = { performance: { targets: [targetOf('ttft', 300, { cache: 'cold' })] } }
    const { report } = designed({ ...onlyLlama, ...cold, scale: scaleOf({ peakRequestsPerSecond: 6 }) })
    const rented = report.candidates.filter(
      ({ utilisation, replicas }) => utilisation && (replicas?.serving ?? 0) > 1,
    )
    expect(rented.length).toBeGreaterThan(0)
    for (const { utilisation } of rented) expect(utilisation?.average).toBeCloseTo(utilisation?.peak ?? 0, 9)
  })

  it('writes a launch command whose flags the engine has', () => {
    const { architecture } = designed(onlyLlama)
    const [deployment] = architecture?.deployments ?? []
    expect(deployment?.launch?.command.slice(0, 3)).toEqual([
      'vllm',
      'serve',
      'meta-llama/Llama-3.1-8B-Instruct',
    ])
    expect(deployment?.hardware).toMatchObject({ replicas: 2, tensorParallel: 1 })
    expect(deployment?.price?.output).toBeGreaterThan(0)
  })

  it('writes the address, key and price of an API', () => {
    const { architecture } = designed({
      hosting: { allowed: ['hosted-api'] },
      models: { allowed: ['openai/gpt-4.1'] },
    })
    expect(architecture?.deployments[0]).toMatchObject({
      engine: 'hosted-api',
      address: 'https://api.openai.com/v1',
      key: `\${env:OPENAI_API_KEY}`,
      price: { input: 2, cachedInput: 0.5, output: 8 },
    })
  })

  it('plans with an API model that only the price list knows, when it is named', () => {
    const { report } = designed({
      hosting: { allowed: ['hosted-api'] },
      models: { allowed: ['openai/gpt-5.4-mini'] },
    })
    expect(report.chosen).toMatchObject({ id: 'openai/gpt-5.4-mini', quality: { kind: 'unknown' } })
  })

  it('never chooses a model of unknown quality unasked, nor calls a size a score', () => {
    const { report } = designed({ hosting: { allowed: ['hosted-api'] } })
    const feasible = report.candidates.filter(({ violations }) => violations.length === 0)
    expect(feasible.length).toBeGreaterThan(10)
    for (const { quality } of feasible) expect(quality.kind).not.toBe('unknown')
  })
})

describe('when nothing fits', () => {
  it('says what each requirement, changed alone, would have to be', () => {
    const { report, architecture } = designed({
      ...onlyLlama,
      performance: { targets: [targetOf('tpot', 1)] },
    })
    expect(architecture).toBeNull()
    const [relaxation] = report.relaxations
    expect(relaxation).toMatchObject({ constraint: 'tpot', asked: 1, unit: 'ms' })
    const relaxed = designed({
      ...onlyLlama,
      performance: { targets: [targetOf('tpot', relaxation?.nearest ?? 0)] },
    })
    expect(relaxed.report.chosen).not.toBeNull()
  })

  it('trades a target against the budget', () => {
    const targets = [targetOf('outputTokensPerSecond', 200)]
    const { report } = designed({ ...onlyLlama, performance: { targets }, budget: { monthlyUsd: 2400 } })
    const constraints = report.relaxations.map(({ constraint }) => constraint)
    expect(constraints).toContain('budget.monthlyUsd')
    expect(constraints).toContain('outputtokenspersecond')
  })

  it('does not offer what was never sized: a build that a gate closed has no cost', () => {
    const { report } = designed({
      ...onlyLlama,
      models: { ...onlyLlama.models, minParametersB: 7 },
      scale: scaleOf({ peakRequestsPerSecond: 50 }),
      budget: { monthlyUsd: 10 },
    })
    const ids = report.relaxations.map(({ candidate }) => candidate)
    const offered = report.candidates.filter(({ id }) => ids.includes(id))
    expect(offered.length).toBeGreaterThan(0)
    for (const { costPerMonthUsd } of offered) expect(costPerMonthUsd).toBeGreaterThan(0)
    for (const { constraint, nearest } of report.relaxations)
      if (constraint === 'models.minParametersB') expect(nearest).toBeLessThan(7)
    const budget = report.relaxations.find(({ constraint }) => constraint === 'budget.monthlyUsd')
    // What a budget has to be is the whole system; the model alone is told beside it.
    const { costUsd, wholeUsd } = budget?.message.params ?? {}
    expect([wholeUsd - costUsd > 59, budget?.nearest]).toEqual([true, Math.ceil(wholeUsd / 10) * 10])
  })

  it('goes by size alone where no published model is as large as asked for', () => {
    const { report } = designed({ models: { minParametersB: 5000 }, hosting: { allowed: ['hosted-api'] } })
    const floor = report.assumptions.find(({ code }) => code === 'planner.assume-quality')
    expect([report.chosen, floor?.params.floorScore]).toEqual([null, null])
    const nearest = report.relaxations.find(({ constraint }) => constraint === 'models.minParametersB')
    expect(nearest?.nearest).toBeLessThan(5000)
  })

  it('names the target on an own suite by its own number, not by a size', () => {
    const asked = { id: 'right', metric: 'answer-accuracy', suite: 'own', op: '>=', value: 0.8 }
    const { report } = designed({
      models: {
        allowed: ['groq/llama-3.1-8b-instant'],
        evals: [{ model: 'groq/llama-3.1-8b-instant', metric: 'answer-accuracy', suite: 'own', value: 0.75 }],
      },
      hosting: { allowed: ['hosted-api'] },
      quality: { targets: [asked] },
    })
    expect(report.relaxations).toMatchObject([{ constraint: 'right', asked: 0.8, nearest: 0.75, unit: '' }])
  })

  it('says so when no single change is enough', () => {
    const targets = [targetOf('tpot', 1), targetOf('ttft', 1)]
    const { report } = designed({ ...onlyLlama, performance: { targets } })
    expect(report.relaxations).toEqual([])
    expect(report.reasons.map(({ code }) => code)).toContain('planner.no-single-relaxation')
    expect(report.nearest?.violations.map(({ constraint }) => constraint).sort()).toEqual(
      ['tpot', 'ttft'].sort(),
    )
  })
})

describe('design, always', () => {
  const small = {
    models: { allowed: ['Llama-3.1-8B'] },
    hosting: { allowed: ['self-hosted'], owned: [{ accelerator: 'h100_pcie', count: 8 }], ownedOnly: true },
  }
  const cardsAt = (peakRequestsPerSecond: number, ttftMs: number) =>
    designed({
      ...small,
      scale: scaleOf({ peakRequestsPerSecond }),
      performance: { targets: [targetOf('ttft', ttftMs)] },
    })
      .report.candidates.filter(({ violations }) =>
        violations.every(({ constraint }) => constraint === 'hosting.owned'),
      )
      .reduce((least, { accelerators }) => Math.min(least, accelerators), Number.POSITIVE_INFINITY)

  it('needs no fewer cards for more load, nor for a stricter target', () => {
    // Each of a rising row is compared with the next, and so with all after it: 45 pairs for 10 searches.
    const row = (of: fc.Arbitrary<number>) => fc.array(of, { minLength: 10, maxLength: 10 })
    const loads = row(fc.integer({ min: 1, max: 80 }))
    const limits = row(fc.integer({ min: 120, max: 2000 }))
    fc.assert(
      fc.property(loads, limits, (load, limit) => {
        const strict = limit.toSorted((a, b) => b - a)
        const cards = load.toSorted((a, b) => a - b).map((each, i) => cardsAt(each, strict[i] as number))
        return cards.every((count, i) => i === 0 || count >= (cards[i - 1] as number))
      }),
      { numRuns: 2 },
    )
  })

  it('is deterministic', () => {
    expect(designed(small)).toEqual(designed(small))
  })
})
