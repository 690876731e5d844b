import { describe, expect, it } from 'vitest'
import { fuse } from './fuse.js'

const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id).join('')

describe('fuse', () => {
  const lexical = [
    { id: 'a', score: 20 },
    { id: 'b', score: 10 },
    { id: 'c', score: 0 },
  ]
  const dense = [
    { id: 'c', score: 0.9 },
    { id: 'b', score: 0.8 },
    { id: 'd', score: 0.5 },
  ]

  it('is either arm alone at the ends of alpha', () => {
    expect(ids(fuse(lexical, dense, 0))).toBe('abcd')
    expect(ids(fuse(lexical, dense, 1)).slice(0, 2)).toBe('cb')
  })

  it('prefers what both arms find', () => {
    const [first] = fuse(lexical, dense, 0.5)
    expect(first).toEqual({ id: 'b', score: 0.5 * 0.5 + 0.5 * 0.75 })
  })

  it('does not depend on the units of either arm', () => {
    const scaled = dense.map(({ id, score }) => ({ id, score: 1000 * score - 7 }))
    expect(ids(fuse(lexical, scaled, 0.5))).toBe(ids(fuse(lexical, dense, 0.5)))
  })

  it('takes one arm as it is when the other found nothing', () => {
    expect(ids(fuse([], dense, 0.5))).toBe('cbd')
    expect(fuse([], [], 0.5)).toEqual([])
  })
})
