import { describe, expect, it } from 'vitest'
import { traitsBlock, traitsOf } from './text-traits.js'

const none = {
  hasAt: false,
  colons: 0,
  hasDoubleSlash: false,
  hasDoubleW: false,
  dashes: 0,
  digits: 0,
  points: 0,
  hasCountryCode: false,
  token: 0,
  hasInnerCapital: false,
  hasMadeWord: false,
}

describe('the traits of a text', () => {
  it.each([
    ['plain words', { token: 5 }],
    ['a@b', { hasAt: true, token: 1 }],
    ['full-width a＠b', { hasAt: true, token: 10, dashes: 1 }],
    ['a: b：c', { colons: 2, token: 1 }],
    ['//x', { hasDoubleSlash: true, token: 1 }],
    ['wW', { hasDoubleW: true, token: 2, hasInnerCapital: true }],
    ['w\u200bw', { hasDoubleW: true, token: 2 }],
    ['----- x', { dashes: 5, token: 5 }],
    ['(02) 2345-67', { digits: 8, token: 7, dashes: 1 }],
    ['１２ 3', { digits: 3, token: 2 }],
    ['1.2.3.4 5 . 6', { points: 3, digits: 6, token: 1 }],
    ['(gb82', { digits: 2, token: 4, hasCountryCode: true }],
    ['abc1 a1', { digits: 1, token: 4 }],
    ['12    3', { digits: 2, token: 2 }],
    ['Zürich-West', { token: 9, dashes: 1, hasMadeWord: true }],
    ['Taiwan-based', { token: 12, dashes: 1, hasMadeWord: true }],
    ['abcdefg1', { token: 8, digits: 1, hasMadeWord: true }],
    ['', {}],
  ])('%j', (text, expected) => {
    expect(traitsOf(text)).toEqual([{ ...none, ...expected }])
  })

  it.each([
    ['𝟏𝟐', { digits: 2, token: 2 }],
    ['a😀b', { token: 1 }],
    ['\u{e0061}ab', { token: 2 }],
  ])('beyond the Basic Multilingual Plane are those of what is read: %j', (text, expected) => {
    expect(traitsOf(text)).toEqual([{ ...none, ...expected }])
  })

  it('are those of each block, with what began before it', () => {
    const text = `${'x'.repeat(traitsBlock - 3)} 12\u200b34567 a@b`
    expect(traitsOf(text)).toEqual([
      { ...none, token: traitsBlock - 3, digits: 2 },
      { ...none, token: 7, digits: 7, hasAt: true },
    ])
  })
})
