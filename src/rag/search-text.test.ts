import { describe, expect, it } from 'vitest'
import { gramsOf, normalizeText, searchTermsOf } from './search-text.js'

describe('search terms', () => {
  it('are the characters and pairs of unspaced scripts', () => {
    expect(gramsOf('提領 ATM 卡')).toBe('提 領 提領 卡')
    expect(gramsOf('plain words')).toBe('')
  })

  it('leave out what only makes a question', () => {
    expect(searchTermsOf('跨行轉帳手續費是多少？').words).not.toContain('多少')
    expect(searchTermsOf('為什麼').words).toBe('為什麼')
  })

  it('bring compatibility forms together: Kangxi radicals, full width', () => {
    expect(normalizeText('⼿續費１５元')).toBe('手續費15元')
  })
})
