import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitSentences } from './sentences.js'

const sentences = (text: string) => splitSentences(text).map(({ start, end }) => text.slice(start, end))

describe('splitSentences', () => {
  it('ends English sentences, but not at abbreviations, decimals or initials', () => {
    expect(
      sentences('Mr. Lee paid NT$1.5 million, e.g. in cash. He left! "Why?" she asked. J. Wu knew.'),
    ).toEqual(['Mr. Lee paid NT$1.5 million, e.g. in cash.', 'He left!', '"Why?" she asked.', 'J. Wu knew.'])
  })

  it('ends Chinese sentences and keeps closing quotation marks', () => {
    expect(sentences('他說：「可以。」手續費15元；免費三次！跨行呢？')).toEqual([
      '他說：「可以。」',
      '手續費15元；',
      '免費三次！',
      '跨行呢？',
    ])
  })

  it('goes on over a line break and stops at a blank line', () => {
    expect(sentences('one line\nand the next\n\nanother')).toEqual(['one line\nand the next', 'another'])
  })

  it('leaves out white space only', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'B', '.', '。', ' ', '\n', '」', '!', '1') }),
        (text) => {
          const spans = splitSentences(text)
          let at = 0
          for (const { start, end } of spans) {
            expect(start).toBeGreaterThanOrEqual(at)
            expect(text.slice(at, start).trim()).toBe('')
            expect(end).toBeGreaterThan(start)
            at = end
          }
          expect(text.slice(at).trim()).toBe('')
        },
      ),
    )
  })
})
