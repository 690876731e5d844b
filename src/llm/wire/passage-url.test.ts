import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readPassage, writePassage } from './passage-url.js'

it('a passage is the same after it was written and read, whatever its path', () => {
  const passage = fc.record({
    id: fc.string(),
    path: fc.string({ unit: 'grapheme' }),
    title: fc.string({ unit: 'grapheme' }),
    start: fc.nat(),
    end: fc.nat(),
    score: fc.double({ noNaN: true, noDefaultInfinity: true }),
  })
  fc.assert(
    fc.property(passage, (value) => {
      expect(readPassage(writePassage(value))).toEqual(value)
    }),
  )
})

it('a citation of the web is no passage', () => {
  expect(readPassage({ url: 'https://bank.example/a#12-20', title: 'A' })).toBeUndefined()
  expect(readPassage({ url: 'a.md', title: 'A', passage_id: 'p', score: 1 })).toBeUndefined()
})
