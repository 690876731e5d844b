import { describe, expect, it } from 'vitest'
import { agreeing, counted } from './counted.js'

describe('a number and its noun', () => {
  it('agree', () => {
    expect([0, 1, 2, 1200].map((count) => counted(count, 'replica'))).toEqual([
      '0 replicas',
      '1 replica',
      '2 replicas',
      '1,200 replicas',
    ])
    expect([1, 3].map((count) => counted(count, 'copy', 'copies'))).toEqual(['1 copy', '3 copies'])
  })

  it('agree with what is shown', () => {
    expect(counted(1.00001, 'hour')).toBe('1 hour')
    expect(counted(1.5, 'hour')).toBe('1.5 hours')
  })

  it('and their verb agree', () => {
    expect([1, 2].map((count) => agreeing(count, 'carries', 'carry'))).toEqual(['carries', 'carry'])
  })
})
