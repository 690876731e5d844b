import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { requirementsOf, scaleOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from './assess.js'

const catalogue = loadCatalogue()
const assessed = (sections: Record<string, unknown> = {}) => assess(requirementsOf(sections), catalogue)
const conflictsOf = (sections: Record<string, unknown>) =>
  assessed(sections).conflicts.map(({ kind, message }) => `${kind} ${message.code}`)
const conflict = (sections: Record<string, unknown>, code: string) =>
  assessed(sections).conflicts.find(({ message }) => message.code === code)

describe('the workload', () => {
  it('has the average of the daily curve, and a month of it', () => {
    const curve = Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 1 : 0.5))
    const { workload } = assessed({ scale: scaleOf({ peakRequestsPerSecond: 8, dailyCurve: curve }) })
    expect(workload.requestsPerSecond.average).toBeCloseTo(6, 9)
    expect(workload.requestsPerMonth).toBeCloseTo(6 * 730.5 * 3600, 3)
    expect(workload.tokensPerDay.output).toBeCloseTo(6 * 86_400 * workload.outputTokens.mean, 3)
  })

  it('counts the requests in flight by Little: from the whole answer, or from its parts', () => {
    const whole = assessed({ performance: { targets: [targetOf('e2e', 5, { unit: 's' })] } })
    expect(whole.workload.concurrencyAtPeak).toEqual({ value: 10, from: ['e2e'] })
    const parts = assessed({ performance: { targets: [targetOf('ttft', 500), targetOf('tpot', 20)] } })
    const { workload } = parts
    const seconds = 0.5 + (workload.outputTokens.mean - 1) * 0.02
    expect(workload.concurrencyAtPeak?.value).toBeCloseTo(2 * seconds, 9)
    expect(assessed().workload.concurrencyAtPeak).toBeNull()
  })
})

describe('conflicts', () => {
  it('are not found where there are none', () => {
    const targets = [targetOf('ttft', 500), targetOf('tpot', 30), targetOf('e2e', 20_000)]
    expect(conflictsOf({ performance: { targets }, budget: { monthlyUsd: 20_000 } })).toEqual([])
  })

  it('are found between the whole answer and its parts: 400 + 399 x 20 = 8.4 s against 5 s', () => {
    const targets = [targetOf('ttft', 400), targetOf('tpot', 20), targetOf('e2e', 5000)]
    const found = conflict({ performance: { targets } }, 'planner.e2e-below-parts')
    expect(found?.message.params).toMatchObject({ sumMs: 400 + 399 * 20, e2eMs: 5000, tokens: 400 })
    expect(found?.message.params.neededTpotMs).toBeCloseTo(4600 / 399, 9)
    expect(found?.between).toEqual(['e2e', 'ttft', 'tpot'])
  })

  it('are found between tokens/s and the whole answer: 399 tokens in 4 s need 99.75/s', () => {
    const targets = [targetOf('outputTokensPerSecond', 30), targetOf('e2e', 4000)]
    const found = conflict({ performance: { targets } }, 'planner.speed-below-e2e')
    expect(found?.message.params).toMatchObject({ asked: 30, needed: 99.75 })
  })

  it('are reckoned without a limit for the first token that lies beyond the one for the last', () => {
    const targets = [
      targetOf('ttft', 200),
      targetOf('outputTokensPerSecond', 100),
      targetOf('tpot', 10),
      targetOf('e2e', 100),
    ]
    const speed = conflict({ performance: { targets } }, 'planner.speed-below-e2e')
    expect(speed?.message.params).toMatchObject({ leftMs: 100, needed: 3990 })
    const parts = conflict({ performance: { targets } }, 'planner.e2e-below-parts')
    expect(parts?.message.params).toMatchObject({ ttftMs: 0, sumMs: 3990 })
    expect(parts?.message.params.neededTpotMs).toBeCloseTo(100 / 399, 9)
    expect(parts?.between).toEqual(['e2e', 'tpot'])
    expect(conflictsOf({ performance: { targets } })).toContain('tension planner.ttft-after-e2e')
  })

  it('are contradictions where no answer can be there in time', () => {
    const allowing = (ms: number) => conflictsOf({ performance: { targets: [targetOf('ttft', ms)] } })
    expect(allowing(0.0001)).toContain('contradiction planner.below-any-answer')
    expect(allowing(1)).not.toContain('contradiction planner.below-any-answer')
  })

  it('are found between time per token and tokens/s', () => {
    const targets = [targetOf('tpot', 10), targetOf('outputTokensPerSecond', 50)]
    const found = conflict({ performance: { targets } }, 'planner.tpot-and-speed')
    expect(found?.message.params).toMatchObject({ implied: 100, asked: 50, stricter: 'tpot' })
  })

  it('are contradictions where bounds cross or more is asked for than users ask for', () => {
    const crossed = [targetOf('ttft', 200), targetOf('ttft', 300, { id: 'slow', op: '>' })]
    expect(conflictsOf({ performance: { targets: crossed } })).toEqual([
      'contradiction planner.bounds-crossed',
    ])
    const more = [targetOf('systemOutputTokensPerSecond', 5000)]
    expect(conflictsOf({ performance: { targets: more } })).toEqual(['contradiction planner.more-than-asked'])
  })

  it('are found in budgets below the least the load can cost', () => {
    const selfHosted = { allowed: ['self-hosted'] }
    // The cheapest on the list: RunPod's A100 PCIe at $1.59, twice so that one may fail: 2 x 1.59 x 730.5 = $2,323.
    const found = conflict(
      { hosting: selfHosted, budget: { monthlyUsd: 1000 } },
      'planner.budget-below-least',
    )
    expect(found?.message.params.leastUsd).toBeCloseTo(2 * 1.59 * 730.5, 2)
    // The model alone is within the budget; two cores for the gateway, at $0.0408 an hour, are not: $59.6.
    const little = { scale: scaleOf({ peakRequestsPerSecond: 0.01 }), budget: { monthlyUsd: 10 } }
    const system = conflict(little, 'planner.budget-below-least')?.message.params
    expect(system?.leastUsd).toBeLessThan(10)
    expect(system?.systemUsd).toBeCloseTo(2 * 0.0408 * 730.5, 0)
    expect(conflictsOf({ hosting: selfHosted, budget: { monthlyUsd: 2400 } })).toEqual([])
    expect(conflictsOf({ budget: { usdPerMillionOutputTokens: 0.0001 } })).toContain(
      'contradiction planner.token-budget-below-least',
    )
  })

  it('are found where the context is longer than that of any allowed model', () => {
    const models = { allowed: ['microsoft/phi-4'], minContextTokens: 64_000 }
    const hosting = { allowed: ['self-hosted'] }
    const found = conflict({ models, hosting }, 'planner.context-beyond-models')
    expect(found).toMatchObject({
      kind: 'contradiction',
      message: { params: { needed: 64_000, longest: 16_384 } },
    })
  })

  it('are found in what is owned: nothing, too little, or nothing that may be used', () => {
    const targets = { performance: { targets: [] } }
    expect(conflictsOf({ ...targets, hosting: { ownedOnly: true } })).toContain(
      'contradiction planner.nothing-owned',
    )
    expect(
      conflictsOf({
        hosting: { ownedOnly: true, allowed: ['hosted-api'], owned: [{ accelerator: 'L4', count: 1 }] },
      }),
    ).toContain('contradiction planner.owned-not-hosted')
    expect(
      conflictsOf({
        hosting: { ownedOnly: true, allowed: ['self-hosted'], owned: [{ accelerator: 'L4', count: 1 }] },
        models: { allowed: ['Llama-3.1-70B'] },
      }),
    ).toContain('contradiction planner.owned-too-small')
  })

  it('are found in names that the catalogue does not have, with the nearest one', () => {
    const found = conflict({ models: { allowed: ['Qwen3-33B'] } }, 'planner.unknown-model')
    expect(found?.message.params.suggestion).toBe('Qwen/Qwen3-32B')
    const chip = { hosting: { owned: [{ accelerator: 'h1000_sxm', count: 1 }] } }
    expect(conflict(chip, 'planner.unknown-accelerator')?.message.params.suggestion).toBe('h100_sxm')
  })

  it('are found between residency and hosted APIs', () => {
    expect(conflictsOf({ hosting: { dataResidency: ['TW'] } })).toContain(
      'tension planner.residency-against-apis',
    )
    expect(conflictsOf({ hosting: { dataResidency: ['TW'], allowed: ['hosted-api'] } })).toContain(
      'contradiction planner.residency-against-apis',
    )
    expect(conflictsOf({ hosting: { dataResidency: ['EU'] } })).toEqual([])
  })

  it('are found in a prefix beyond the prompt, a curve without its peak, and grounding without documents', () => {
    const lengths = { ...scaleOf({}).lengths, sharedPrefixTokens: 1500 }
    expect(conflictsOf({ scale: scaleOf({ lengths }) })).toEqual([
      'contradiction planner.prefix-beyond-prompt',
    ])
    const dailyCurve = Array.from({ length: 24 }, () => 0.5)
    expect(conflictsOf({ scale: scaleOf({ dailyCurve }) })).toEqual(['tension planner.curve-without-peak'])
    expect(conflictsOf({ safety: { groundedAnswers: true } })).toEqual([
      'contradiction planner.grounded-without-documents',
    ])
  })
})

