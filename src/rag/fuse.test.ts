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
    expect(ids(fuse(lexical, dense, { alpha: 0 }))).toBe('abcd')
    expect(ids(fuse(lexical, dense, { alpha: 1 })).slice(0, 2)).toBe('cb')
  })

  it('prefers what both arms find', () => {
    const [first] = fuse(lexical, dense, { alpha: 0.5 })
    expect(first).toEqual({ id: 'b', score: 0.5 * 0.5 + 0.5 * 0.75 })
  })

  it('does not depend on the units of either arm', () => {
    const scaled = dense.map(({ id, score }) => ({ id, score: 1000 * score - 7 }))
    expect(ids(fuse(lexical, scaled, { alpha: 0.5 }))).toBe(ids(fuse(lexical, dense, { alpha: 0.5 })))
  })

  it('takes one arm as it is when the other found nothing', () => {
    expect(ids(fuse([], dense, { alpha: 0.5 }))).toBe('cbd')
    expect(fuse([], [], { alpha: 0.5 })).toEqual([])
  })

  describe('of two languages', () => {
    const words = [
      { id: 'own', score: 9 },
      { id: 'other', score: 3 },
      { id: 'last', score: 0 },
    ]
    const isForeign = ({ id }: { id: string }) => id === 'foreign'
    const withForeign = (own: number) => [
      { id: 'foreign', score: 1 },
      { id: 'own', score: own },
      { id: 'last', score: 0 },
    ]

    it('holds the silence of words against nothing that is in another language than they are', () => {
      expect(ids(fuse(words, withForeign(0.5), { alpha: 0.5 }))).toMatch(/^own/)
      expect(ids(fuse(words, withForeign(0.5), { alpha: 0.5, isForeign }))).toMatch(/^foreign/)
    })

    it('prefers what both arms find, where vectors hardly tell the two apart', () => {
      expect(ids(fuse(words, withForeign(0.9), { alpha: 0.5, isForeign }))).toMatch(/^own/)
    })

    it('lets words that are found count for more than that', () => {
      const named = [{ id: 'foreign', score: 9 }, ...words.slice(1)]
      const [first] = fuse(named, withForeign(0.5), { alpha: 0.5, isForeign })
      expect(first).toEqual({ id: 'foreign', score: 1 })
    })
  })
})
