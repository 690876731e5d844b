import { describe, expect, it } from 'vitest'
import type { Strategy } from '../../spec/index.js'
import { candidatesOf } from './candidates.js'

const of = (strategy: Strategy) => candidatesOf({ name: 'r', strategy })

describe('candidatesOf', () => {
  it('reads a tree of fallbacks from the outside in, each deployment once', () => {
    const strategy: Strategy = {
      fallback: [
        { deployment: 'a' },
        { fallback: [{ deployment: 'b' }, { deployment: 'a' }] },
        { deployment: 'c' },
      ],
    }
    expect(of(strategy)).toEqual(['a', 'b', 'c'])
  })

  it.each<[string, Strategy]>([
    ['weighted', { weighted: [{ weight: 1, strategy: { deployment: 'a' } }] }],
    ['cascade', { cascade: { strategies: [{ deployment: 'a' }, { deployment: 'b' }], escalateBelow: 0.5 } }],
    [
      'hedge',
      {
        fallback: [
          { deployment: 'a' },
          { hedge: { strategies: [{ deployment: 'a' }, { deployment: 'b' }], afterMs: 1 } },
        ],
      },
    ],
    ['ensemble', { ensemble: { strategies: [{ deployment: 'a' }, { deployment: 'b' }], vote: 'majority' } }],
  ])('refuses %s by name, wherever it stands', (strategy, tree) => {
    expect(() => of(tree)).toThrowError(
      expect.objectContaining({ code: 'gateway.strategy-not-supported', params: { route: 'r', strategy } }),
    )
  })
})
