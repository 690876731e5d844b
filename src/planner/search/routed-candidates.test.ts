// An API above a base, and a small model before the main one, as choices. Arithmetic written out.

import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { requirementsOf, scaleOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { compareDesigns } from '../decision-record/compare-designs.js'
import { decisionRecord } from '../decision-record/decision-record.js'
import { type Design, design } from '../design.js'

const catalogue = loadCatalogue()
type Sections = Parameters<typeof requirementsOf>[0]
const designed = (sections: Sections): Design => {
  const requirements = requirementsOf(sections)
  return design({ requirements, assessment: assess(requirements, catalogue), catalogue })
}
const recordOf = (sections: Sections, { report, launches }: Design): string => {
  const requirements = requirementsOf(sections)
  const assessment = assess(requirements, catalogue)
  return decisionRecord({ requirements, assessment, report, launches, catalogue }, { language: 'en' })
}

/** One busy hour a day, a quarter of it in the others. */
const peaky = Array.from({ length: 24 }, (_, hour) => (hour === 12 ? 1 : 0.25))

describe('an API above a base of replicas', () => {
  const sections = {
    models: { allowed: ['meta-llama/Meta-Llama-3.1-8B', 'groq/llama-3.1-8b-instant'] },
    scale: scaleOf({ peakRequestsPerSecond: 60, dailyCurve: peaky }),
    performance: { targets: [targetOf('ttft', 2000)] },
  }
  const found = designed(sections)
  const { chosen, candidates } = found.report

  it('is chosen where it is cheaper than either alone, and meets every target', () => {
    const feasible = candidates.filter(({ violations, routing }) => violations.length === 0 && !routing)
    const least = Math.min(...feasible.map(({ costPerMonthUsd }) => costPerMonthUsd ?? 0))
    expect(chosen?.routing?.kind).toBe('overflow')
    expect(chosen?.costPerMonthUsd).toBeLessThan(least * 0.95)
    expect(chosen?.targets.map(({ met }) => met)).not.toContain('no')
    // The worse of the two is what is promised.
    if (chosen?.routing?.kind !== 'overflow') throw new Error('no overflow')
    const [apiTtft] = chosen.routing.api.targets
    expect(chosen.targets[0]?.estimate.high).toBeGreaterThanOrEqual(apiTtft?.estimate.high ?? 0)
  })

  it('adds up: the hours of the base and the requests above it', () => {
    if (chosen?.routing?.kind !== 'overflow') throw new Error('no overflow')
    const { ownUsdPerMonth, apiRequestsPerMonth, apiUsdPerRequest, api } = chosen.routing
    const { acceleratorHours, usdPerHour } = chosen.purchase ?? {}
    expect(ownUsdPerMonth).toBeCloseTo((acceleratorHours?.onDemand ?? 0) * (usdPerHour?.onDemand ?? 0), 4)
    expect(chosen.costPerMonthUsd).toBeCloseTo(ownUsdPerMonth + apiRequestsPerMonth * apiUsdPerRequest, 4)
    // What the API asks for all of the requests, by the requests of a month at the mean load.
    const mean = (1 + 23 * 0.25) / 24
    const all = 60 * mean * 2_629_800
    expect(apiUsdPerRequest).toBeCloseTo((api.costPerMonthUsd ?? 0) / all, 8)
    const record = recordOf(sections, found)
    expect(record).toMatch(/Above the base: [\d,]+ requests .* = \$[\d,.]+ a month/)
    expect(record).toMatch(/Together: \$[\d,.]+ \+ \$[\d,.]+ = \$[\d,.]+ a month/)
  })

  it('is a fallback whose first deployment takes what the base carries, and refuses the rest at once', () => {
    const [own, api] = found.architecture?.deployments ?? []
    if (chosen?.routing?.kind !== 'overflow') throw new Error('no overflow')
    expect(own?.limits).toEqual({ concurrency: chosen.routing.concurrency, queue: 0 })
    expect(own?.hardware?.replicas).toBe((chosen.replicas?.serving ?? 0) + (chosen.replicas?.spare ?? 0))
    expect(api?.provider).toBe('groq')
    expect(found.architecture?.routes[0]?.strategy).toEqual({
      fallback: [{ deployment: own?.id }, { deployment: api?.id }],
    })
  })

  it('is seen by a comparison', () => {
    const alone = designed({ ...sections, hosting: { allowed: ['self-hosted'] } })
    expect(alone.report.chosen?.routing).toBeUndefined()
    const joined = compareDesigns(alone, found).find(({ figure }) => figure === 'joinedWith')
    expect(joined).toMatchObject({ before: null, after: 'overflow groq/llama-3.1-8b-instant' })
  })

  it('keeps to where the data may be', () => {
    const inEurope = designed({ ...sections, hosting: { dataResidency: ['EU'] } })
    const apis = inEurope.report.candidates.flatMap(({ routing }) =>
      routing?.kind === 'overflow' ? [routing.api.provider] : [],
    )
    expect(apis.length).toBeGreaterThan(0)
    expect(new Set(apis)).toEqual(new Set(['ovhcloud']))
  })

  it.each([1, 2, 3])('takes what %i owned cards have no room for, spare and all', (count) => {
    const { report } = designed({
      ...sections,
      hosting: { owned: [{ accelerator: 'H100 SXM', count }] },
      scale: scaleOf({ peakRequestsPerSecond: 120, dailyCurve: peaky }),
    })
    const owned = report.candidates.filter(({ provider }) => provider === 'owned')
    for (const { accelerators, violations } of owned)
      expect(accelerators > count).toBe(violations.some(({ constraint }) => constraint === 'hosting.owned'))
    const joined = owned.find(({ routing }) => routing?.kind === 'overflow')
    // Of several replicas one is the spare; the API stands in for the only one.
    expect(joined?.replicas).toMatchObject(count === 3 ? { serving: 2, spare: 1 } : { serving: 1, spare: 0 })
  })
})

describe('a small model first', () => {
  const sections = (cascade: Record<string, unknown>) => ({
    models: { allowed: ['openai/gpt-4.1'] },
    hosting: { allowed: ['hosted-api'] },
    scale: scaleOf({ cascade: { model: 'openai/gpt-4.1-nano', escalatedShare: 0.2, ...cascade } }),
    performance: { targets: [targetOf('e2e', 60_000)] },
    quality: {
      targets: [{ id: 'right', metric: 'answer-accuracy', op: '>=', value: 0.8, suite: 'evals/q.jsonl' }],
    },
  })
  const evals = [{ metric: 'answer-accuracy', suite: 'evals/q.jsonl', value: 0.85 }]
  const whole = { escalateBelow: 0.6, evals }

  it('is chosen where it is cheaper, measured good enough and in time', () => {
    const { report, architecture } = designed(sections(whole))
    const { chosen } = report
    if (chosen?.routing?.kind !== 'cascade') throw new Error(`no cascade: ${chosen?.id}`)
    const alone = report.candidates.find(({ id }) => id === 'openai/gpt-4.1')
    // Every request at the small model, a fifth of them at the main one again.
    const { first, firstUsdPerMonth } = chosen.routing
    expect(chosen.costPerMonthUsd).toBeCloseTo(firstUsdPerMonth + 0.2 * (alone?.costPerMonthUsd ?? 0), 0)
    // A fifth reaches the 95th percentile: the main model answers after the small one.
    const [small, main, both] = [first, alone, chosen].map((each) => each?.targets[0]?.estimate.value ?? 0)
    expect(both).toBeCloseTo((small ?? 0) + (main ?? 0), 0)
    expect(architecture?.routes[0]?.strategy).toEqual({
      cascade: {
        strategies: [{ deployment: 'gpt-4.1-nano' }, { deployment: 'gpt-4.1' }],
        escalateBelow: 0.6,
      },
    })
  })

  it.each([
    { lacks: 'threshold', cascade: { evals } },
    { lacks: 'quality', cascade: { escalateBelow: 0.6 } },
    { lacks: 'quality', cascade: { ...whole, evals: [{ ...evals[0], value: 0.7 }] } },
  ])('is not chosen without a $lacks, and says what it waits for', ({ lacks, cascade }) => {
    const { report } = designed(sections(cascade))
    expect(report.chosen?.routing).toBeUndefined()
    const waiting = report.reasons.find(({ code }) => code === 'planner.alternative-cascade')
    expect(waiting?.params.waitsFor).toEqual([lacks])
    expect(report.cost?.alternatives.find(({ kind }) => kind === 'cascade')?.waitsFor).toEqual([lacks])
  })

  it('is not chosen where its answer would come too late', () => {
    const late = { ...sections(whole), performance: { targets: [targetOf('ttft', 2500)] } }
    expect(designed(late).report.candidates.filter(({ routing }) => routing)).toEqual([])
  })
})
