import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { createRenderer, languages } from '../../core/index.js'
import { requirementsOf, scaleOf, targetOf } from '../__fixtures__/requirements-of.js'
import { plannerMessages } from '../messages.js'
import { assess } from './assess.js'

const catalogue = loadCatalogue()
const render = createRenderer(plannerMessages)
const conflictsOf = (sections: Record<string, unknown>) => {
  const { conflicts } = assess(requirementsOf(sections), catalogue)
  for (const { message } of conflicts)
    for (const language of languages)
      expect(render(message, language)).not.toMatch(/undefined|NaN|^planner\./)
  return conflicts
}
const codesOf = (sections: Record<string, unknown>) =>
  conflictsOf(sections).map(({ message }) => message.code)
const conflict = (sections: Record<string, unknown>, code: string) =>
  conflictsOf(sections).find(({ message }) => message.code === code)

const onOwn = (accelerator: string, count: number) => ({
  allowed: ['self-hosted'],
  owned: [{ accelerator, count }],
  ownedOnly: true,
})

describe('hardware that is owned', () => {
  it('contradicts a spare, or regions, that it has no card for', () => {
    // two regions, each a replica and its spare: 4
    const found = conflict(
      { hosting: onOwn('h100_sxm', 3), availability: { regions: 2 } },
      'planner.owned-without-spare',
    )
    expect(found).toMatchObject({
      kind: 'contradiction',
      message: { params: { accelerators: 3, needed: 4 } },
    })
    const without = { hosting: onOwn('h100_sxm', 1), availability: { survivesReplicaLoss: false } }
    expect(conflict(without, 'planner.owned-without-spare')).toBeUndefined()
  })

  it('stands idle where nothing may be self-hosted', () => {
    const hosting = { allowed: ['hosted-api'], owned: [{ accelerator: 'l4', count: 2 }] }
    expect(conflict({ hosting }, 'planner.owned-unused')?.kind).toBe('tension')
  })
})

describe('models that may be used', () => {
  it('contradict a list of licences that has none of theirs', () => {
    const models = { allowed: ['Llama-3.1-8B-Instruct'], licences: ['Apache-2.0'] }
    const found = conflict({ models, hosting: { allowed: ['self-hosted'] } }, 'planner.no-model-left')
    expect(found?.kind).toBe('contradiction')
    expect(conflict({ models }, 'planner.no-model-left')?.kind).toBe('tension')
  })

  it('contradict a size that the largest of them does not have', () => {
    const models = { allowed: ['Qwen/Qwen3-8B'], minParametersB: 25 }
    expect(conflict({ models }, 'planner.size-beyond-allowed')?.message.params).toMatchObject({
      sizeB: 8.19073536,
      floorB: 25,
    })
    const beyond = conflict({ models: { minParametersB: 5000 } }, 'planner.size-beyond-known')
    expect([beyond?.kind, beyond?.message.params.floorB]).toEqual(['contradiction', 5000])
    expect(conflict({ models: { minParametersB: 100 } }, 'planner.size-beyond-known')).toBeUndefined()
  })

  it("contradict a target that none of them reached in one's own evals", () => {
    const evals = [
      { model: 'Llama-3.1-8B-Instruct', suite: 's.jsonl', value: 0.7 },
      { model: 'Qwen/Qwen2.5-7B-Instruct', suite: 's.jsonl', value: 0.74 },
    ]
    const targets = [{ id: 'accuracy', metric: 'answer-accuracy', op: '>=', value: 0.8, suite: 's.jsonl' }]
    const models = { allowed: evals.map(({ model }) => model), evals }
    const found = conflict({ models, quality: { targets } }, 'planner.own-evals-all-below')
    expect(found?.message.params).toMatchObject({ best: 0.74, limit: 0.8 })
    // A model that nobody measured may still do.
    const more = { ...models, allowed: [...models.allowed, 'Qwen/Qwen3-8B'] }
    expect(conflict({ models: more, quality: { targets } }, 'planner.own-evals-all-below')).toBeUndefined()
  })

  it('are looked for by the names in evals and speculation, too', () => {
    const models = { evals: [{ model: 'Lama-3.1-8B', suite: 's', value: 0.5 }] }
    expect(conflict({ models }, 'planner.unknown-model')?.between).toEqual(['models.evals'])
  })
})

describe('what no machine can do', () => {
  const llama = { models: { allowed: ['Llama-3.1-70B-Instruct'] }, hosting: onOwn('h100_sxm', 4) }

  it('contradicts a first token that is asked for sooner', () => {
    // 16,000 tokens x 2 x 70.55 billion = 2.26 PFLOP; 4 x 1,978 TFLOP/s: 285 ms, without any queue
    const sections = {
      ...llama,
      scale: scaleOf({
        lengths: { inputTokens: { p50: 8000, p95: 16_000 }, outputTokens: { p50: 100, p95: 200 } },
      }),
    }
    const at = (ms: number) =>
      conflict(
        { ...sections, performance: { targets: [targetOf('ttft', ms, { cache: 'cold' })] } },
        'planner.first-token-below-physics',
      )
    expect(at(280)?.message.params.floorMs).toBeCloseTo(285, 0)
    expect(at(290)).toBeUndefined()
  })

  it('contradicts a time per token below one reading of the weights', () => {
    // 70.55 billion x 0.5 byte = 35.3 GB over 4 x 3,350 GB/s: 2.63 ms
    const at = (ms: number) =>
      conflict({ ...llama, performance: { targets: [targetOf('tpot', ms)] } }, 'planner.token-below-physics')
    expect(at(2.6)?.message.params.floorMs).toBeCloseTo(2.63, 2)
    expect(at(2.7)).toBeUndefined()
  })

  it('contradicts an answer whose tokens alone take longer, before what only pulls both ways', () => {
    // 399 of the 400 tokens at the 95th percentile x 2.63 ms = 1,050 ms
    const at = (ms: number) => ({
      ...llama,
      performance: { targets: [targetOf('e2e', ms), targetOf('tpot', 100)] },
    })
    const codes = codesOf(at(1040))
    expect(codes).toEqual(['planner.answer-below-physics', 'planner.e2e-below-parts'])
    expect(codesOf(at(1060))).toEqual(['planner.e2e-below-parts'])
    const drafted = [{ model: 'Llama-3.1-70B-Instruct', method: 'ngram', tokens: 4, acceptance: 0.7 }]
    const sections = at(1040)
    expect(codesOf({ ...sections, models: { ...llama.models, speculation: drafted } })).not.toContain(
      'planner.answer-below-physics',
    )
  })

  it('contradicts a budget below the replicas that always run', () => {
    const self = { models: { allowed: ['Llama-3.1-405B'] }, hosting: { allowed: ['self-hosted'] } }
    // 405 billion x 4.16 bits and 16-bit tables: 199 GiB, three cards of 80 GiB a replica, and two replicas
    const found = conflict({ ...self, budget: { monthlyUsd: 4000 } }, 'planner.budget-below-replica')
    expect(found?.message.params).toMatchObject({ replicas: 2 })
    expect(found?.message.params.leastUsd).toBeGreaterThan(4000)
    const zero = { availability: { scaleToZero: true } }
    expect(
      conflict({ ...self, ...zero, budget: { monthlyUsd: 4000 } }, 'planner.budget-below-replica'),
    ).toBeUndefined()
  })
})
