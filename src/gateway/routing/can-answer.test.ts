import { describe, expect, it } from 'vitest'
import type { Strategy } from '../../spec/index.js'
import { canAnswer } from './can-answer.js'

const [a, b] = [{ deployment: 'a' }, { deployment: 'b' }]

describe('canAnswer', () => {
  it.each<[string, Strategy]>([
    ['fallback', { fallback: [a, { fallback: [b] }] }],
    ['weighted', { weighted: [a, b].map((strategy) => ({ weight: 1, strategy })) }],
    ['cascade', { cascade: { strategies: [a, b], escalateBelow: 0.5 } }],
    ['hedge', { hedge: { strategies: [a, b], afterMs: 1 } }],
    ['ensemble', { ensemble: { strategies: [a, b], vote: 'majority' } }],
  ])('of a %s is true as long as one of its deployments is up', (_name, strategy) => {
    expect(canAnswer(strategy, () => true)).toBe(true)
    expect(canAnswer(strategy, (id) => id === 'b')).toBe(true)
    expect(canAnswer(strategy, () => false)).toBe(false)
  })
})
