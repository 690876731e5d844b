// The money of whole designs: what the rooms of search and cost say together.

import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../catalog/index.js'
import { createRenderer, hoursPerMonth, languages, type Message } from '../core/index.js'
import { requirementsOf, scaleOf, targetOf } from './__fixtures__/requirements-of.js'
import { assess } from './assessment/assess.js'
import { sumOf } from './cost/cost-breakdown.js'
import { design } from './design.js'
import { plannerMessages } from './messages.js'

const catalogue = loadCatalogue()
const render = createRenderer(plannerMessages)

const designed = (sections: Parameters<typeof requirementsOf>[0]) => {
  const requirements = requirementsOf(sections)
  const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue })
  const { chosen, cost } = report
  if (!chosen || !cost) throw new Error('Nothing was chosen.')
  return { report, chosen, cost }
}

const dailyCurve = Array.from({ length: 24 }, (_, hour) => (hour < 8 ? 0.1 : hour < 20 ? 1 : 0.4))
const scale = scaleOf({ peakRequestsPerSecond: 60, dailyCurve, repeatedShare: 0.2 })
const onLlama = {
  models: { allowed: ['meta-llama/Llama-3.1-8B'] },
  hosting: { allowed: ['self-hosted'] },
  performance: { targets: [targetOf('ttft', 800)] },
  scale,
}

describe('the bill of a design', () => {
  const { chosen, cost } = designed(onLlama)
  const { breakdown } = cost

  it('adds up to the cost of the choice and of the system beside it', () => {
    const serving = breakdown.lines.filter(({ id }) =>
      ['serving', 'idle', 'lead', 'spare', 'unused'].includes(id),
    )
    expect(sumOf(serving)).toBeCloseTo(chosen.costPerMonthUsd ?? 0, 4)
    expect(breakdown.totalUsdPerMonth).toBeCloseTo(sumOf(breakdown.lines), 6)
    expect(breakdown.lowUsdPerMonth).toBeLessThan(breakdown.totalUsdPerMonth)
    expect(breakdown.highUsdPerMonth).toBeGreaterThan(breakdown.totalUsdPerMonth)
  })

  it('counts per request and per million tokens, all of them and the fast ones', () => {
    const requests = 60 * 3600 * (hoursPerMonth / 24) * (8 * 0.1 + 12 + 4 * 0.4)
    expect(breakdown.usdPerRequest).toBeCloseTo(breakdown.totalUsdPerMonth / requests, 8)
    const { systemUsdPerMillionGoodOutputTokens, systemUsdPerMillionOutputTokens, goodShare } = breakdown
    // The target asks for 95 % at the peak; the quiet hours are better.
    expect(goodShare).toBeGreaterThan(0.95)
    expect(systemUsdPerMillionGoodOutputTokens).toBeCloseTo(
      systemUsdPerMillionOutputTokens / (goodShare ?? 1),
      8,
    )
  })

  it('says what reserving the base would save, from a price that a provider lists', () => {
    const reserved = cost.alternatives.find(({ kind }) => kind === 'reserved')
    expect(reserved?.usdPerMonth).toBeLessThan(breakdown.totalUsdPerMonth)
    const { hosting } = onLlama
    const committed = designed({ ...onLlama, hosting: { ...hosting, commitment: 'reserved' } })
    expect(committed.chosen.costPerMonthUsd).toBeLessThan(chosen.costPerMonthUsd ?? 0)
    expect(committed.cost.alternatives.map(({ kind }) => kind)).not.toContain('reserved')
  })

  it('costs less with quiet days', () => {
    const quiet = designed({ ...onLlama, scale: { ...scale, weeklyCurve: [1, 1, 1, 1, 1, 0.2, 0.1] } })
    expect(quiet.chosen.costPerMonthUsd).toBeLessThan(chosen.costPerMonthUsd ?? 0)
  })

  it('judges the budget by the whole system', () => {
    const all = breakdown.totalUsdPerMonth
    const within = designed({ ...onLlama, budget: { monthlyUsd: all + 1 } })
    expect(within.chosen.id).toBe(chosen.id)
    const requirements = requirementsOf({
      ...onLlama,
      budget: { monthlyUsd: (chosen.costPerMonthUsd ?? 0) + 1 },
    })
    const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue })
    expect(report.candidates.find(({ id }) => id === chosen.id)?.violations[0]?.constraint).toBe(
      'budget.monthlyUsd',
    )
  })
})

