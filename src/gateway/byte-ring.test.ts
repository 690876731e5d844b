import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/index.js'
import { createByteRing, type Place } from './byte-ring.js'

const mebibyte = 1024 * 1024
const text = (bytes: Buffer | undefined) => bytes?.toString('latin1')

describe('a byte ring', () => {
  it('gives back what it was given, as copies', () => {
    const ring = createByteRing(100)
    const place = ring.put([Buffer.from('ab'), Buffer.from('c')]) as Place
    ring.get(place)?.fill(0)
    expect(text(ring.get(place))).toBe('abc')
    expect(text(ring.get(ring.put([]) as Place))).toBe('')
  })

  it('takes nothing that is larger than one of its buffers', () => {
    expect(createByteRing(100).put([Buffer.alloc(100)])).toBeDefined()
    expect(createByteRing(100).put([Buffer.alloc(101)])).toBeUndefined()
    expect(createByteRing(4 * mebibyte).put([Buffer.alloc(mebibyte)])).toBeDefined()
    expect(createByteRing(4 * mebibyte).put([Buffer.alloc(mebibyte + 1)])).toBeUndefined()
  })

  it('keeps the newest, whole, and nothing else: over 2,000 random sizes', () => {
    const random = createRandom(7)
    const ring = createByteRing(3 * mebibyte)
    const given: { readonly place: Place; readonly bytes: Buffer }[] = []
    for (let i = 0; i < 2000; i++) {
      const bytes = Buffer.alloc(random.integer(40_000), String.fromCharCode(97 + (i % 26)))
      given.push({ place: ring.put([bytes.subarray(0, 10), bytes.subarray(10)]) as Place, bytes })
    }
    const kept = given.filter(({ place }) => ring.get(place))
    // Three buffers of 1 MiB, each with less than 40 kB unused at its end; the last one is being filled.
    const keptBytes = kept.reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(keptBytes).toBeGreaterThan(2 * (mebibyte - 40_000))
    expect(keptBytes).toBeLessThanOrEqual(3 * mebibyte)
    expect(kept).toEqual(given.slice(-kept.length))
    expect(kept.every(({ place, bytes }) => ring.get(place)?.equals(bytes))).toBe(true)
    const old = kept.filter(({ place }) => ring.isOld(place))
    expect(old).toEqual(kept.slice(0, old.length))
    expect(old.length).toBeGreaterThan(0)
  })
})
