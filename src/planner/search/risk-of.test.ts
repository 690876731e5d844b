import { describe, expect, it } from 'vitest'
import { candidateOf } from '../__fixtures__/candidate-of.js'
import { riskOf } from './risk-of.js'

const kindsOf = (...args: Parameters<typeof riskOf>) => riskOf(...args).factors.map(({ kind }) => kind)

describe('the risk of a candidate', () => {
  it('is nothing where runs were measured, a spare stands by and the quality is published', () => {
    expect(riskOf(candidateOf('sure'))).toEqual({ score: 0, factors: [] })
  })

  it('adds the points of what is known against it', () => {
    const shaky = candidateOf('shaky', {
      basis: 'assumed',
      replicas: { serving: 1, spare: 0, regions: 1 },
      utilisation: { peak: 0.9, average: 0.5 },
      build: 'to-make',
    })
    // 20 for assumed numbers, 20 without a spare, 10 near saturation, 10 for weights to make
    expect(riskOf(shaky).score).toBe(60)
    expect(kindsOf(shaky)).toEqual([
      'prediction-assumed',
      'single-replica',
      'near-saturation',
      'weights-to-make',
    ])
  })

  it('counts a fleet on spot by its share, and never more than a hundred', () => {
    expect(riskOf(candidateOf('half'), 0.5).score).toBe(15)
    expect(kindsOf(candidateOf('two regions', { replicas: { serving: 1, spare: 0, regions: 2 } }))).toEqual(
      [],
    )
    const worst = candidateOf('worst', {
      kind: 'hosted-api',
      basis: 'assumed',
      quality: { kind: 'unknown' },
      qualityScore: null,
      replicas: { serving: 1, spare: 0, regions: 1 },
      utilisation: { peak: 1, average: 1 },
      build: 'to-make',
    })
    expect(riskOf(worst, 1).score).toBe(100)
  })
})
