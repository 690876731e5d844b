import { expect, it } from 'vitest'
import { candidateOf, reportOf } from '../planner/__fixtures__/candidate-of.js'
import { shortReport } from './write-design.js'

it('keeps every candidate of the table, however far behind, so that each can be explained', () => {
  const many = Array.from({ length: 400 }, (_, index) => candidateOf(`way ${index}`))
  const reason = { code: 'planner.some', params: {} }
  const last = candidateOf('another model', {
    model: 'another',
    violations: [{ constraint: 'models.use', relaxable: false, reason }],
  })
  const kept = shortReport(reportOf([...many, last])).candidates
  expect(kept.length).toBeLessThan(400)
  expect(kept.at(-1)?.id).toBe('another model')
})
