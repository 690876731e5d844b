import { expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { requirementsOf, scaleOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import { design } from '../design.js'
import { compareDesigns } from './compare-designs.js'

const catalogue = loadCatalogue()
const only = { models: { allowed: ['Llama-3.1-8B-Instruct'] }, hosting: { allowed: ['self-hosted'] } }
const designed = (sections: Record<string, unknown>) => {
  const requirements = requirementsOf({ ...only, ...sections })
  return design({ requirements, assessment: assess(requirements, catalogue), catalogue })
}
const base = designed({})

it('two designs of the same requirements differ in nothing', () => {
  const figures = compareDesigns(base, designed({}))
  expect(figures.length).toBeGreaterThan(14)
  for (const { figure, before, after } of figures) expect(after, figure).toEqual(before)
})

it('forty times the load costs more, and each figure is that of its own design', () => {
  const after = designed({ scale: scaleOf({ peakRequestsPerSecond: 80 }) })
  const cost = compareDesigns(base, after).find(({ figure }) => figure === 'costPerMonthUsd')
  expect(cost).toMatchObject({
    before: base.report.chosen?.costPerMonthUsd,
    after: after.report.chosen?.costPerMonthUsd,
  })
  expect(Number(cost?.after)).toBeGreaterThan(Number(cost?.before))
  const whole = compareDesigns(base, after).find(({ figure }) => figure === 'systemUsdPerMonth')
  expect(Number(whole?.after)).toBeGreaterThan(Number(cost?.after))
})

it('a longer request shows in its setting, and what is impossible as nothing chosen', () => {
  const longer = designed({ models: { ...only.models, minContextTokens: 8000 } })
  expect(compareDesigns(base, longer)).toContainEqual({
    figure: 'setting --max-model-len',
    unit: 'text',
    before: '3072',
    after: '8192',
  })
  const none = designed({ budget: { monthlyUsd: 1 } })
  expect(compareDesigns(base, none)).toContainEqual(
    expect.objectContaining({ figure: 'chosen', after: null }),
  )
})
