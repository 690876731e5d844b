import { describe, expect, it } from 'vitest'
import { termsOf } from './extractive-terms.js'

const terms = (text: string) => [...termsOf(text).all].sort()
const exact = (text: string) => [...termsOf(text).exact].sort()

describe('termsOf', () => {
  it('joins forms of an English word and leaves out what carries no content', () => {
    expect(terms('What are the fees of transfers?')).toEqual(terms('fee transfer'))
    expect(terms('she cancelled her policies')).toEqual(terms('cancels policy'))
  })

  it('cuts Chinese into characters and pairs, at the words that make it a question', () => {
    expect(terms('手續費多少')).toEqual(['·手', '·續', '·費', '手續', '續費'].sort())
    expect(terms('為什麼')).toEqual([])
  })

  it('compares numbers as numbers, in either writing', () => {
    expect(terms('NT$30,000')).toContain('30000')
    expect(terms('三個月')).toContain('3')
    expect(terms('十二期')).not.toContain('12')
    expect(terms('twelve months')).toContain('12')
    expect(terms('十二個月')).toContain('12')
  })

  it('knows what is named exactly: numbers, names, Latin words in a Chinese text', () => {
    expect(exact('Does the app Harbor Go run on HarmonyOS 5?')).toEqual([...terms('harbor go harmonyos 5')])
    expect(exact('福港 Go 有 Apple Watch 版嗎')).toEqual(expect.arrayContaining(['watch']))
    expect(exact('What does it cost?')).toEqual([])
  })
})