describe('priorities, gaps and risks', () => {
  it('put first what is asked for most strictly', () => {
    const { priorities } = assessed({
      useCase: { kind: 'chat', description: 'x', audience: 'external', harmOfWrongAnswer: 'high' },
      safety: { regulations: ['GDPR'] },
    })
    expect(priorities[0]?.aspect).toBe('safety')
    expect(priorities[0]?.why.map(({ code }) => code)).toContain('planner.why-harm')
    const weights = priorities.map(({ weight }) => weight)
    expect(weights).toEqual([...weights].sort((a, b) => b - a))
  })

  it('ask for what is missing, and say what is assumed', () => {
    const paths = assessed().gaps.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining(['performance.targets', 'scale.dailyCurve', 'budget', 'models.minParametersB']),
    )
    expect(assessed({ budget: { monthlyUsd: 9000 } }).gaps.map(({ path }) => path)).not.toContain('budget')
  })

  it('name the row of the scorecard that watches each risk', () => {
    const target = { id: 'my-attacks', metric: 'attacks-caught', op: '>=', value: 0.9, suite: 'a.jsonl' }
    const { risks } = assessed({ safety: { targets: [target] } })
    const watched = new Map(risks.map(({ id, watchedBy }) => [id, watchedBy]))
    expect(watched.get('prompt-injection')).toBe('my-attacks')
    expect(watched.get('false-alarm')).toBe('harmless-flagged.xstest')
    expect(watched.get('crash')).toBe('kill9-survival')
    expect(watched.get('wrong-bill')).toBe('ledger-vs-invoice')
  })

  it('put the worst risk first', () => {
    const { risks } = assessed({ useCase: { kind: 'chat', description: 'x', harmOfWrongAnswer: 'high' } })
    expect(risks[0]).toMatchObject({ id: 'wrong-answer', likelihood: 'high', impact: 'high' })
  })
})
