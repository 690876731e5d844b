import { expect, it } from 'vitest'
import { loadCatalogue } from '../catalog/index.js'
import { assess, design } from '../planner/index.js'
import { parseRequirements } from '../spec/index.js'
import { shortReport } from './write-design.js'

it('keeps every candidate of the table, however far behind, so that each can be explained', () => {
  const catalogue = loadCatalogue()
  const requirements = parseRequirements(`
version: 1
name: shop
useCase: { kind: chat, description: Questions about orders. }
performance: { targets: [] }
scale: { peakRequestsPerSecond: 1, lengths: { inputTokens: { p50: 500, p95: 900 }, outputTokens: { p50: 150, p95: 350 } } }
hosting: { allowed: [hosted-api] }
models: { allowed: [groq/llama-3.1-8b-instant] }
`)
  const { report } = design({ requirements, assessment: assess(requirements, catalogue), catalogue })
  const [chosen, ...others] = report.candidates
  const last = others.at(-1)
  if (!chosen || !last) throw new Error('nothing to compare')
  const many = Array.from({ length: 400 }, (_, index) => ({ ...chosen, id: `way ${index}` }))
  const kept = shortReport({ ...report, candidates: [chosen, ...many, last] }).candidates
  expect(kept.length).toBeLessThan(400)
  expect(kept.at(-1)?.id).toBe(last.id)
})
