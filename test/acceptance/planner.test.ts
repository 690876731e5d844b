// `npm run acceptance -- planner`: the planner beside published measurements, and how long it thinks. The table of
// measurements is not part of the product: MEASURED names it.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpuUsage } from 'node:process'
import { expect, it } from 'vitest'
import { loadCatalogue } from '../../src/catalog/index.js'
import { assess, design } from '../../src/planner/index.js'
import { parseRequirements } from '../../src/spec/index.js'
import type { BenchMetric } from '../../src/verify/index.js'
import { figure, keepEvidence } from './evidence-of.js'

const table = process.env.MEASURED
const examples = ['rag-50-per-second', 'classification-high-volume', 'coding-low-volume', 'on-premises']

const benchMetrics = (file: string): readonly BenchMetric[] => {
  const command = ['bin/llm-architect.mjs', 'bench', 'planner', '--measured', file, '--json']
  const text = execFileSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 2 ** 26 })
  return (JSON.parse(text) as { metrics: readonly BenchMetric[] }).metrics
}

/** Processor seconds of one search, and how many ways it weighed. */
const timeSearch = (name: string) => {
  const requirements = parseRequirements(readFileSync(`examples/designs/${name}.yaml`, 'utf8'))
  const catalogue = loadCatalogue()
  const before = cpuUsage()
  const { report } = design({ requirements, catalogue, assessment: assess(requirements, catalogue) })
  const { user, system } = cpuUsage(before)
  return { seconds: (user + system) / 1e6, ways: report.candidates.length }
}

it('predicts what was measured', { timeout: 600_000 }, async () => {
  if (table === undefined)
    throw new Error('Name the table of measured runs: MEASURED=FILE.csv npm run acceptance -- planner')
  const metrics = benchMetrics(table)
  const searches = examples.map((name) => ({ name, ...timeSearch(name) }))
  await keepEvidence('planner', [
    ...metrics.map(({ name, value, unit, low, high, n }) => ({ name, value, unit, low, high, n })),
    ...searches.flatMap(({ name, seconds, ways }) => [
      figure(`search of ${name}: processor time`, seconds, 's'),
      figure(`search of ${name}: ways weighed`, ways, ''),
    ]),
  ])
  expect(metrics.find(({ name }) => name === 'planner.answeredShare')?.value).toBeGreaterThanOrEqual(0.95)
  for (const { seconds } of searches) expect(seconds).toBeLessThan(10)
})
