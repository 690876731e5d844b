import { expect, it } from 'vitest'
import { askedTokens, cutTokens, tokenMark } from './token-streams.js'

it('cuts a text into what a tokenizer would, and loses nothing', () => {
  expect(cutTokens('The Panthers lost 1,234 games.')).toEqual([
    'The',
    ' Panthers',
    ' lost',
    ' ',
    '1',
    ',',
    '234',
    ' games',
    '.',
  ])
  expect(cutTokens('梵語的研究，1786年')).toEqual(['梵語', '的研', '究', '，', '178', '6', '年'])
  for (const text of ['Überraschungsangriff — “naïve”', '臺灣 NT$200\n\n'])
    expect(cutTokens(text).join('')).toBe(text)
})

it('finds the text that a request asks for', () => {
  const streams = { en: [['a'], ['b']] }
  expect(askedTokens(`x ${tokenMark('en', 1)} y`, streams)).toEqual(['b'])
  expect(askedTokens(tokenMark('zh', 1), streams)).toBeUndefined()
})