describe('other ways to the same work', () => {
  it('scale both kinds of hosting to the load at which they cost the same', () => {
    const { hosting: _, ...open } = onLlama
    const models = { allowed: ['meta-llama/Llama-3.1-8B', 'groq/llama-3.1-8b-instant'] }
    const { cost, chosen } = designed({ ...open, models, performance: { targets: [] } })
    expect(cost.breakEven?.points.length).toBeGreaterThan(5)
    const at = cost.breakEven?.requestsPerSecondPeak
    if (chosen.kind === 'self-hosted' && at != null) expect(at).toBeLessThanOrEqual(60)
  })

  it('price a cascade by its share of escalations', () => {
    const cascade = { model: 'groq/llama-3.1-8b-instant', escalatedShare: 0.3 }
    const { cost, chosen } = designed({
      models: { allowed: ['openai/gpt-4.1'] },
      scale: scaleOf({ cascade }),
    })
    const small = designed({ models: { allowed: ['groq/llama-3.1-8b-instant'] } })
    const found = cost.alternatives.find(({ kind }) => kind === 'cascade')
    // The small model for all, GPT-4.1 for three tenths, and the gateway.
    const gateway = 2 * 0.0408 * hoursPerMonth
    expect(found?.usdPerMonth).toBeCloseTo(
      (small.chosen.costPerMonthUsd ?? 0) + 0.3 * (chosen.costPerMonthUsd ?? 0) + gateway,
      -1,
    )
  })

  it('count what the caches take off the bill of an API', () => {
    const { cost } = designed({
      models: { allowed: ['openai/gpt-4.1'] },
      scale: scaleOf({ repeatedShare: 0.25 }),
    })
    const found = cost.alternatives.find(({ kind }) => kind === 'cache')
    // Without the cache a third more requests.
    expect(found?.message.params.more).toBeCloseTo(1 / 3, 1)
  })

  it('count power of owned hardware only when its price is given', () => {
    const owned = {
      models: { allowed: ['meta-llama/Llama-3.1-8B'] },
      hosting: {
        allowed: ['self-hosted'],
        owned: [{ accelerator: 'L40S', count: 4 }],
        ownedOnly: true,
      },
    }
    const free = designed(owned)
    expect(free.cost.breakdown.totalUsdPerMonth).toBe(0)
    expect(free.cost.breakdown.notCounted.map(({ code }) => code)).toContain('planner.not-counted-power')
    const paid = designed({
      ...owned,
      budget: { electricity: { usdPerKwh: 0.2, powerUsageEffectiveness: 1.5 } },
    })
    const accelerators = paid.chosen.accelerators
    // 350 W, between a tenth of it and all of it, x 730.5 h x 1.5 x $0.2.
    const full = accelerators * 0.35 * hoursPerMonth * 1.5 * 0.2
    expect(paid.cost.breakdown.totalUsdPerMonth).toBeGreaterThan(full * 0.1)
    expect(paid.cost.breakdown.totalUsdPerMonth).toBeLessThan(full)
  })
})

describe('small models on the accelerators of the chat model', () => {
  const sections = {
    ...onLlama,
    safety: { guardModelParametersB: 1 },
    performance: { targets: [targetOf('e2e', 60, { unit: 's' })] },
  }
  const { chosen, cost } = designed(sections)

  it('are not paid twice', () => {
    const guard = cost.breakdown.lines.find(({ id }) => id === 'guard-model')
    if (chosen.packing) expect(guard?.usdPerMonth).toBe(0)
    else expect(guard?.usdPerMonth).toBeGreaterThan(0)
    // Whatever stands where: the bill is the candidate's cost, the gateway, and the guard if it stands alone.
    const gateway = cost.breakdown.lines.find(({ id }) => id === 'gateway')?.usdPerMonth ?? 0
    expect(cost.breakdown.totalUsdPerMonth).toBeCloseTo(
      (chosen.costPerMonthUsd ?? 0) + gateway + (guard?.usdPerMonth ?? 0),
      4,
    )
  })

  it('leave the same sum in every answer about the bill', () => {
    const price = cost.sensitivity.find(({ input }) => input === 'price')
    const now = ((price?.usdWithLess ?? 0) + (price?.usdWithMore ?? 0)) / 2
    expect(now).toBeCloseTo(cost.breakdown.totalUsdPerMonth, 4)
  })
})

describe('documents', () => {
  const { cost } = designed({
    useCase: {
      kind: 'rag-qa',
      description: 'x',
      knowledge: {
        source: './d',
        documents: 20e6,
        tokensPerDocument: 40_000,
        ingestDays: 10,
        embeddings: 'large',
        changedPerMonthShare: 0.05,
        rerank: true,
      },
    },
    models: { minParametersB: 7 },
    safety: { groundedAnswers: true, guardModelParametersB: 1 },
    quality: { evalRunsPerMonth: 4, shadowShare: 0.01, targets: [] },
  })

  it('bring their lines, their ingest and a strategy for their length', () => {
    const ids = cost.breakdown.lines.map(({ id }) => id)
    expect(ids).toEqual(
      expect.arrayContaining([
        'gateway',
        'query-embedding',
        'document-embedding',
        'rerank',
        'guard-model',
        'shadow',
      ]),
    )
    expect(cost.ingest?.tokens).toBe(20e6 * 40_000)
    expect(cost.ingest?.ways[0]?.inTime).toBe(true)
    expect(cost.longDocuments.map(({ kind }) => kind)).toEqual(['retrieve', 'map-reduce', 'long-context'])
    const [retrieve, reduce, whole] = cost.longDocuments.map(({ usdPerMonth }) => usdPerMonth ?? Number.NaN)
    expect(retrieve).toBeLessThan(reduce ?? 0)
    expect(retrieve).toBeLessThan(whole ?? 0)
  })

  it('are retrieved from, not trained in, when answers must cite them', () => {
    expect(cost.adaptation.recommended).toContain('rag')
    expect(cost.adaptation.reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['planner.adapt-why-cited', 'planner.adapt-why-changing']),
    )
  })

  it('are spoken of in both languages, with every number filled in', () => {
    const { breakdown, alternatives, adaptation, longDocuments } = cost
    const messages: readonly Message[] = [
      ...breakdown.lines.flatMap(({ title, basis }) => [title, basis]),
      ...breakdown.notCounted,
      ...alternatives.map(({ message }) => message),
      ...adaptation.options.map(({ basis }) => basis),
      ...adaptation.reasons,
      ...longDocuments.map(({ basis }) => basis),
    ]
    for (const message of messages)
      for (const language of languages) {
        const text = render(message, language)
        expect(text, message.code).not.toMatch(/undefined|NaN|Infinity|\[object|^planner\./)
        if (language === 'zh-TW') expect(text, message.code).toMatch(/\p{Script=Han}/u)
      }
  })
})
