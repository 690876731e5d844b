import { expect, it } from 'vitest'
import { verdictOf } from './verdict.js'

it.each([
  ['<', 200, 150, 190, 'pass'],
  ['<', 200, 150, 200, 'inconclusive'],
  ['<', 200, 200, 250, 'fail'],
  ['<=', 200, 150, 200, 'pass'],
  ['<=', 200, 200, 250, 'inconclusive'],
  ['>=', 0.9, 0.9, 0.99, 'pass'],
  ['>=', 0.9, 0.85, 0.95, 'inconclusive'],
  ['>=', 0.9, 0.5, 0.89, 'fail'],
  ['>', 100, 100, 120, 'inconclusive'],
  ['>', 100, 90, 100, 'fail'],
  ['<', 200, 150, null, 'inconclusive'],
  ['<', 200, 250, null, 'fail'],
  ['>', 100, 120, null, 'pass'],
  ['>', 100, null, null, 'inconclusive'],
  ['>', 100, Number.NaN, Number.NaN, 'inconclusive'],
] as const)('target %s %d with interval [%d, %d] is %s', (op, value, low, high, verdict) => {
  expect(verdictOf({ target: { op, value }, interval: { low, high } })).toBe(verdict)
})
