import { describe, expect, it } from 'vitest'
import { gbnfMatcher } from './__fixtures__/gbnf-matcher.js'
import { areBoundsPlain, numberBounds, numbersBetween } from './number-range.js'

const edges = [-12.34, -10, -1.5, -1, -0.25, 0, 0.05, 0.5, 0.55, 1, 1.5, 2, 9.99, 10, 105.5]
const near = [-0.01, -0.001, 0, 0.001, 0.01, 0.4, 1]
const values = edges.flatMap((edge) => near.map((step) => Number((edge + step).toFixed(4))))

describe('numbers between two bounds', () => {
  it('are all admitted, and no others', () => {
    const wrong: string[] = []
    for (const low of edges)
      for (const high of edges)
        for (const kinds of [
          ['minimum', 'maximum'],
          ['exclusiveMinimum', 'exclusiveMaximum'],
          ['minimum', 'exclusiveMaximum'],
          ['exclusiveMinimum', 'maximum'],
        ] as const) {
          const bounds = numberBounds({ [kinds[0]]: low, [kinds[1]]: high })
          const expression = bounds && numbersBetween(bounds)
          const matcher = expression === undefined ? undefined : gbnfMatcher(expression)
          for (const value of values) {
            const isAbove = kinds[0] === 'minimum' ? value >= low : value > low
            const isBelow = kinds[1] === 'maximum' ? value <= high : value < high
            if ((matcher?.test(String(value)) ?? false) !== (isAbove && isBelow))
              wrong.push(`${value} in ${low} ${high} ${kinds.join()}`)
          }
        }
    expect(wrong).toEqual([])
  })

  it('may be open on one side', () => {
    const positive = gbnfMatcher(
      numbersBetween({ low: { value: 0, isExclusive: true }, high: undefined }) ?? '',
    )
    expect(
      ['0.5', '7', '123456.25', '0', '0.0', '-1', '01', '.5', '1.'].map((text) => positive.test(text)),
    ).toEqual([true, true, true, false, false, false, false, false, false])
  })

  it('have as many decimals as they may', () => {
    const cents = gbnfMatcher(
      numbersBetween({ low: { value: 0.5, isExclusive: false }, high: undefined }, 2) ?? '',
    )
    expect(['0.5', '0.55', '3', '3.01', '3.001', '0.499'].map((text) => cents.test(text))).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ])
  })
})

describe('the bounds of a schema', () => {
  it.each([
    [{}, undefined],
    [
      { minimum: 1, exclusiveMinimum: 1 },
      { low: { value: 1, isExclusive: true }, high: undefined },
    ],
    [
      { minimum: 2, exclusiveMinimum: 1 },
      { low: { value: 2, isExclusive: false }, high: undefined },
    ],
    [
      { maximum: 2, exclusiveMaximum: 3 },
      { low: undefined, high: { value: 2, isExclusive: false } },
    ],
  ])('%j', (schema, bounds) => {
    expect(numberBounds(schema)).toEqual(bounds)
  })

  it.each([
    [1e-7, false],
    [1e10, false],
    [0.000001, true],
    [-90, true],
  ])('%d is plain: %s', (value, expected) => {
    expect(areBoundsPlain({ low: { value, isExclusive: false }, high: undefined })).toBe(expected)
  })
})
