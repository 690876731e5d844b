import fc from 'fast-check'
import { expect, it } from 'vitest'
import { byteOffset, textOffset } from './utf8-offset.js'

it('counts bytes of UTF-8 for UTF-16 units', () => {
  expect(byteOffset('手續費 15', 3)).toBe(9)
  expect(byteOffset('💳a', 2)).toBe(4)
  expect(textOffset('手續費 15', 9)).toBe(3)
})

it('finds the same place again, also behind the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 50 }), (text, at) => {
      const units = [...text].slice(0, at).join('').length
      expect(textOffset(text, byteOffset(text, units))).toBe(units)
      expect(textOffset(text, byteOffset(text, text.length + at))).toBe(text.length + at)
    }),
  )
})
