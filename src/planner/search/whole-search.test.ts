// Every model on everything that can be rented: what it works out is counted, because the work, unlike its time, is the
// same on every machine. The time is measured by `npm run acceptance -- planner`.

import { describe, expect, it, vi } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { requirementsOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import type * as Roofline from '../speed/roofline.js'
import type * as Serving from '../speed/serving.js'
import type * as Facts from '../speed/step-facts.js'
import { summarise } from './summarise.js'
import type * as Table from './tabulate.js'

/** How often each of the dear functions was asked. */
const asked = vi.hoisted(() => ({ facts: 0, models: 0, steps: 0, lookedUp: 0, prompts: 0, states: 0 }))

vi.mock('../speed/step-facts.js', async (load) => {
  const real = await load<typeof Facts>()
  return {
    ...real,
    stepFacts: (...args: Parameters<typeof real.stepFacts>) => {
      asked.facts++
      return real.stepFacts(...args)
    },
  }
})

vi.mock('../speed/roofline.js', async (load) => {
  const real = await load<typeof Roofline>()
  return {
    ...real,
    stepModelOf: (...args: Parameters<typeof real.stepModelOf>) => {
      asked.models++
      const model = countSteps(real.stepModelOf(...args), 'steps')
      return {
        ...model,
        prefillMs: (tokens: number, cached?: number) => {
          asked.prompts++
          return model.prefillMs(tokens, cached)
        },
      }
    },
  }
})

vi.mock('./tabulate.js', async (load) => {
  const real = await load<typeof Table>()
  return { ...real, tabulate: (steps: Roofline.StepModel) => countSteps(real.tabulate(steps), 'lookedUp') }
})

vi.mock('../speed/serving.js', async (load) => {
  const real = await load<typeof Serving>()
  return {
    ...real,
    steadyState: (...args: Parameters<typeof real.steadyState>) => {
      asked.states++
      return real.steadyState(...args)
    },
  }
})

const countSteps = (model: Roofline.StepModel, as: 'steps' | 'lookedUp'): Roofline.StepModel => ({
  ...model,
  decodeAt: (context) => {
    const times = model.decodeAt(context)
    return (batch) => {
      asked[as]++
      return times(batch)
    }
  },
})

describe('the whole search', () => {
  const catalogue = loadCatalogue()
  const requirements = requirementsOf({
    performance: { targets: [targetOf('ttft', 500), targetOf('e2e', 8000)] },
    budget: { monthlyUsd: 6000 },
  })
  const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue })
  const summary = summarise(report)

  it('considers thousands of ways', () => {
    expect(report.candidates.length).toBeGreaterThan(5000)
  })

  it.each([
    ['facts of a step', asked.facts, 0.34],
    ['models of steps', asked.models, 1.06],
    ['times of a step', asked.steps, 17.6],
    ['times looked up in a table', asked.lookedUp, 68],
    ['times of a prompt', asked.prompts, 34],
    ['steady states', asked.states, 7.6],
  ])('works out no more %s for each way than it needs', (_, count, most) => {
    // Zero would be a count of something else.
    expect(count).toBeGreaterThan(0)
    expect(count / report.candidates.length).toBeLessThan(most)
  })

  it('fits on a screen in summary: the choice first, then other models, then what was rejected and why', () => {
    expect(summary.rows).toHaveLength(12)
    expect(summary.rows[0]).toMatchObject({ verdict: 'chosen', why: null })
    expect(new Set(summary.rows.map(({ verdict }) => verdict))).toEqual(
      new Set(['chosen', 'possible', 'rejected']),
    )
    for (const { verdict, why } of summary.rows) if (verdict !== 'chosen') expect(why).not.toBeNull()
  })

  it('counts in summary what ruled the others out', () => {
    expect(summary.considered).toBe(report.candidates.length)
    expect(summary.ruledOutBy[0]?.count).toBeGreaterThan(0)
    expect(summary.ruledOutBy.map(({ constraint }) => constraint)).toContain('budget.monthlyUsd')
  })
})
