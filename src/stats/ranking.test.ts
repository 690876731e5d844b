import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ndcgAt, recallAt, reciprocalRank } from './ranking.js'

// The worked example of Wikipedia's article on discounted cumulative gain: grades 3 2 3 0 1 2, and two
// more documents of grade 3 and 2 that were not retrieved.
const judgements = new Map(Object.entries({ d1: 3, d2: 2, d3: 3, d4: 0, d5: 1, d6: 2, d7: 3, d8: 2 }))
const ranking = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6']

describe('ndcgAt', () => {
  it('gives the published value of the worked example', () => {
    expect(ndcgAt(6)(ranking, judgements)).toBeCloseTo(0.785, 3)
  })

  it('is 1 for the ideal order and lies between 0 and 1 for any', () => {
    const metric = ndcgAt(5)
    expect(metric(['d1', 'd3', 'd7', 'd2', 'd6'], judgements)).toBeCloseTo(1, 12)
    fc.assert(
      fc.property(fc.shuffledSubarray([...judgements.keys(), 'unknown']), (order) => {
        const value = metric(order, judgements)
        expect(value >= 0 && value <= 1 + 1e-12).toBe(true)
      }),
      { seed: 1 },
    )
  })
})

describe('recallAt', () => {
  it('counts relevant documents among the first k', () => {
    expect(recallAt(3)(ranking, judgements)).toBeCloseTo(3 / 7, 12)
    expect(recallAt(2)(['d1', 'd1', 'd2'], judgements)).toBeCloseTo(2 / 7, 12)
  })
})

describe('reciprocalRank', () => {
  it('is one over the first relevant place, 0 when none was found', () => {
    expect(reciprocalRank(['x', 'd4', 'd5'], judgements)).toBeCloseTo(1 / 3, 12)
    expect(reciprocalRank(['x'], judgements)).toBe(0)
  })
})

it('says NaN when nothing is relevant', () => {
  const none = new Map([['d4', 0]])
  expect([ndcgAt(3), recallAt(3), reciprocalRank].map((metric) => metric(ranking, none))).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ])
})
