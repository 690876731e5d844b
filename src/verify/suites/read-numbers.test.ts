import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readNumbers } from './read-numbers.js'

describe('the numbers of a text', () => {
  it.each([
    ['costs NT$1,234.50 a year', 1234.5],
    ['收費１２３４元', 1234],
    ['每筆 3 萬元', 30000],
    ['每日 3 萬 5 千元', 35000],
    ['總額 1.2 億元', 120000000],
    ['三千五百元', 3500],
    ['二十二倍', 22],
    ['一百零五天', 105],
    ['十二次', 12],
    ['二〇二六年', 2026],
    ['兩萬三千', 23000],
    ['-4 度', -4],
    ['1.225%', 1.225],
    ['US$0.35', 0.35],
  ])('%s holds %d', (text, expected) => {
    expect(readNumbers(text)).toContain(expected)
  })

  it('does not take single Chinese numerals for numbers: they are words as well', () => {
    expect(readNumbers('一般來說，三者皆可')).toEqual([])
  })

  it('reads the parts of a number with units on their own, too', () => {
    expect(readNumbers('20 萬元')).toEqual([200000, 20])
  })

  it('reads any number back that was written with thousands separators', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (value) => {
        expect(readNumbers(`about ${value.toLocaleString('en-US')} in all`)).toEqual([value])
      }),
    )
  })

  // With the square of its length this would take minutes on any machine.
  it('does not hang on long runs of digits and separators', () => {
    const numbers = readNumbers('1,2,3,'.repeat(50_000) + '萬'.repeat(50_000))
    expect(numbers).toEqual(Array.from({ length: 150_000 }, (_, index) => (index % 3) + 1))
  })
})
