import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nanoUsd, usdNumber, usdText } from './nano-usd.js'

describe('nano-dollars', () => {
  it('reads what it writes, exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 14n }), (nanos) => {
        expect(nanoUsd(Number(usdText(nanos)))).toBe(nanos)
      }),
    )
  })

  it('adds up without drift where floating point does not', () => {
    let nanos = 0n
    let float = 0
    for (let i = 0; i < 100_000; i++) {
      nanos += nanoUsd(0.000_1)
      float += 0.000_1
    }
    expect(usdText(nanos)).toBe('10')
    expect(float).not.toBe(10)
  })

  it.each([
    [0n, '0'],
    [1n, '0.000000001'],
    [1_500_000_000n, '1.5'],
    [-12n, '-0.000000012'],
    [123_000_000_000n, '123'],
  ])('writes %s as %s', (nanos, text) => {
    expect(usdText(nanos)).toBe(text)
  })

  it('rounds to the nearest and refuses what is no amount', () => {
    expect(nanoUsd(4e-10)).toBe(0n)
    expect(nanoUsd(6e-10)).toBe(1n)
    expect(usdNumber(2_500_000_000n)).toBe(2.5)
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => nanoUsd(bad)).toThrow(RangeError)
  })
})
