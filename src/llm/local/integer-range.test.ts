import { describe, expect, it } from 'vitest'
import { integerBounds, integersBetween } from './integer-range.js'

/** The expression as a regular expression, whose syntax for what is used of GBNF differs by quotes and spaces only. */
const matcher = (low: number, high: number) =>
  new RegExp(`^(?:${integersBetween({ low, high }).replaceAll(/[" ]/g, '')})$`)

describe('integers between two bounds', () => {
  it('are all admitted, and no others', () => {
    const bounds = [-1203, -1000, -999, -110, -10, -9, -1, 0, 1, 7, 9, 10, 18, 99, 100, 120, 305, 999, 1203]
    const wrong: string[] = []
    for (const low of bounds)
      for (const high of bounds.filter((bound) => bound >= low)) {
        const admits = matcher(low, high)
        for (let value = -1300; value <= 1300; value++)
          if (admits.test(String(value)) !== (low <= value && value <= high))
            wrong.push(`${value} in ${low}..${high}`)
      }
    expect(wrong).toEqual([])
  })

  it('have no leading zeros and no second zero', () => {
    for (const text of ['00', '01', '-0', '007', '', '-', '+1', '1.0'])
      expect(matcher(-120, 120).test(text)).toBe(false)
  })

  it('reach as far as doubles tell them apart', () => {
    const admits = matcher(18, Number.MAX_SAFE_INTEGER)
    for (const value of [18, 19, 100, 10 ** 15, Number.MAX_SAFE_INTEGER])
      expect(admits.test(String(value))).toBe(true)
    for (const text of ['17', '-18', '9007199254740992', '10000000000000000'])
      expect(admits.test(text)).toBe(false)
  })
})

describe('the bounds of a schema', () => {
  it.each([
    [{}, undefined],
    [
      { minimum: 0, maximum: 120 },
      { low: 0, high: 120 },
    ],
    [
      { minimum: 0.5, maximum: 2.5 },
      { low: 1, high: 2 },
    ],
    [
      { exclusiveMinimum: 0, exclusiveMaximum: 10 },
      { low: 1, high: 9 },
    ],
    [
      { exclusiveMinimum: 0.5, exclusiveMaximum: 1.5 },
      { low: 1, high: 1 },
    ],
    [
      { minimum: 3, exclusiveMinimum: 5 },
      { low: 6, high: Number.MAX_SAFE_INTEGER },
    ],
    [{ maximum: 3 }, { low: Number.MIN_SAFE_INTEGER, high: 3 }],
    [{ minimum: 10 ** 17 }, undefined],
  ])('%j', (schema, bounds) => {
    expect(integerBounds(schema)).toEqual(bounds)
  })
})
