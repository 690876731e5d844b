import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random.js'
import { createKvPool } from './kv-pool.js'

/** Somebody reads a prefix of `blocks` for the first time and goes away. */
const store = (pool: ReturnType<typeof createKvPool>, prefix: number, blocks: number) => {
  pool.hold(prefix)
  pool.take(blocks)
  pool.grow(prefix, blocks)
  pool.release(prefix)
}

describe('the KV pool', () => {
  it('keeps a prefix while nothing needs its room, and counts it as free', () => {
    const pool = createKvPool(10)
    store(pool, 1, 4)
    expect([pool.freeBlocks, pool.residentBlocks(1)]).toEqual([10, 4])
    pool.hold(1)
    expect(pool.freeBlocks).toBe(6)
  })

  it('takes empty blocks first, then the prefix not used for longest, from its end', () => {
    const pool = createKvPool(10)
    store(pool, 1, 4)
    store(pool, 2, 3)
    pool.hold(1)
    pool.release(1)
    // 3 blocks were never used; then prefix 2 has been idle for longest.
    pool.take(3 + 2)
    expect([pool.residentBlocks(1), pool.residentBlocks(2)]).toEqual([4, 1])
    pool.take(1 + 3)
    expect([pool.residentBlocks(1), pool.residentBlocks(2)]).toEqual([1, 0])
  })

  it('takes blocks given back before those of a prefix given back after them', () => {
    const pool = createKvPool(6)
    store(pool, 1, 2)
    pool.hold(1)
    pool.take(4)
    pool.give(4)
    pool.release(1)
    pool.take(4)
    expect(pool.residentBlocks(1)).toBe(2)
    pool.take(1)
    expect(pool.residentBlocks(1)).toBe(1)
  })

  it('never takes a held prefix, and refuses more than there is', () => {
    const pool = createKvPool(5)
    store(pool, 7, 2)
    pool.hold(7)
    pool.take(3)
    expect(pool.residentBlocks(7)).toBe(2)
    expect(() => pool.take(1)).toThrow(RangeError)
  })

  it('adds up after any sequence of moves', () => {
    const random = createRandom('kv pool')
    const pool = createKvPool(50)
    const held: number[] = []
    let taken = 0
    for (let i = 0; i < 5000; i++) {
      const move = random.integer(4)
      const prefix = random.integer(8)
      if (move === 0 && pool.freeBlocks > 0) {
        const blocks = 1 + random.integer(pool.freeBlocks)
        pool.take(blocks)
        taken += blocks
      } else if (move === 1 && taken > 0) {
        const blocks = 1 + random.integer(taken)
        pool.give(blocks)
        taken -= blocks
      } else if (move === 2) {
        pool.hold(prefix)
        held.push(prefix)
        const blocks = Math.min(taken, random.integer(4))
        pool.grow(prefix, blocks)
        taken -= blocks
      } else if (held.length > 0) pool.release(held.splice(random.integer(held.length), 1)[0] as number)
      const inUse = [...new Set(held)].reduce((sum, id) => sum + pool.residentBlocks(id), taken)
      expect(pool.freeBlocks + inUse).toBe(50)
    }
  })
})
