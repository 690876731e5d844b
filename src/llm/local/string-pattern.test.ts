import { describe, expect, it } from 'vitest'
import { gbnfMatcher } from './__fixtures__/gbnf-matcher.js'
import { patternExpression } from './string-pattern.js'

const free = { min: 0, max: undefined }
/** The text between the quotes. */
const inJson = (text: string) => JSON.stringify(text).slice(1, -1)

const patterns = [
  '^[A-Z]{2}-\\d{4}$',
  '^(card|loan)s?$',
  'fee',
  '^a',
  'z$',
  '^$',
  '',
  '^(?:a|b(?<tail>c|d)*)+?$',
  '^\\w+@\\w+\\.(com|tw)$',
  '^[^"\\\\]*$',
  '^["\\\\/\\n]+$',
  '^.{1,3}$',
  '^[臺台][灣湾]$',
  '^\\u81fa\\x41\\u{1F600}\\uD83D\\uDE00$',
  '^[a\\-z\\]]+$|^x$',
  '^\\S+ \\D\\W?$',
  '^a{0}b{2,}$',
]
const texts = [
  '',
  'a',
  'abcd',
  'bcdc',
  'x',
  'z',
  'bb',
  'abbb',
  'AB-1234',
  'ab-1234',
  'AB-12345',
  'card',
  'loans',
  'a fee of',
  'me@bank.tw',
  'me@bank.org',
  '"',
  'a"b',
  'back\\slash',
  '/\n"\\',
  'one\ntwo',
  '臺灣',
  '台湾',
  '😀',
  '臺A😀😀',
  '-]az',
  'word !?',
]

describe('the expression of a pattern', () => {
  it.each(patterns)('%s admits what the pattern admits', (pattern) => {
    const matcher = gbnfMatcher(patternExpression(pattern, free))
    for (const text of texts)
      expect([text, matcher.test(inJson(text))]).toEqual([text, new RegExp(pattern, 'u').test(text)])
  })

  it('keeps a length where the pattern is one class of characters', () => {
    const matcher = gbnfMatcher(patternExpression('^[a-z]+$', { min: 0, max: 3 }))
    expect(['', 'a', 'abc', 'abcd'].map((text) => matcher.test(text))).toEqual([false, true, true, false])
  })

  it.each([
    '^(?=a)b$',
    '^(?!a)b$',
    '(?<=a)b',
    '(a)\\1',
    '\\bword\\b',
    '^\\p{L}+$',
    'a^b',
    '(a$|b)',
    '^(a{500}){500}$',
    '[]',
  ])('%s is beyond it, and is named', (pattern) => {
    expect(() => patternExpression(pattern, free)).toThrow(
      expect.objectContaining({
        code: 'llm.schema-not-supported',
        params: { what: expect.stringContaining(JSON.stringify(pattern)) },
      }),
    )
  })
})
