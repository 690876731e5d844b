import { describe, expect, it } from 'vitest'
import { loadCatalogue } from '../../catalog/index.js'
import { requirementsOf, targetOf } from '../__fixtures__/requirements-of.js'
import { assess } from '../assessment/assess.js'
import type { DeploymentName } from '../calibration/load-test.js'
import { design } from '../design.js'
import { createLoadTests, type TestedDeployment } from './load-tests.js'
import type { Candidate, Estimate } from './report.js'
import type { ServingOption } from './serving-option.js'
import { whyNot } from './why-not.js'

const catalogue = loadCatalogue()
const requirements = (limitMs: number) =>
  requirementsOf({
    models: {
      allowed: ['Llama-3.1-8B-Instruct'],
      speculation: [{ model: 'Llama-3.1-8B-Instruct', method: 'ngram', tokens: 2, acceptance: 0.2 }],
    },
    hosting: { allowed: ['self-hosted'] },
    performance: { targets: [targetOf('tpot', limitMs)] },
  })
const designed = (limitMs: number, tested?: readonly TestedDeployment[]) => {
  const asked = requirements(limitMs)
  return design({
    requirements: asked,
    assessment: assess(asked, catalogue),
    catalogue,
    ...(tested ? { tested } : {}),
  }).report
}
const deploymentOf = ({
  model,
  accelerator,
  precision,
  engine,
  kvDtype,
  layout,
}: Candidate): DeploymentName => ({
  model,
  accelerator: String(accelerator),
  precision: String(precision),
  kvDtype: String(kvDtype),
  engine: String(engine),
  engineVersion: '0.28.0',
  tensorParallel: layout?.tensorParallel ?? 1,
  pipelineParallel: layout?.pipelineParallel ?? 1,
  dataParallel: layout?.dataParallel ?? 1,
  expertParallel: layout?.expertParallel ?? false,
})
/** Two load tests in which each token takes so many times what is predicted for the peak. */
const testsOf = (
  candidate: Candidate,
  times: number,
  changes: Partial<DeploymentName> = {},
): TestedDeployment => ({
  deployment: { ...deploymentOf(candidate), ...changes },
  tests: [8, 16].map((concurrency) => ({
    load: { concurrency, inputTokens: 1000, outputTokens: 200 },
    tpotMs: times * (candidate.latency?.tpotP90Ms.value ?? 0),
    ttftMs: null,
  })),
})
const width = ({ low, high }: Estimate) => high / low
const chosenOf = ({ chosen }: { readonly chosen: Candidate | null }): Candidate => {
  if (!chosen) throw new Error('nothing chosen')
  return chosen
}

describe('a design with load tests of its operator', () => {
  const plain = designed(100)
  const cheapest = chosenOf(plain)
  const limitMs = 1.7 * (cheapest.latency?.tpotP90Ms.value ?? 0)
  const asked = designed(limitMs)

  it('takes another way when they show that the cheapest is too slow', () => {
    expect(chosenOf(asked).id).toBe(cheapest.id)
    const report = designed(limitMs, [testsOf(cheapest, 4)])
    const slow = report.candidates.find(({ id }) => id === cheapest.id)
    expect(slow).toMatchObject({ basis: 'calibrated', loadTests: 2 })
    expect(slow?.violations.map(({ constraint }) => constraint)).toContain('tpot')
    expect(chosenOf(report).id).not.toBe(cheapest.id)
    expect(whyNot(report, cheapest.id).map(({ code }) => code)).toEqual([
      'planner.misses-target',
      'planner.rests-on-load-tests',
    ])
  })

  it('keeps the way that they confirm, with narrower ranges, and says what it rests on', () => {
    const report = designed(limitMs, [testsOf(cheapest, 1)])
    const chosen = chosenOf(report)
    expect(chosen).toMatchObject({ id: cheapest.id, basis: 'calibrated', loadTests: 2 })
    const before = cheapest.latency
    if (!before || !chosen.latency) throw new Error('no times')
    expect(width(chosen.latency.tpotP90Ms)).toBeLessThan(0.8 * width(before.tpotP90Ms))
    // Nobody measured the first token; that a little more or less runs at once moves its range by a hundredth.
    expect(width(chosen.latency.ttftP90Ms) / width(before.ttftP90Ms)).toBeCloseTo(1, 1)
    expect(report.reasons.map(({ code }) => code)).toContain('planner.rests-on-load-tests')
    const use = report.assumptions.find(({ code }) => code === 'planner.assume-load-tests')
    expect(use?.params).toMatchObject({ deployments: 1, calibrated: 1 })
  })

  it('calibrates the steps of drafting on the same deployment, but not its ranges', () => {
    const drafted = ({ candidates }: typeof plain) =>
      candidates.find(({ id }) => id === `${cheapest.id} spec2`)?.latency?.tpotP90Ms
    const [before, after] = [drafted(asked), drafted(designed(limitMs, [testsOf(cheapest, 4)]))]
    if (!before || !after) throw new Error('no drafting')
    expect(after.value).toBeGreaterThan(2 * before.value)
    expect(width(after) / width(before)).toBeCloseTo(1, 1)
  })

  it('changes nothing by tests of other deployments', () => {
    const others = [{ tensorParallel: 4, pipelineParallel: 4 }, { kvDtype: 'nvfp4' }, { model: 'another' }]
    const tested = others.map((other) => testsOf(cheapest, 4, other))
    const report = designed(limitMs, tested)
    expect(report.candidates).toEqual(asked.candidates)
    const unused = report.assumptions.filter(({ code }) => code === 'planner.load-tests-unused')
    expect(unused).toHaveLength(others.length)
  })

  it('believes the release that was tested last, and tests of no known release', () => {
    const [old, last, any] = ['0.26.0', '0.28.0', null].map((engineVersion, i) =>
      testsOf(cheapest, 1 + i, { engineVersion }),
    )
    const model = catalogue.lookUpModel(cheapest.model).found
    const accelerator = catalogue.lookUpAccelerator(cheapest.accelerator ?? '').found
    if (!old || !last || !any || !model || !accelerator) throw new Error('not in the catalogue')
    const { engine, layout, precision } = cheapest
    const option = { model, build: { precision }, engine, layout, supply: { accelerator } } as ServingOption
    expect(createLoadTests([old, last, any])(option)).toEqual([...last.tests, ...any.tests])
    expect(createLoadTests([last, any, old])(option)).toEqual([...any.tests, ...old.tests])
  })
})
